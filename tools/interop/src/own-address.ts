/**
 * An address of the loopback network that only this process uses: two suites on one machine, or a suite beside a switch,
 * never meet on a port.
 *
 * @param network 47-99, one for each use; 100-199 are those of switches
 */
export function ownAddress(network: number): string {
  const [high, low] = [(process.pid >> 8) & 0xff, process.pid & 0xff];
  // Neither the network's own address nor its broadcast address.
  return `127.${network}.${high}.${Math.min(Math.max(low, 1), 254)}`;
}

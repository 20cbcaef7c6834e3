import { NetworkSet } from '@vats/kernel';

/**
 * Networks of which no address is a service's on the Internet (RFC 6890 and the registries of special addresses): this machine, private
 * and shared networks, links with the metadata services of clouds, multicast, and IPv6 addresses that stand for IPv4 ones.
 */
const INTERNAL = NetworkSet.of([
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12'],
  ...['192.0.0.0/24', '192.168.0.0/16', '198.18.0.0/15', '224.0.0.0/4', '240.0.0.0/4'],
  ...['::/96', '64:ff9b::/96', '64:ff9b:1::/48', '2001::/32', '2002::/16'],
  ...['fc00::/7', 'fe80::/10', 'fec0::/10', 'ff00::/8'],
]);

/** Whether an address is inside some network, where a company's file must lead nobody unless the machine's settings let it. */
export function isInternal(address: string): boolean {
  // An IPv4 address in IPv6 clothes.
  const mapped = /^::ffff:(?<ipv4>\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.groups?.ipv4;
  if (mapped !== undefined) return isInternal(mapped);
  return /^::ffff:/i.test(address) || INTERNAL.find(address) !== undefined;
}

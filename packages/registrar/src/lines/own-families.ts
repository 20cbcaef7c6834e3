import type { AddressFamily, Listener, TransportName } from '@vats/sip';

const BOTH: readonly AddressFamily[] = ['ipv4', 'ipv6'];

/**
 * The address families that a server of ours can be spoken to by: those in which we listen by its transport, since it calls us there;
 * a transport without listeners goes by the others. IPv4 comes first where there are both.
 */
export function familiesOf(
  listeners: readonly Pick<Listener, 'transport' | 'endpoint'>[],
  transport: TransportName,
): readonly AddressFamily[] {
  const own = listeners.filter((listener) => listener.transport === transport);
  const addresses = (own.length > 0 ? own : listeners).map(({ endpoint }) => endpoint.address);
  const families: AddressFamily[] = [];
  if (addresses.some((address) => !address.includes(':'))) families.push('ipv4');
  if (addresses.some((address) => address.includes(':'))) families.push('ipv6');
  return families.length === 0 ? BOTH : families;
}

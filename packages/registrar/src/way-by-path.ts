import { isIP } from 'node:net';
import { DEFAULT_PORT, type FlowTarget, sameHost } from '@vats/sip';
import type { Binding } from './binding.ts';
import { pathUris } from './read-register.ts';

/**
 * Where the proxy next to us listens, as the Path of a binding says (RFC 3327 §5.4): what takes the place of a connection of its that was
 * closed. Proxies close idle ones, and the phones behind them are there all the same. Undefined where the Path says it not plainly: by a
 * name, for a transport that it has not used with us, or for another host than the REGISTER came from, unless both are proxies that are believed.
 */
export function proxyOf({ path, flow }: Binding, isProxy: (address: string) => boolean): FlowTarget | undefined {
  const hop = pathUris(path)?.[0];
  if (hop === undefined || hop.scheme !== 'sip' || isIP(hop.host) === 0) return undefined;
  // Nobody but a proxy that is believed may choose a host, and with it a port, that is not its own.
  const { address } = flow.observed;
  if (!sameHost(hop.host, address) && !(isProxy(address) && isProxy(hop.host))) return undefined;
  const named = hop.params.get('transport')?.toLowerCase() ?? 'udp';
  const transport = ([flow.transport, 'udp'] as FlowTarget['transport'][]).find((name) => name === named);
  if (transport === undefined) return undefined;
  return { transport, endpoint: { address: hop.host, port: hop.port ?? DEFAULT_PORT[transport] } };
}

import { isIP } from 'node:net';
import { DEFAULT_PORT, type FlowTarget, sameHost } from '@vats/sip';
import type { Binding } from './binding.ts';
import { pathUris } from './read-register.ts';

/**
 * Where the proxy next to us listens, as the Path of a binding says (RFC 3327 §5.4): what takes the place of a connection of its that was
 * closed. Proxies close idle ones, and the phones behind them are there all the same. Undefined where the Path says it not plainly: by a
 * name, for a transport that it has not used with us, or where the REGISTER came from no proxy that is believed.
 */
export function proxyOf({ path, flow }: Binding, isProxy: (address: string) => boolean): FlowTarget | undefined {
  const hop = pathUris(path)?.[0];
  if (hop === undefined || hop.scheme !== 'sip' || isIP(hop.host) === 0) return undefined;
  // Whoever is no proxy that is believed would choose a port of its own network for us to write to.
  if (!isProxy(flow.observed.address)) return undefined;
  if (!sameHost(hop.host, flow.observed.address) && !isProxy(hop.host)) return undefined;
  const named = hop.params.get('transport')?.toLowerCase() ?? 'udp';
  const transport = ([flow.transport, 'udp'] as FlowTarget['transport'][]).find((name) => name === named);
  if (transport === undefined) return undefined;
  return { transport, endpoint: { address: hop.host, port: hop.port ?? DEFAULT_PORT[transport] } };
}

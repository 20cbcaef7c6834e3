import { type Endpoint, formatEndpoint } from '@vats/kernel';
import type { WireMessage } from '@vats/sip/testing';

/**
 * What went over the wire, a line a message, for a person who wants to know why a scenario failed:
 * `  1500 ms  alice -> switch  INVITE`.
 *
 * @param nameOf the name of whoever is at an endpoint, if it has one
 */
export function ladder(wire: readonly WireMessage[], nameOf: (endpoint: Endpoint) => string | undefined): string {
  const name = (endpoint: Endpoint): string => nameOf(endpoint) ?? formatEndpoint(endpoint);
  return wire
    .map(({ at, from, to, transport, description }) => {
      const over = transport === 'udp' ? '' : ` (${transport})`;
      return `${String(at).padStart(8)} ms  ${name(from)} -> ${name(to)}  ${description}${over}`;
    })
    .join('\n');
}

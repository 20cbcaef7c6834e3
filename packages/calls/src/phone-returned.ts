import type { Domain } from '@vats/pbx';
import { type Flow, formatUri, isSecure, type Uri } from '@vats/sip';
import type { Locate } from './parts.ts';

/**
 * Where a phone is now whose connection is gone in the middle of a call: over the flow on which it registered again, if it did so with
 * the Contact that it has in the call (RFC 5626 §4.3). Undefined while the connection stands, and where nobody came back; who was on TLS
 * does not come back in clear.
 */
export function phoneReturned(
  locate: Locate,
  domain: Domain,
  login: string,
): (nextHop: Uri, current: Flow) => Flow | undefined {
  return (nextHop, current) => {
    if (current.open) return undefined;
    const target = formatUri(nextHop);
    const phones = locate(domain, login).flatMap((phone) => [phone, ...(phone.otherFlows ?? [])]);
    const mayBe = ({ transport }: Flow): boolean => isSecure(transport) || !isSecure(current.transport);
    return phones.find(({ requestUri, flow }) => requestUri === target && mayBe(flow))?.flow;
  };
}

import { detached, parseNameAddr, type SipResponse } from '@vats/sip';

/** Proxies that a peer may send our requests through; what it adds to each of them is bounded by it. */
const LIMIT = 8;

/**
 * The Service-Route of a 2xx to our REGISTER (RFC 3608 §6.1): Route header values for our requests by this registration. One that
 * can't be read whole is as if it were not there. Where our requests go is not changed by it: they go to the server that we are
 * registered at, which is our outbound proxy, and on from there as the Routes say; so no peer sends us to anybody else.
 */
export function serviceRouteOf(response: SipResponse): readonly string[] {
  const values = response.list('Service-Route');
  const isGood = values.length <= LIMIT && values.every(isSip);
  return isGood ? values.map(detached) : [];
}

function isSip(value: string): boolean {
  const address = parseNameAddr(value);
  return address.ok && address.value.uri.kind === 'sip';
}

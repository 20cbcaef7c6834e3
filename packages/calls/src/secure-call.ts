import { isSecure, isSips, type SipRequest, type TransportName } from '@vats/sip';

/**
 * Whether a call may go on over a transport: one to a `sips:` URI never leaves TLS (RFC 3261 §26.2.2, RFC 5630 §3.1.3), and is rather
 * not put through.
 * @param invite what the caller sent
 */
export function mayGoOver(invite: Pick<SipRequest, 'requestUri'>, transport: TransportName): boolean {
  const { requestUri } = invite;
  return isSecure(transport) || !requestUri.ok || !isSips(requestUri.value);
}

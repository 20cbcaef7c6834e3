import { isSecure, isSips, type SipRequest, type TransportName } from '@vats/sip';
import type { CallOrigin } from './call-context.ts';
import type { ReachablePhone } from './parts.ts';

/** Why somebody is not let into a call, or not sent on in it. */
export const WOULD_LEAVE_TLS = 'the call would leave TLS, which its sips URI forbids';

/** What a request asks for by its URI: one for a `sips:` URI keeps to TLS all the way. */
export function tlsAsked({ requestUri }: Pick<SipRequest, 'requestUri'>): Pick<CallOrigin, 'secure'> {
  return requestUri.ok && isSips(requestUri.value) ? { secure: true } : {};
}

/**
 * Whether a leg of the call may be at this transport: a call to a `sips:` URI never leaves TLS (RFC 3261 §26.2.2, RFC 5630 §3.1.3), and
 * is rather not put through.
 */
export function mayGoOver({ secure }: Pick<CallOrigin, 'secure'>, transport: TransportName): boolean {
  return secure !== true || isSecure(transport);
}

/** The ways to phones that may be taken, each phone's in the order in which they are tried. */
export function waysTo(
  phones: readonly ReachablePhone[],
  asked: Pick<CallOrigin, 'secure'>,
): readonly ReachablePhone[] {
  if (asked.secure !== true) return phones;
  return phones.flatMap(({ otherFlows = [], ...phone }) => {
    const [first, ...others] = [phone, ...otherFlows].filter(({ flow }) => mayGoOver(asked, flow.transport));
    return first === undefined ? [] : [{ ...first, otherFlows: others }];
  });
}

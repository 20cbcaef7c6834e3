import { privacyOf } from '@vats/calls';
import { type Refusal, type SipRequest, warning } from '@vats/sip';

/**
 * Why a request can't be given the privacy that it asks for: `critical` says that it must not be served without, and it asks for some
 * that nobody here knows (RFC 3323 §4.2, §5.2). What is known is kept: each leg has headers and a session of its own, and number and name
 * are shown to nobody.
 */
export function refusedPrivacy(request: SipRequest): Refusal | undefined {
  const { kinds, isUnknown } = privacyOf(request);
  if (!isUnknown || !kinds.has('critical')) return undefined;
  return {
    status: 500,
    headers: [warning('This privacy is not known here: Privacy may be id, user, header, session, history')],
  };
}

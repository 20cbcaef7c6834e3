import { good, type Parsed } from '@vats/kernel';
import type { CodecPolicy, SdpFault } from '@vats/media';
import type { Leg } from './leg.ts';

/**
 * What a phone is offered: what the caller offered or, when the caller asked for an offer instead (late offer), what the
 * switch itself can carry. The caller then gets its offer made from the phone's answer. A caller whom the switch has answered already
 * has an agreement, and the phone is offered that.
 */
export function calleeOffer(
  caller: Leg,
  callee: Leg,
  callerOffered: boolean,
  policy: CodecPolicy,
): Parsed<string, SdpFault> {
  if (caller.session !== undefined || (caller.settled && caller.onAnswerInPrack === undefined)) {
    return callee.sdp.offerFrom(caller.sdp, policy, { agreed: true, unheld: caller.unheld === true });
  }
  return callerOffered ? callee.sdp.offerFrom(caller.sdp, policy) : callee.sdp.offerOwn(policy);
}

/** What the caller's 2xx carries once a phone has answered: the answer or, for a caller without offer, the offer; nothing where it has had it. */
export function callerAnswer(
  caller: Leg,
  callee: Leg,
  callerOffered: boolean,
  policy: CodecPolicy,
): Parsed<string | undefined, SdpFault> {
  if (caller.session !== undefined || caller.settled) return good(undefined);
  return callerOffered ? caller.sdp.answerFrom(callee.sdp, policy) : caller.sdp.offerFrom(callee.sdp, policy);
}

import type { Parsed } from '@vats/kernel';
import type { CodecPolicy, SdpFault } from '@vats/media';
import type { Leg } from './leg.ts';

/**
 * What a phone is offered: what the caller offered or, when the caller asked for an offer instead (late offer), what the
 * switch itself can carry. The caller then gets its offer made from the phone's answer.
 */
export function calleeOffer(
  caller: Leg,
  callee: Leg,
  callerOffered: boolean,
  policy: CodecPolicy,
): Parsed<string, SdpFault> {
  return callerOffered ? callee.sdp.offerFrom(caller.sdp, policy) : callee.sdp.offerOwn(policy);
}

/** What the caller's 2xx carries once a phone has answered: the answer or, for a caller without offer, the offer. */
export function callerAnswer(
  caller: Leg,
  callee: Leg,
  callerOffered: boolean,
  policy: CodecPolicy,
): Parsed<string, SdpFault> {
  return callerOffered ? caller.sdp.answerFrom(callee.sdp, policy) : caller.sdp.offerFrom(callee.sdp, policy);
}

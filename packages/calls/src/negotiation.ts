import { good, type Parsed } from '@vats/kernel';
import type { CodecPolicy, SdpFault } from '@vats/media';
import type { Leg } from './leg.ts';

/** What a negotiation between the two sides of a call goes by. */
export interface NegotiationTerms {
  /** The caller's INVITE held an offer; a leg whose session is there has agreed on something in any case. */
  readonly callerOffered: boolean;
  readonly policy: CodecPolicy;
}

/**
 * What a phone is offered: what the caller offered or, when the caller asked for an offer instead (late offer), what the
 * switch itself can carry. The caller then gets its offer made from the phone's answer. A caller whom the switch has answered already
 * has an agreement, and the phone is offered that.
 */
export function calleeOffer(
  caller: Leg,
  callee: Leg,
  { callerOffered, policy }: NegotiationTerms,
): Parsed<string, SdpFault> {
  if (hasAgreed(caller)) return callee.sdp.offerFrom(caller.sdp, policy, { agreed: true, unheld: isUnheld(caller) });
  return callerOffered ? callee.sdp.offerFrom(caller.sdp, policy) : callee.sdp.offerOwn(policy);
}

/**
 * What a phone is answered that made an offer itself, before the caller has its answer or with a caller who has it: what the caller said,
 * or what the switch itself can carry where the caller has said nothing yet.
 */
export function calleeAnswer(
  caller: Leg | undefined,
  callee: Leg,
  { callerOffered, policy }: NegotiationTerms,
): Parsed<string, SdpFault> {
  if (caller === undefined || !(callerOffered || hasAgreed(caller))) return callee.sdp.answerOwn(policy);
  return callee.sdp.answerFrom(caller.sdp, policy, { unheld: isUnheld(caller) });
}

/** What the caller's 2xx carries once a phone has answered: the answer or, for a caller without offer, the offer; nothing where it has had it. */
export function callerAnswer(
  caller: Leg,
  callee: Leg,
  { callerOffered, policy }: NegotiationTerms,
): Parsed<string | undefined, SdpFault> {
  if (caller.session !== undefined || caller.settled) return good(undefined);
  return callerOffered ? caller.sdp.answerFrom(callee.sdp, policy) : caller.sdp.offerFrom(callee.sdp, policy);
}

function hasAgreed({ session, settled, onAnswerInPrack }: Leg): boolean {
  return session !== undefined || (settled === true && onAnswerInPrack === undefined);
}

/** Who held the caller has gone: that it may not be heard was said to them. */
function isUnheld({ unheld }: Leg): boolean {
  return unheld === true;
}

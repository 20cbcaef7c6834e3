import type { EarlyDialog, IncomingReinvite } from '@vats/sip';
import type { CallContext } from './call-context.ts';
import type { Leg } from './leg.ts';
import { calleeAnswer } from './negotiation.ts';
import { warningOf } from './refusal-headers.ts';

/**
 * A phone that rings says by UPDATE that its sound is another (RFC 3311): it moved to another early announcement, holds or resumes,
 * or changes its codec. Answered here, since sound passes through the switch and is converted where it must be: the caller's own
 * exchange stays as it is. What cannot be brought together with what the caller offered is refused, and the phone rings on as it was.
 */
export function answerEarlyUpdate(call: CallContext, leg: Leg, update: IncomingReinvite, early: EarlyDialog): void {
  const { caller } = call.legs;
  const read = leg.sdp.receiveOffer(update.offer ?? '');
  if (!read.ok) {
    update.reject(488, { headers: [warningOf(read.error.code)] });
    return;
  }
  const sdp = read.value.refresh
    ? { ok: true as const, value: leg.sdp.answerAgain() }
    : calleeAnswer(caller, leg, call.terms);
  if (!sdp.ok) {
    const headers = [warningOf(sdp.error.code, leg.sdp.offeredSound)];
    leg.sdp.rollBack();
    update.reject(488, { headers });
    return;
  }
  leg.updatedIn = early.id;
  update.answer({ sdp: sdp.value });
  const heard = call.earlyOtherOf(leg);
  if (heard !== undefined) call.legs.join(heard, leg);
}

import type { SessionEnd, SessionUser, SipRequest } from '@vats/sip';
import type { CallContext } from './call-context.ts';
import { CALLER } from './call-state.ts';
import type { FailureCode } from './failures.ts';
import type { Keys } from './keys.ts';
import type { Leg } from './leg.ts';
import { causeOf } from './reasons.ts';
import { relayInDialogRequest } from './relay-request.ts';
import type { Renegotiation } from './renegotiation.ts';
import type { Transfers } from './transfers.ts';

/**
 * Who hears of what happens in the dialog of one of a call's legs.
 *
 * @param legNow the leg; undefined while, or once, there is none
 */
export function sessionUser(
  call: CallContext,
  renegotiation: Renegotiation,
  keys: Keys,
  transfers: Pick<Transfers, 'received'>,
  legNow: () => Leg | undefined,
): SessionUser {
  return {
    onAck: (sdp) => {
      const leg = legNow();
      const take = leg?.onAnswerInAck;
      if (leg === undefined || take === undefined) return;
      leg.onAnswerInAck = undefined;
      take(sdp);
    },
    onReinvite: (reinvite) => renegotiation.received(legNow(), reinvite),
    onUpdate: (update) => renegotiation.received(legNow(), update),
    onRefreshed: (sdp) => renegotiation.refreshed(legNow(), sdp),
    onReinviteCancelled: () => renegotiation.cancelled(legNow()),
    onRequest: (request, respond) => {
      const leg = legNow();
      if (leg !== undefined && keys.received(leg, request, respond)) return;
      const other = leg === undefined ? undefined : call.otherOf(leg);
      relayInDialogRequest(request, respond, other?.session, other?.infoPackages);
    },
    onRefer: (refer) => transfers.received(legNow(), refer),
    onEnd: (end) => {
      const leg = legNow();
      if (leg === undefined) return;
      const cause = end.request === undefined ? undefined : causeOf(end.request);
      const told = cause === undefined ? {} : { cause };
      call.feed({ type: 'leg-ended', leg: leg.name, failure: failureOf(leg, end), ...told });
    },
  };
}

function failureOf({ name }: Leg, { by }: SessionEnd): FailureCode {
  if (by === 'remote-bye') return name === CALLER ? 'caller-hung-up' : 'callee-hung-up';
  if (by === 'session-expired') return by;
  return by === 'no-ack' ? 'answer-not-acknowledged' : 'leg-lost';
}

/** A proxy that rang us and others says so when somebody else has answered (RFC 3326 §3.1). */
export function saysElsewhere({ reasons }: SipRequest): boolean {
  return reasons.ok && reasons.value.some(({ protocol, cause }) => /^sip$/i.test(protocol) && cause === 200);
}

import type { Parsed } from '@vats/kernel';
import type { CodecPolicy } from '@vats/media';
import type { IncomingReinvite, ReinviteUser, Session } from '@vats/sip';
import type { CallContext } from './call-context.ts';
import type { LegName } from './call-event.ts';
import type { Leg } from './leg.ts';
import { refusedThere, warningOf } from './refusal-headers.ts';

/** Re-INVITEs of a call that is up: hold, resume, new codecs, from either side, with an offer or asking for one. */
export class Renegotiation {
  readonly #call: CallContext;

  constructor(call: CallContext) {
    this.#call = call;
  }

  /** A peer's re-INVITE came: its offer is read, and the call's machine decides. */
  received(leg: Leg | undefined, reinvite: IncomingReinvite): void {
    if (leg === undefined) {
      reinvite.reject(481);
      return;
    }
    let refresh = false;
    if (reinvite.offer !== undefined) {
      const read = leg.sdp.receiveOffer(reinvite.offer);
      if (!read.ok) {
        this.#call.log.info('call.offer-refused', { leg: leg.name, fault: read.error.code });
        reinvite.reject(488, { headers: [warningOf(read.error.code)] });
        return;
      }
      refresh = read.value.refresh;
    }
    leg.reinvite = reinvite;
    leg.reinviteFault = undefined;
    this.#call.feed({ type: 'reinvite', leg: leg.name, refresh });
  }

  /** A peer took its re-INVITE back: ours to the other side goes back too. */
  cancelled(leg: Leg | undefined): void {
    if (leg === undefined) return;
    if (leg.reinvite?.offer !== undefined) leg.sdp.rollBack();
    leg.reinvite = undefined;
    this.#call.otherOf(leg)?.ourReinvite?.cancel();
  }

  /** A refresh of ours was answered with another description: it is in force, and the sound follows it. */
  refreshed(leg: Leg | undefined, sdp: string): void {
    if (leg === undefined || !leg.sdp.receiveAnswer(sdp).ok) return;
    const other = this.#call.otherOf(leg);
    if (other !== undefined) this.#join(leg, other);
    else this.#call.legs.describe(leg);
  }

  relay(from: LegName, to: LegName): void {
    const { legs, policy } = this.#call;
    const asker = legs.get(from);
    const asked = legs.get(to);
    const reinvite = asker?.reinvite;
    if (asker === undefined || asked?.session === undefined || reinvite === undefined) return;
    // One exchange at a time, whoever began it.
    if (asked.ourReinvite !== undefined) {
      this.#call.feed({ type: 'reinvite-refused', leg: to, status: 491 });
      return;
    }
    const offer =
      reinvite.offer === undefined
        ? undefined
        : asked.sdp.offerFrom(asker.sdp, policy, { music: this.#call.holdMusic.on });
    if (offer?.ok === false) {
      asker.reinviteFault = offer.error.code;
      this.#call.feed({ type: 'reinvite-refused', leg: to, status: 488 });
      return;
    }
    const { session } = asked;
    const user: ReinviteUser = {
      onAnswer: (response) => {
        asked.ourReinvite = undefined;
        // A 2xx that owes an offer and holds none has ended the exchange: there is nothing to pass on.
        const offersNothing = offer === undefined && response.body.length === 0;
        if (offersNothing) this.#call.feed({ type: 'reinvite-refused', leg: to, status: 488 });
        else this.#call.feed({ type: 'reinvite-answered', leg: to });
      },
      onFailure: (status) => {
        asked.ourReinvite = undefined;
        if (offer !== undefined) asked.sdp.rollBack();
        this.#call.feed({ type: 'reinvite-refused', leg: to, status });
      },
    };
    // Who asks by UPDATE waits for no person, so nobody is asked who might: an UPDATE goes on as one where the phone takes it.
    const asUpdate = reinvite.request.method === 'UPDATE' && session.allowsUpdate && offer !== undefined;
    const asking = offer === undefined ? {} : { sdp: offer.value };
    asked.ourReinvite = asUpdate ? session.update(asking, user) : session.reinvite(asking, user);
  }

  /** `from` has answered our re-INVITE: its answer or, asked for one, its offer goes to `to`, who began. */
  passAnswer(from: LegName, to: LegName): void {
    const { legs, log, policy } = this.#call;
    const asked = legs.get(from);
    const asker = legs.get(to);
    const session = asked?.session;
    if (asked === undefined || asker === undefined || session === undefined) return;
    const reinvite = asker.reinvite;
    asker.reinvite = undefined;
    const sdp = session.remoteSdp ?? '';
    if (reinvite === undefined) {
      this.#settleWithdrawn(asked, asker, session, sdp);
      return;
    }
    if (reinvite.offer === undefined) {
      this.#passOffer(asked, asker, session, reinvite, sdp);
      return;
    }
    const read = asked.sdp.receiveAnswer(sdp);
    const music = this.#call.holdMusic.on;
    const answer = read.ok ? asker.sdp.answerFrom(asked.sdp, policy, { music }) : read;
    if (!answer.ok) {
      log.warn('call.reinvite-answer-unusable', { leg: from, fault: answer.error.code });
      const headers = [warningOf(answer.error.code, asker.sdp.offeredSound)];
      asker.sdp.rollBack();
      reinvite.reject(488, { headers });
      return;
    }
    this.#join(asker, asked);
    reinvite.answer({ sdp: answer.value });
    this.#noteHold(asker);
  }

  /**
   * A refresh, or a re-INVITE to the switch itself, nobody else being there: answered here.
   *
   * @param changed called when the leg's description is another one; undefined where somebody talks with it
   */
  answer(name: LegName, changed: (() => void) | undefined): void {
    const { legs, policy } = this.#call;
    const leg = legs.get(name);
    const reinvite = leg?.reinvite;
    if (leg === undefined || reinvite === undefined) return;
    leg.reinvite = undefined;
    if (changed === undefined) {
      reinvite.answer({ sdp: leg.sdp.answerAgain() });
      return;
    }
    const asks = reinvite.offer === undefined;
    const heard = this.#call.earlyOtherOf(leg);
    const sdp = asks
      ? leg.sdp.offerOwn(policy)
      : heard === undefined
        ? leg.sdp.answerOwn(policy)
        : leg.sdp.answerFrom(heard.sdp, policy);
    if (!sdp.ok) {
      const headers = [warningOf(sdp.error.code, leg.sdp.offeredSound)];
      leg.sdp.rollBack();
      reinvite.reject(488, { headers });
      return;
    }
    if (asks) {
      leg.onAnswerInAck = (answer) => {
        if (answer !== undefined && leg.sdp.receiveAnswer(answer).ok) changed();
      };
      reinvite.answer({ sdp: sdp.value });
      return;
    }
    // The call's own answer is not given yet, so this was an UPDATE.
    if (leg.session === undefined) leg.settled = true;
    reinvite.answer({ sdp: sdp.value });
    changed();
    this.#noteHold(leg);
  }

  /**
   * Offers a leg what another one says that has come to it: the one before held it.
   *
   * @param to by name: who talks with it may be somebody else when the answer comes
   */
  renew(leg: Leg, to: Leg): void {
    const { session } = leg;
    if (session === undefined || leg.ourReinvite !== undefined || leg.reinvite !== undefined) return;
    const offer = leg.sdp.offerFrom(to.sdp, this.#call.policy, { music: this.#call.holdMusic.on });
    if (!offer.ok) {
      leg.sdp.rollBack();
      return;
    }
    leg.ourReinvite = session.reinvite(
      { sdp: offer.value },
      {
        onAnswer: () => {
          leg.ourReinvite = undefined;
          const other = this.#call.otherOf(leg);
          if (leg.sdp.receiveAnswer(session.remoteSdp ?? '').ok && other !== undefined) this.#join(leg, other);
        },
        onFailure: () => {
          leg.ourReinvite = undefined;
          leg.sdp.rollBack();
        },
      },
    );
  }

  refuse(name: LegName, status: number): void {
    const leg = this.#call.legs.get(name);
    const reinvite = leg?.reinvite;
    if (leg === undefined || reinvite === undefined) return;
    const { reinviteFault: fault } = leg;
    const { offeredSound } = leg.sdp;
    leg.reinvite = undefined;
    leg.reinviteFault = undefined;
    if (reinvite.offer !== undefined) leg.sdp.rollBack();
    // A challenge or a redirection is between us and the other leg; to this one it means only that nothing changes.
    const told = status < 400 || status === 401 || status === 407 ? 488 : status;
    const offered = reinvite.offer === undefined ? [] : offeredSound;
    const warning = fault === undefined ? refusedThere(offered) : warningOf(fault, offered);
    reinvite.reject(told, told === 488 ? { headers: [warning] } : {});
  }

  /** The asked side's 2xx holds an offer: it goes to the asker, whose ACK brings the answer for our ACK. */
  #passOffer(asked: Leg, asker: Leg, session: Session, reinvite: IncomingReinvite, sdp: string): void {
    const { policy, log } = this.#call;
    const read = asked.sdp.receiveOffer(sdp);
    const offer = read.ok ? asker.sdp.offerFrom(asked.sdp, policy) : read;
    const acknowledge = (): void => session.acknowledge(answerInAck(asked, asker, read, policy));
    if (!offer.ok) {
      log.warn('call.reinvite-offer-unusable', { leg: asked.name, fault: offer.error.code });
      acknowledge();
      reinvite.reject(488, { headers: [warningOf(offer.error.code, asked.sdp.offeredSound)] });
      return;
    }
    asker.onAnswerInAck = (answer) => {
      if (answer === undefined || !asker.sdp.receiveAnswer(answer).ok) asker.sdp.rollBack();
      acknowledge();
      this.#join(asker, asked);
      this.#noteHold(asker);
    };
    reinvite.answer({ sdp: offer.value });
  }

  /**
   * The asker took its re-INVITE back, and the other side had accepted it already. An offer of the other side is answered
   * with what the asker says; one of the asker's is withdrawn by another that says what holds.
   */
  #settleWithdrawn(asked: Leg, asker: Leg, session: Session, sdp: string): void {
    const { policy } = this.#call;
    if (session.offerAnswer === 'answering') {
      session.acknowledge(answerInAck(asked, asker, asked.sdp.receiveOffer(sdp), policy));
      this.#join(asker, asked);
      return;
    }
    const read = asked.sdp.receiveAnswer(sdp);
    const music = this.#call.holdMusic.on;
    const offer = read.ok ? asked.sdp.offerFrom(asker.sdp, policy, { music }) : read;
    if (!offer.ok) return;
    asked.ourReinvite = session.reinvite(
      { sdp: offer.value },
      {
        onAnswer: () => {
          asked.ourReinvite = undefined;
          if (asked.sdp.receiveAnswer(session.remoteSdp ?? '').ok) this.#join(asker, asked);
        },
        onFailure: () => {
          asked.ourReinvite = undefined;
          asked.sdp.rollBack();
        },
      },
    );
  }

  /** Sound goes by what both descriptions say now; whoever is on hold by them hears music. */
  #join(asker: Leg, asked: Leg): void {
    const { legs, holdMusic } = this.#call;
    legs.join(asker, asked);
    holdMusic.review(asker, asked);
  }

  #noteHold(leg: Leg): void {
    const holds = leg.sdp.media().held;
    if (holds === leg.holds) return;
    leg.holds = holds;
    this.#call.emit({ type: holds ? 'leg.held' : 'leg.resumed', leg: leg.name });
  }
}

/** Our answer to an offer that `asked` made in a 2xx; where it cannot be read or says nothing new, what holds already. */
function answerInAck(
  asked: Leg,
  asker: Leg,
  offer: Parsed<{ readonly refresh: boolean }>,
  policy: CodecPolicy,
): string {
  const answer = offer.ok && !offer.value.refresh ? asked.sdp.answerFrom(asker.sdp, policy) : undefined;
  return answer?.ok ? answer.value : asked.sdp.answerAgain();
}

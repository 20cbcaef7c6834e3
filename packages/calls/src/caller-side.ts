import type { SdpFault } from '@vats/media';
import { setting } from '@vats/pbx';
import type { CallContext } from './call-context.ts';
import type { LegName } from './call-event.ts';
import { CALLER } from './call-state.ts';
import { connectedIdentity, ringingIdentity } from './connected-identity.ts';
import type { FailureCode } from './failures.ts';
import { infoPackagesOf, recvInfo } from './info-packages.ts';
import { hiding, type Leg } from './leg.ts';
import { answeredTo } from './outside-invite.ts';
import type { Sound } from './speaker.ts';

/** What is worth a reason of its own, as it can be mended by a setting here or at the phone. */
const REFUSALS: Partial<Record<SdpFault, FailureCode>> = {
  'secure-media': 'srtp-off',
  'plain-media': 'srtp-required',
  'no-usable-key': 'srtp-unusable',
  'dtls-media': 'srtp-unusable',
};

const RINGING = 180;
const SESSION_PROGRESS = 183;

/** How the switch itself is to be heard. */
export interface SpeakOptions {
  /** The call is answered; else it is early media, unless it was answered before. */
  readonly answer: boolean;
  readonly relayed?: boolean;
}

/** Why the switch can't speak with the caller: in no codec that there is, or before the answer to one who made no offer. */
export type SpeakFault = 'no-codec' | 'no-offer';

/** The calling side until it is answered: what the caller hears of the call, and how its INVITE ends. */
export class CallerSide {
  readonly #call: CallContext;
  readonly #record: () => boolean;
  /** The caller got our own description in a provisional response. */
  #early = false;
  /** The tone that says that somebody is being rung, as it was last made. */
  #tone: Sound | undefined;

  constructor(call: CallContext, record: () => boolean) {
    this.#call = call;
    this.#record = record;
  }

  /** Leases the caller's ports and reads its offer; on failure the call is refused and false comes back. */
  open(): boolean {
    const { legs, origin, invite, log, parts } = this.#call;
    if (legs.caller !== undefined) return true;
    const { client, caller, domain } = origin;
    const line = caller.kind === 'trunk' ? parts.line?.(domain, caller.trunk) : undefined;
    const trunk = caller.kind === 'trunk' ? { trunk: caller.trunk } : {};
    const at = { flow: invite.flow, ...(client !== undefined && { client }), ...trunk };
    const srtp = caller.kind === 'device' ? caller.device.srtp : line?.srtp;
    const leg = legs.open(CALLER, origin.party, at, { codecs: line && answeredTo(line), srtp });
    if (leg === undefined) {
      this.#call.feed({ type: 'refuse', failure: 'no-media-ports' });
      return false;
    }
    leg.infoPackages = infoPackagesOf(invite.request);
    leg.recvInfo = recvInfo(invite.request);
    if (invite.offer === undefined) return true;
    const received = leg.sdp.receiveOffer(invite.offer);
    if (received.ok) return true;
    leg.offerFault = received.error.code;
    log.info('call.offer-refused', { fault: received.error.code });
    this.#call.feed({ type: 'refuse', failure: REFUSALS[received.error.code] ?? 'offer-refused' });
    return false;
  }

  /**
   * Makes the switch itself heard by the caller: by answering, or by early media. One who was answered before hears it already.
   *
   * @param options `relayed`: nothing is made here, so any codec will do
   * @param then called once when there is sound both ways: now, or with the ACK of a caller who made no offer; told whether it was
   * answered for this
   * @returns what is in the way; nothing was answered then
   */
  speak(options: SpeakOptions, then: (opensNow: boolean) => void): SpeakFault | undefined {
    const { legs, invite, policy, speaker } = this.#call;
    const caller = legs.caller;
    if (caller === undefined) return 'no-codec';
    if (caller.session !== undefined || (this.#early && !options.answer)) {
      if (!options.relayed && !speaker.canSayTo(caller)) return 'no-codec';
      then(false);
      return undefined;
    }
    if (caller.settled && !options.answer) {
      then(false);
      return undefined;
    }
    if (caller.settled) {
      caller.session = invite.accept({});
      this.#opened('answered');
      then(true);
      return undefined;
    }
    const late = invite.offer === undefined;
    if (late && !options.answer) return 'no-offer';
    const sdp = late ? caller.sdp.offerOwn() : caller.sdp.answerOwn(policy);
    if (!sdp.ok || (!late && !options.relayed && !speaker.canSayTo(caller))) return 'no-codec';
    if (!late) legs.describe(caller);
    if (options.answer) {
      if (late) {
        this.#awaitAnswer(caller, () => {
          legs.describe(caller);
          then(true);
        });
      }
      caller.session = invite.accept({ sdp: sdp.value });
    } else {
      this.#early = true;
      invite.progress(183, { sdp: sdp.value });
    }
    this.#opened(options.answer ? 'answered' : 'early');
    if (!late) then(options.answer);
    return undefined;
  }

  #opened(how: 'answered' | 'early'): void {
    this.#call.emit({ type: 'call.opened', how });
    this.#call.feed({ type: 'opened', how });
  }

  /**
   * Offers a caller who was answered what the switch itself can say, by a re-INVITE: they were on hold, or their sound moves.
   *
   * @param moves to where all who come to a conference of the domain have theirs
   * @param then called when they have agreed
   */
  settle(moves: boolean, then: () => void): void {
    const { legs, policy, origin, speaker } = this.#call;
    const { caller } = legs;
    const session = caller?.session;
    if (caller === undefined || session === undefined) return;
    speaker.hush(caller);
    caller.unheld = false;
    const fail = (): void => this.#call.feed({ type: 'hang-up', failure: 'no-common-codec' });
    if (moves && !legs.resettle(caller, origin.domain.id)) {
      this.#call.feed({ type: 'hang-up', failure: 'no-media-ports' });
      return;
    }
    const offer = caller.sdp.offerOwn(policy);
    if (!offer.ok) {
      fail();
      return;
    }
    caller.ourReinvite = session.reinvite(
      { sdp: offer.value },
      {
        onAnswer: () => {
          caller.ourReinvite = undefined;
          if (!caller.sdp.receiveAnswer(session.remoteSdp ?? '').ok) fail();
          else {
            legs.describe(caller);
            then();
          }
        },
        onFailure: () => {
          caller.ourReinvite = undefined;
          caller.sdp.rollBack();
          // One whose sound has moved can't be left where it was.
          if (moves) fail();
          else then();
        },
      },
    );
  }

  /** The caller hears the switch, so that is where the tone comes from which says that somebody is being rung. */
  ringback(): void {
    const { legs, speaker, origin } = this.#call;
    const { caller } = legs;
    if (caller === undefined) return;
    const country = setting(origin.domain, 'tones');
    if (this.#tone !== undefined && speaker.saying(caller) === this.#tone) return;
    this.#tone = { items: [{ tone: 'ringback', country }] };
    speaker.say(caller, this.#tone);
  }

  /** A provisional response, with the early media of a phone when there is some. */
  progress(status: number, earlyMediaOf: LegName | undefined): void {
    const { legs, invite, policy, speaker } = this.#call;
    const caller = legs.caller;
    const asksForOffer = invite.offer === undefined && invite.wantsReliable;
    if (caller !== undefined && asksForOffer && this.#offersReliably(caller, status)) return;
    const headers = status === RINGING || status === SESSION_PROGRESS ? ringingIdentity(this.#call) : [];
    if (earlyMediaOf === undefined || caller === undefined) {
      invite.progress(status, { headers });
      return;
    }
    const phone = legs.get(earlyMediaOf);
    if (phone !== undefined && (caller.session !== undefined || caller.settled)) {
      speaker.hush(caller);
      legs.join(caller, phone);
      return;
    }
    // A caller that made no offer can't be given an answer before the 2xx.
    const answer =
      phone === undefined || invite.offer === undefined ? undefined : caller.sdp.answerFrom(phone.sdp, policy);
    if (phone === undefined || answer === undefined || !answer.ok) {
      invite.progress(RINGING, { headers });
      return;
    }
    speaker.hush(caller);
    legs.join(caller, phone);
    invite.progress(status, { sdp: answer.value, headers });
  }

  /**
   * A caller that made no offer and wants provisional responses reliably gets ours in the first of them (RFC 3262 §5), made of what
   * the switch can carry; its PRACK holds the answer. False where it has had that.
   */
  #offersReliably(caller: Leg, status: number): boolean {
    const { legs, invite, policy } = this.#call;
    if (caller.settled || caller.session !== undefined) return false;
    const sdp = caller.sdp.offerOwn(policy);
    if (!sdp.ok) return false;
    caller.settled = true;
    caller.onAnswerInPrack = (answer) => {
      if (answer === undefined || !caller.sdp.receiveAnswer(answer).ok) {
        this.#call.feed({ type: 'hang-up', failure: 'no-common-codec' });
        return;
      }
      const other = this.#call.otherOf(caller) ?? this.#call.earlyOtherOf(caller);
      if (other === undefined) legs.describe(caller);
      else legs.join(caller, other);
    };
    const headers = status === RINGING || status === SESSION_PROGRESS ? ringingIdentity(this.#call) : [];
    invite.progress(status, { sdp: sdp.value, headers });
    return true;
  }

  /** The PRACK to an offer of ours came. */
  answeredInPrack(sdp: string | undefined): void {
    const { caller } = this.#call.legs;
    const take = caller?.onAnswerInPrack;
    if (caller === undefined || take === undefined) return;
    caller.onAnswerInPrack = undefined;
    take(sdp);
  }

  /** A phone has answered and its answer is usable: the caller gets its 200, unless it has it already, and the two are joined. */
  connect(name: LegName): void {
    const { legs, speaker } = this.#call;
    const caller = legs.caller;
    const callee = legs.get(name);
    if (caller === undefined || callee === undefined) return;
    speaker.hush(caller);
    if (caller.session === undefined) this.#accept(caller, callee);
    legs.join(caller, callee);
    this.#call.holdMusic.review(caller, callee);
    this.#call.emit({ type: 'leg.answered', leg: name });
    this.#call.emit({ type: 'call.answered', leg: name, party: callee.party, ...hiding(callee) });
    this.talkBegins(caller, callee);
  }

  /** The caller's own description is another one, and nobody talks with it yet. @param heard the phone whose early media it hears */
  changed(heard: LegName | undefined): void {
    const { legs, speaker } = this.#call;
    const { caller } = legs;
    if (caller === undefined) return;
    const phone = heard === undefined ? undefined : legs.get(heard);
    if (phone === undefined) legs.describe(caller);
    else legs.join(caller, phone);
    speaker.changed(caller);
  }

  #accept(caller: Leg, callee: Leg): void {
    const { legs, invite } = this.#call;
    const identity = callee.hides === true ? [] : connectedIdentity(this.#call, callee.party);
    const headers = [...identity, ...(callee.recvInfo ?? [])];
    if (caller.settled) {
      caller.session = invite.accept({ headers });
      return;
    }
    // Forks lets only a phone with a usable answer be connected, so only a bug of ours leads here.
    if (callee.forCaller === undefined) throw new Error(`no SDP for the caller from ${callee.name}`);
    if (invite.offer === undefined) this.#awaitAnswer(caller, () => legs.join(caller, callee));
    caller.session = invite.accept({ sdp: callee.forCaller, headers });
  }

  /** Our 2xx made the offer, so the ACK brings the answer; without a usable one there is no call. */
  #awaitAnswer(caller: Leg, then: () => void): void {
    caller.onAnswerInAck = (sdp) => {
      if (sdp !== undefined && caller.sdp.receiveAnswer(sdp).ok) then();
      else this.#call.feed({ type: 'hang-up', failure: 'no-common-codec' });
    };
  }

  /** Whom the caller called for is there: quiet is judged from now on, and the recording begins. */
  talkBegins(left: Leg, right: Leg): void {
    const { legs, recorder } = this.#call;
    legs.supervise();
    // What runs already goes on with whoever came.
    if (recorder.state !== 'off') recorder.putThrough(left, right);
    else if (this.#record()) recorder.begin(left, right);
    else recorder.talk(left, right);
  }
}

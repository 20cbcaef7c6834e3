import type { SdpFault } from '@vats/media';
import type { CallContext } from './call-context.ts';
import type { LegName, Party } from './call-event.ts';
import { CALLER } from './call-state.ts';
import type { FailureCode } from './failures.ts';
import type { Leg } from './leg.ts';
import { answeredTo } from './outside-invite.ts';
import { refusalHeaders } from './refusal-headers.ts';

/** What is worth a reason of its own, as it can be mended by a setting here or at the phone. */
const REFUSALS: Partial<Record<SdpFault, FailureCode>> = {
  'secure-media': 'srtp-off',
  'plain-media': 'srtp-required',
  'no-usable-key': 'srtp-unusable',
  'dtls-media': 'srtp-unusable',
};

/** The calling side until it is answered: what the caller hears of the call, and how its INVITE ends. */
export class CallerSide {
  readonly #call: CallContext;
  readonly #record: () => boolean;

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
    const at = { flow: invite.flow, ...(client !== undefined && { client }) };
    const srtp = caller.kind === 'device' ? caller.device.srtp : line?.srtp;
    const leg = legs.open(CALLER, origin.party, at, { codecs: line && answeredTo(line), srtp });
    if (leg === undefined) {
      this.#call.feed({ type: 'refuse', failure: 'no-media-ports' });
      return false;
    }
    if (invite.offer === undefined) return true;
    const received = leg.sdp.receiveOffer(invite.offer);
    if (received.ok) return true;
    leg.offerFault = received.error.code;
    log.info('call.offer-refused', { fault: received.error.code });
    this.#call.feed({ type: 'refuse', failure: REFUSALS[received.error.code] ?? 'offer-refused' });
    return false;
  }

  /** A provisional response, with the early media of a phone when there is some. */
  progress(status: number, earlyMediaOf: LegName | undefined): void {
    const { legs, invite, policy } = this.#call;
    const caller = legs.caller;
    if (earlyMediaOf === undefined || caller === undefined) {
      invite.progress(status);
      return;
    }
    const phone = legs.get(earlyMediaOf);
    // A caller that made no offer can't be given an answer before the 2xx.
    const answer =
      phone === undefined || invite.offer === undefined ? undefined : caller.sdp.answerFrom(phone.sdp, policy);
    if (phone === undefined || answer === undefined || !answer.ok) {
      invite.progress(180);
      return;
    }
    legs.join(caller, phone);
    invite.progress(status, { sdp: answer.value });
  }

  /** A phone has answered and its answer is usable: the caller gets its 200 and the two are joined. */
  connect(name: LegName): void {
    const { legs, invite } = this.#call;
    const caller = legs.caller;
    const callee = legs.get(name);
    if (caller === undefined || callee === undefined) return;
    // Forks lets only a phone with a usable answer be connected, so only a bug of ours leads here.
    if (callee.forCaller === undefined) throw new Error(`no SDP for the caller from ${name}`);
    if (invite.offer === undefined) this.#awaitAnswer(caller, () => legs.join(caller, callee));
    caller.session = invite.accept({ sdp: callee.forCaller });
    legs.join(caller, callee);
    this.#call.emit({ type: 'leg.answered', leg: name });
    this.#call.emit({ type: 'call.answered', leg: name, party: callee.party });
    this.#begin(caller, callee);
  }

  /** The switch itself answers and sends the caller's sound back. */
  echo(): void {
    const { legs, invite, policy, origin } = this.#call;
    const caller = legs.caller;
    if (caller === undefined) return;
    const late = invite.offer === undefined;
    const sdp = late ? caller.sdp.offerOwn(policy) : caller.sdp.answerOwn(policy);
    if (!sdp.ok) {
      invite.reject(488, { headers: refusalHeaders('no-common-codec', { offered: caller.sdp.offeredSound }) });
      this.#call.feed({ type: 'leg-ended', leg: CALLER, failure: 'no-common-codec' });
      return;
    }
    if (late) this.#awaitAnswer(caller, () => legs.echo(caller));
    caller.session = invite.accept({ sdp: sdp.value });
    legs.echo(caller);
    const party: Party = { number: origin.dialled, name: 'echo test' };
    this.#call.emit({ type: 'call.answered', leg: CALLER, party });
    this.#begin(caller, caller);
  }

  /** Our 2xx made the offer, so the ACK brings the answer; without a usable one there is no call. */
  #awaitAnswer(caller: Leg, then: () => void): void {
    caller.onAnswerInAck = (sdp) => {
      if (sdp !== undefined && caller.sdp.receiveAnswer(sdp).ok) then();
      else this.#call.feed({ type: 'hang-up', failure: 'no-common-codec' });
    };
  }

  #begin(left: Leg, right: Leg): void {
    const { legs, recorder } = this.#call;
    legs.supervise();
    if (this.#record()) recorder.begin(left, right);
    else recorder.talk(left, right);
  }
}

import { type IncomingInvite, type IncomingInviteUser, isSecure, warning } from '@vats/sip';
import type { CallContext, CallOrigin } from './call-context.ts';
import type { LegName } from './call-event.ts';
import { isNegotiating } from './consultation.ts';
import type { NamedDialog } from './dialog-named.ts';
import type { FailureCode } from './failures.ts';
import type { Forks } from './forks.ts';
import { infoPackagesOf, recvInfo } from './info-packages.ts';
import { hiding, type Leg } from './leg.ts';
import { calleeAnswer, calleeOffer, callerAnswer } from './negotiation.ts';
import type { Renegotiation } from './renegotiation.ts';
import { WOULD_LEAVE_TLS } from './secure-call.ts';

/** What a takeover needs of its call. */
export interface TakeoverParts {
  readonly forks: Forks;
  readonly renegotiation: Renegotiation;
  /** What is asked of the call from now on. */
  readonly asks: (origin: CallOrigin) => void;
  /** The two who talk are others than before. */
  readonly changed: () => void;
}

interface Talking {
  readonly caller: Leg;
  readonly peer: Leg;
  readonly exchanging: boolean;
}

/**
 * Phones that come into a call by themselves, with an INVITE that names one of its dialogs (Replaces, RFC 3891) or is a code for it: they
 * take the place of that leg, or answer in the place of a phone that rings.
 */
export class Takeover {
  readonly #call: CallContext;
  readonly #parts: TakeoverParts;

  constructor(call: CallContext, parts: TakeoverParts) {
    this.#call = call;
    this.#parts = parts;
  }

  /** @param talking who talks now, if anybody does; `by` what names the dialog, for a person */
  take(
    { leg, stage }: NamedDialog,
    talking: Talking | undefined,
    origin: CallOrigin,
    open: (user: IncomingInviteUser) => IncomingInvite,
    by = 'Replaces',
  ): void {
    const stays = stage === 'confirmed' ? this.#call.otherOf(leg) : this.#call.legs.caller;
    const isReady = stage === 'our-early' || (talking !== undefined && !talking.exchanging && !isNegotiating(leg));
    const name = this.#parts.forks.nextLeg();
    const holder: { leg?: Leg } = {};
    const invite = open(this.#userOf(holder));
    if (stays === undefined || !isReady || isNegotiating(stays)) {
      invite.reject(491);
      return;
    }
    if (!this.#staysOnTls(origin, invite, stays)) {
      invite.reject(403, { headers: [warning(WOULD_LEAVE_TLS)] });
      return;
    }
    const comes = this.#comes(name, invite, origin, leg);
    if (comes === undefined) return;
    holder.leg = comes;
    if (origin.secure === true) this.#parts.asks({ ...this.#call.origin, secure: true });
    if (stage === 'confirmed') this.#replace(leg, comes, stays, invite);
    else this.#pickUp(leg, comes, stays, invite, by);
  }

  /** A leg whose dialog is there is joined with who stays. */
  admit(name: LegName, to: LegName, caller: LegName): void {
    const { legs, speaker, holdMusic, recorder } = this.#call;
    const [comes, stays] = [legs.get(name), legs.get(to)];
    legs.takesCallersPlace(caller);
    if (comes === undefined || stays === undefined) return;
    speaker.hush(stays);
    if (comes.onAnswerInAck === undefined) {
      legs.join(stays, comes);
      holdMusic.review(stays, comes);
    }
    this.#call.emit({ type: 'leg.answered', leg: name });
    this.#call.emit({ type: 'call.answered', leg: name, party: comes.party, ...hiding(comes) });
    recorder.putThrough(stays, comes);
    const isHeld = stays.unheld === true && stays.sdp.media().held;
    stays.unheld = false;
    if (isHeld) this.#parts.renegotiation.renew(stays, comes);
    this.#parts.changed();
  }

  #staysOnTls({ secure }: CallOrigin, { flow }: IncomingInvite, stays: Leg): boolean {
    if (secure !== true && this.#call.origin.secure !== true) return true;
    return isSecure(flow.transport) && isSecure(stays.flow.transport);
  }

  #userOf(holder: { readonly leg?: Leg }): IncomingInviteUser {
    const user = () => (holder.leg === undefined ? undefined : this.#call.sessionUser(holder.leg));
    return {
      onAck: (sdp) => user()?.onAck(sdp),
      onReinvite: (reinvite) => user()?.onReinvite(reinvite),
      onReinviteCancelled: (reinvite) => user()?.onReinviteCancelled?.(reinvite),
      onUpdate: (update) => user()?.onUpdate?.(update),
      onRefreshed: (sdp) => user()?.onRefreshed?.(sdp),
      onRequest: (request, respond) => user()?.onRequest(request, respond),
      onRefer: (refer) => user()?.onRefer?.(refer),
      onEnd: (end) => user()?.onEnd(end),
      onCancel: () => {},
    };
  }

  /** Its leg, with its account's place taken and its offer read; undefined: it was refused. */
  #comes(name: LegName, invite: IncomingInvite, origin: CallOrigin, instead: Leg): Leg | undefined {
    const { places, holdings, legs, log } = this.#call;
    const { caller, party, client } = origin;
    if (caller.kind !== 'device') {
      invite.reject(403);
      return undefined;
    }
    // Whoever replaces their own phone is in one call as before.
    const isOwn = instead.party.login === caller.device.login;
    if (!isOwn && !places.take(name, caller.device)) {
      log.info('call.account-limit', { login: caller.device.login });
      invite.reject(486);
      return undefined;
    }
    if (isOwn) places.take(name, { login: caller.device.login });
    holdings.hold(name, () => places.leave(name));
    const at = client === undefined ? { flow: invite.flow } : { flow: invite.flow, client };
    const leg = legs.open(name, party, at, { srtp: caller.device.srtp });
    const status =
      leg === undefined ? 503 : invite.offer === undefined || leg.sdp.receiveOffer(invite.offer).ok ? 0 : 488;
    if (leg !== undefined && status === 0) {
      leg.infoPackages = infoPackagesOf(invite.request);
      leg.recvInfo = recvInfo(invite.request);
      if (origin.hides === true) leg.hides = true;
      return leg;
    }
    legs.drop(name);
    invite.reject(status);
    return undefined;
  }

  #replace(leaves: Leg, comes: Leg, stays: Leg, invite: IncomingInvite): void {
    const { terms } = this.#call;
    if (leaves.holds) stays.unheld = true;
    const sdp = invite.offer === undefined ? calleeOffer(stays, comes, terms) : calleeAnswer(stays, comes, terms);
    if (!sdp.ok) {
      this.#refuse(comes, invite);
      return;
    }
    if (invite.offer === undefined) {
      comes.onAnswerInAck = (answer) => {
        const other = this.#call.otherOf(comes);
        if (answer === undefined || !comes.sdp.receiveAnswer(answer).ok) {
          this.#hangUp('no-common-codec');
        } else if (other !== undefined) {
          this.#call.legs.join(other, comes);
          this.#call.holdMusic.review(other, comes);
        }
      };
    }
    this.#tellStart(comes, `in the place of ${leaves.party.number} (Replaces)`);
    comes.session = invite.accept({ sdp: sdp.value });
    const [by, remains] = [leaves.name, stays.name];
    const { party } = stays;
    const { party: byParty } = leaves;
    this.#call.emit({ type: 'transfer.started', how: 'replaced', by, byParty, remains, party, to: comes.party.number });
    this.#call.feed({ type: 'taken-over', leg: by, by: comes.name });
    this.#call.emit({ type: 'transfer.succeeded', by, leg: comes.name, party: comes.party });
  }

  #pickUp(rings: Leg, comes: Leg, caller: Leg, invite: IncomingInvite, by: string): void {
    const { terms } = this.#call;
    // Who comes without an offer would have to be waited for, while the phones ring on and others may answer.
    const sdp = invite.offer === undefined ? undefined : calleeAnswer(caller, comes, terms);
    const forCaller = sdp?.ok ? callerAnswer(caller, comes, terms) : undefined;
    if (!sdp?.ok || !forCaller?.ok) {
      this.#refuse(comes, invite);
      return;
    }
    if (forCaller.value !== undefined) comes.forCaller = forCaller.value;
    this.#tellStart(comes, `picks up for ${rings.party.number} (${by})`);
    comes.session = invite.accept({ sdp: sdp.value });
    this.#call.feed({ type: 'picked-up', leg: rings.name, by: comes.name });
  }

  #refuse(comes: Leg, invite: IncomingInvite): void {
    this.#call.legs.drop(comes.name);
    invite.reject(488);
  }

  #tellStart({ name, party, flow }: Leg, why: string): void {
    this.#call.emit({ type: 'leg.started', leg: name, party, flow: flow.id, why });
  }

  #hangUp(failure: FailureCode): void {
    this.#call.feed({ type: 'hang-up', failure });
  }
}

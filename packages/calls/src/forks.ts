import type { Frame, RingOutcome, RingTarget } from '@vats/pbx';
import type {
  EarlyDialog,
  Flow,
  HeaderField,
  InviteFailure,
  OutgoingInvite,
  OutgoingInviteOptions,
  Replaces,
  Session,
  SessionUser,
  SipRequest,
  SipResponse,
} from '@vats/sip';
import type { CallContext } from './call-context.ts';
import type { LegName, Party } from './call-event.ts';
import type { MediaWishes } from './call-legs.ts';
import { CALLER, type Rung } from './call-state.ts';
import { asksToHide, privacyOf } from './claimed-caller.ts';
import { answerEarlyUpdate } from './early-updates.ts';
import { COMPLETED_ELSEWHERE, reasonHeader } from './failures.ts';
import { infoPackagesOf, recvInfo } from './info-packages.ts';
import type { FarEnd, Leg } from './leg.ts';
import { calleeOffer, callerAnswer } from './negotiation.ts';
import { offeredTo } from './outside-invite.ts';
import { OutsideLegs } from './outside-legs.ts';
import { passedHeaders } from './passed-headers.ts';
import { PhoneLegs } from './phone-legs.ts';
import { phoneRefusalOf } from './phone-refusal.ts';
import { chosenOf, type OutsideRing, type PhoneRing, type Telling } from './rings.ts';
import type { TalkPortions } from './talk-portions.ts';

/** Hops that a request without Max-Forwards has left (RFC 3261 §8.1.1.6). */
const DEFAULT_MAX_FORWARDS = 70;

/** Early dialogs of one INVITE by which it can be picked up: a phone makes one, a proxy behind it a few. */
const EARLY_DIALOGS_KEPT = 8;

/** What a step of the plan says of every leg that it rings. */
export interface LegFacts {
  readonly group?: string;
  readonly forwardedBy?: string;
  readonly why?: string;
}

/** A phone of ours that rings. */
export interface RingingPhone {
  readonly leg: Leg;
  /** The clock's monotonic time of its INVITE, ms. */
  readonly since: number;
  /** The group as whose member it is rung. */
  readonly group?: string;
}

type Opened =
  | { readonly ok: true; readonly leg: Leg; readonly sdp: string }
  | { readonly ok: false; readonly failure: RingOutcome; readonly status: number };

/** The called side of a call until somebody answers: an INVITE for each phone and number, and what each says to it. */
export class Forks {
  readonly #call: CallContext;
  readonly #onOutgoing: (callId: string, live: boolean) => void;
  readonly #phones: PhoneLegs;
  readonly #outside: OutsideLegs;
  readonly #chosen = new Map<LegName, PhoneRing | OutsideRing>();
  readonly #invites = new Map<LegName, OutgoingInvite>();
  /** When each INVITE left, and for which group. */
  readonly #rung = new Map<LegName, Omit<RingingPhone, 'leg'>>();
  /** Remote tags of the early dialogs of each INVITE under way. */
  readonly #early = new Map<LegName, Set<string>>();
  /** Legs outside whose INVITE is made, and leaves when what they may use is on disk. */
  readonly #reserved = new Map<LegName, () => void>();
  /** What the step says of every leg that it rings. */
  #about: LegFacts = {};
  #count = 0;

  constructor(call: CallContext, onOutgoing: (callId: string, live: boolean) => void) {
    this.#call = call;
    this.#onOutgoing = onOutgoing;
    this.#phones = new PhoneLegs(call);
    this.#outside = new OutsideLegs(call);
  }

  /** Timers that run. */
  get timerCount(): number {
    return this.#outside.portions.timerCount;
  }

  /** What a step rings; keeps it for `invite`, which names it by leg. */
  choose(
    targets: readonly RingTarget[],
    frame: Frame | undefined,
    about: LegFacts,
    telling: Telling = {},
  ): readonly Rung[] {
    this.#about = about;
    const { rungs, rings } = chosenOf(this.#call, targets, frame, telling, () => this.nextLeg());
    for (const [leg, ring] of rings) this.#chosen.set(leg, ring);
    return rungs;
  }

  /** Rings what was chosen. */
  invite(name: LegName): void {
    const leave = this.#reserved.get(name);
    if (leave !== undefined) {
      this.#reserved.delete(name);
      leave();
      return;
    }
    const ring = this.#chosen.get(name);
    if (ring === undefined || this.#call.legs.caller === undefined) return;
    this.#chosen.delete(name);
    if (ring.kind === 'phone') this.#invitePhone(name, ring);
    else this.#inviteOutside(name, ring);
  }

  /** What is granted to the legs outside. */
  get portions(): TalkPortions {
    return this.#outside.portions;
  }

  /** The leg that rings in this early dialog of ours (RFC 3891 §3), whichever tag is named first. */
  earlyLegOf({ callId, toTag, fromTag }: Replaces): LegName | undefined {
    for (const [name, { callId: own, localTag }] of this.#invites) {
      if (own !== callId || (localTag !== toTag && localTag !== fromTag)) continue;
      if (this.#early.get(name)?.has(localTag === toTag ? fromTag : toTag) === true) return name;
    }
    return undefined;
  }

  /** The phones of ours that ring. */
  ringingPhones(): readonly RingingPhone[] {
    return [...this.#rung].flatMap(([name, rung]) => {
      const leg = this.#call.legs.get(name);
      return leg === undefined || leg.trunk !== undefined ? [] : { leg, ...rung };
    });
  }

  /** A name that no leg of the call has had. */
  nextLeg(): LegName {
    return `b${++this.#count}`;
  }

  #invitePhone(name: LegName, ring: PhoneRing): void {
    const refused = this.#phones.take(name, ring);
    if (refused !== undefined) {
      this.#refused(name, refused.failure, refused.status);
      return;
    }
    const { party, phone, target, encrypted = false } = ring;
    const opened = this.#open(name, party, phone, { srtp: target.device.srtp, encrypted });
    if (!opened.ok) {
      this.#refused(name, opened.failure, opened.status);
      return;
    }
    this.#started(name, phone.flow, encrypted ? { why: 'it takes encrypted sound only' } : {});
    this.#send(opened, phone.flow, this.#phones.invite(name, ring));
  }

  #inviteOutside(name: LegName, ring: OutsideRing): void {
    const { parts, leaving, id } = this.#call;
    // What this very call has given up makes room for what it tries next.
    leaving.allGone(id);
    const out = this.#outside.wayOut(name, ring);
    if (!out.ok || parts.flowTo === undefined) {
      if (out.ok) this.#refused(name, 'trunk-failed', 503);
      else this.#refused(name, out.failure, out.status);
      return;
    }
    const flow = parts.flowTo(out.at);
    const opened = this.#open(
      name,
      ring.party,
      { flow, trunk: out.line.name },
      { codecs: offeredTo(out.line), srtp: out.line.srtp },
    );
    if (!opened.ok) {
      // Another trunk may be offered other codecs.
      const on = opened.failure === 'no-common-codec' && out.next < ring.target.ways.length;
      if (on) this.#inviteOutside(name, { ...ring, way: out.next });
      else this.#refused(name, opened.failure, opened.status);
      return;
    }
    const invite = this.#outside.invite(name, ring, out);
    const skipped = out.skipped.length === 0 ? {} : { why: out.skipped.join(', ') };
    this.#started(name, flow, { trunk: out.line.name, ...skipped });
    if (out.saved === undefined) this.#send(opened, flow, invite);
    else this.#awaitReservation(name, out.saved, () => this.#send(opened, flow, invite));
  }

  /**
   * Lets an INVITE leave when what it may use is on disk (one group commit), so that a kill can't forget it; where it can't be
   * written the leg is refused. A leg that was given up meanwhile is no fork of the call any more, and nothing leaves.
   */
  #awaitReservation(leg: LegName, saved: Promise<void>, leave: () => void): void {
    this.#reserved.set(leg, leave);
    saved.then(
      () => this.#call.feed({ type: 'reserved', leg }),
      (error: unknown) => {
        if (!this.#reserved.delete(leg)) return;
        this.#call.log.error('call.reservation-not-saved', { leg, error: String(error) });
        this.#refused(leg, 'limit-not-saved', 503);
      },
    );
  }

  /** Leases ports for a leg and makes the offer to it; where that fails the leg is gone. */
  #open(name: LegName, party: Party, at: FarEnd, wishes: MediaWishes): Opened {
    const { legs, terms } = this.#call;
    const { caller } = legs;
    const leg = legs.open(name, party, at, wishes);
    const offer = caller === undefined || leg === undefined ? undefined : calleeOffer(caller, leg, terms);
    if (leg !== undefined && offer?.ok) return { ok: true, leg, sdp: offer.value };
    legs.drop(name);
    return leg === undefined
      ? { ok: false, failure: 'no-media-ports', status: 503 }
      : { ok: false, failure: 'no-common-codec', status: 488 };
  }

  #started(name: LegName, flow: Flow, more: { readonly trunk?: string; readonly why?: string }): void {
    const leg = this.#call.legs.get(name);
    if (leg === undefined) return;
    const { why: step, ...about } = this.#about;
    const why = more.why === undefined ? step : step === undefined ? more.why : `${step} (${more.why})`;
    const said = { ...about, ...more, ...(why !== undefined && { why }) };
    this.#call.emit({ type: 'leg.started', leg: name, party: leg.party, flow: flow.id, ...said });
  }

  #send(
    { leg, sdp }: Opened & { readonly ok: true },
    flow: Flow,
    options: Omit<OutgoingInviteOptions, 'target' | 'sdp' | 'maxForwards'>,
  ): void {
    const { parts, invite } = this.#call;
    const onTurnedAway = this.#outside.portions.inVain(leg.name);
    const outgoing = parts.dialogs.outgoingInvite(
      {
        ...options,
        target: flow,
        sdp,
        maxForwards: maxForwardsOf(invite.request) - 1,
        headers: [...this.#ofCaller(), ...(options.headers ?? [])],
      },
      {
        onProgress: (response, early) => {
          noteHiding(leg, response);
          if (early !== undefined) this.#noteEarly(leg.name, early.id);
          this.#onProgress(leg, response, early);
        },
        onEarlyUpdate: (update, early) => answerEarlyUpdate(this.#call, leg, update, early),
        onAnswer: (response, session) => {
          leg.infoPackages = infoPackagesOf(response);
          leg.recvInfo = recvInfo(response);
          noteHiding(leg, response);
          return this.#onAnswer(leg, session);
        },
        onFailure: (failure) => this.#onFailure(leg, failure),
        ...(onTurnedAway !== undefined && { onTurnedAway }),
      },
    );
    this.#invites.set(leg.name, outgoing);
    const { group } = this.#about;
    this.#rung.set(leg.name, { since: parts.clock.monotonic(), ...(group !== undefined && { group }) });
    this.#onOutgoing(outgoing.callId, true);
  }

  /** What whoever is in the caller's place says themselves: another one than the caller has sent no INVITE that anything could be taken from. */
  #ofCaller(): HeaderField[] {
    const { legs, invite, first } = this.#call;
    const { caller } = legs;
    const own = caller?.name === CALLER ? passedHeaders(invite.request, first) : [];
    return [...own, ...(caller?.recvInfo ?? [])];
  }

  /** A leg is over before anybody there could say something. */
  #refused(leg: LegName, failure: RingOutcome, status: number): void {
    this.#call.legs.drop(leg);
    this.#call.feed({ type: 'refused', leg, failure, status, unsent: true });
  }

  /** Stops ringing one phone; one that was only chosen is forgotten. */
  cancel(name: LegName, elsewhere: boolean): void {
    this.#chosen.delete(name);
    const outgoing = this.#invites.get(name);
    if (outgoing === undefined && !this.#reserved.delete(name)) return;
    this.#release(name);
    if (outgoing !== undefined && this.#outside.isOut(name)) this.#leaves(name);
    outgoing?.cancel(elsewhere ? [['Reason', COMPLETED_ELSEWHERE]] : []);
    this.#call.legs.drop(name);
    this.#call.emit({ type: 'leg.ended', leg: name, ...(elsewhere ? { elsewhere } : {}) });
  }

  /**
   * A cancelled leg rings at the operator until its INVITE has ended there, which may take until 64*T1 after the CANCEL: it keeps its
   * channel and its place in limits for so long, or a caller who dials and gives up in turn would have any number of them.
   */
  #leaves(name: LegName): void {
    const { leaving, holdings, id } = this.#call;
    leaving.add(id, name, holdings.takeOut(name));
  }

  /** Stops ringing all of them, whatever state the call is in. */
  cancelAll(): void {
    for (const name of [...this.#invites.keys(), ...this.#reserved.keys()]) this.cancel(name, false);
  }

  #noteEarly(name: LegName, tag: string): void {
    const tags = this.#early.get(name) ?? new Set();
    if (tags.size < EARLY_DIALOGS_KEPT) this.#early.set(name, tags.add(tag));
  }

  #onProgress(leg: Leg, response: SipResponse, early: EarlyDialog | undefined): void {
    const sdp = early?.remoteSdp;
    this.#outside.progressed(leg.name, response);
    // What its UPDATE said stands, as long as no other phone behind it speaks.
    const stands = leg.updatedIn !== undefined && leg.updatedIn === early?.id;
    const earlyMedia = stands || (sdp !== undefined && leg.sdp.receiveAnswer(sdp).ok);
    this.#call.feed({ type: 'progress', leg: leg.name, status: response.status, earlyMedia });
  }

  #onAnswer(leg: Leg, session: Session): SessionUser {
    const { legs, terms, log } = this.#call;
    this.#release(leg.name);
    leg.session = session;
    const { remoteSdp } = session;
    // An exchange of its early dialog by UPDATE has taken the answer's place.
    const isKnown = leg.updatedIn === session.dialog.remoteTag;
    const usable =
      legs.caller !== undefined && remoteSdp !== undefined && (isKnown || leg.sdp.receiveAnswer(remoteSdp).ok);
    const forCaller = usable ? callerAnswer(legs.caller, leg, terms) : undefined;
    if (forCaller?.ok) {
      if (forCaller.value !== undefined) leg.forCaller = forCaller.value;
      this.#outside.answered(leg.name);
      this.#phones.answered(leg.name);
      this.#call.feed({ type: 'answered', leg: leg.name });
    } else {
      log.info('call.answer-unusable', { leg: leg.name });
      // The operator charges for an answer, whatever it is worth.
      this.#outside.answered(leg.name);
      session.bye([['Reason', reasonHeader('no-common-codec')]]);
      legs.drop(leg.name);
      this.#call.feed({ type: 'refused', leg: leg.name, failure: 'no-common-codec', status: 488 });
    }
    return this.#call.sessionUser(leg);
  }

  #onFailure(leg: Leg, failure: InviteFailure): void {
    // A cancelled fork was taken off the call when it was cancelled.
    if (failure.cause === 'cancelled') {
      this.#call.leaving.gone(this.#call.id, leg.name);
      return;
    }
    const next = this.#phones.failed(leg.name, failure);
    this.#release(leg.name);
    const { status } = failure;
    const outside = this.#outside.failed(leg.name, failure);
    this.#call.legs.drop(leg.name);
    const cause = outside?.cause !== undefined ? { cause: outside.cause } : {};
    const outsideSaid = outside === undefined ? {} : { failure: outside.outcome, ...cause };
    if (outside?.on !== undefined) {
      const by = this.nextLeg();
      this.#chosen.set(by, outside.on);
      this.#call.feed({ type: 'replaced', leg: leg.name, by, failure: outside.outcome, status, ...cause });
      return;
    }
    if (next !== undefined) {
      const by = this.nextLeg();
      this.#chosen.set(by, next.ring);
      this.#call.feed({ type: 'replaced', leg: leg.name, by, failure: next.failure, status });
      return;
    }
    const { failure: ofPhone, ...told } = phoneRefusalOf(failure);
    this.#call.feed({ type: 'refused', leg: leg.name, failure: ofPhone, status, ...told, ...outsideSaid });
  }

  #release(name: LegName): void {
    this.#phones.ringsNoMore(name);
    this.#early.delete(name);
    this.#rung.delete(name);
    const outgoing = this.#invites.get(name);
    if (outgoing === undefined) return;
    this.#invites.delete(name);
    this.#onOutgoing(outgoing.callId, false);
  }
}

function maxForwardsOf(request: SipRequest): number {
  return request.maxForwards?.ok ? request.maxForwards.value : DEFAULT_MAX_FORWARDS;
}

/** Whoever is called may ask not to be named to others (RFC 3323 §4.2). */
function noteHiding(leg: Leg, response: SipResponse): void {
  if (asksToHide(privacyOf(response))) leg.hides = true;
}

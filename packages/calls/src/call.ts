import type { FaultLines, Log } from '@vats/kernel';
import type { CodecPolicy, DtmfKey, MediaEvent } from '@vats/media';
import type { User } from '@vats/pbx';
import type { IncomingInvite, IncomingInviteUser, Replaces, SessionUser } from '@vats/sip';
import type { CallPlaces } from './account-calls.ts';
import type { CallContext, CallOrigin } from './call-context.ts';
import type { LegName, UnstampedEvent } from './call-event.ts';
import { CallLegs } from './call-legs.ts';
import { CallPlan } from './call-plan.ts';
import { CallRecorder } from './call-recorder.ts';
import { type CallSnapshot, timerSeen } from './call-snapshot.ts';
import { CALLER, type CallInput, type CallState, callerOf } from './call-state.ts';
import { CallTelling } from './call-telling.ts';
import { CallTimers } from './call-timers.ts';
import { takeCallersPlace } from './caller-place.ts';
import { CallerSide } from './caller-side.ts';
import { CallChannels, type ChannelCounts } from './channels.ts';
import type { Consultation } from './consultation.ts';
import { dialogNamedIn, type NamedDialog } from './dialog-named.ts';
import { toldDiversions } from './diversions.ts';
import { DueStep } from './due-step.ts';
import { type FailureCode, reasonHeader } from './failures.ts';
import { Forks, type RingingPhone } from './forks.ts';
import { GivingAway } from './giving-away.ts';
import { HoldMusic } from './hold-music.ts';
import { Keys } from './keys.ts';
import type { LeavingLegs } from './leaving-legs.ts';
import type { Leg } from './leg.ts';
import { LegHoldings } from './leg-holdings.ts';
import type { NegotiationTerms } from './negotiation.ts';
import type { OutwardLegs } from './outward-legs.ts';
import type { CallsParts } from './parts.ts';
import { type Performers, performCommand } from './perform-command.ts';
import { Renegotiation } from './renegotiation.ts';
import { type ServiceEvent, Services, type SharedByServices } from './services.ts';
import { saysElsewhere, sessionUser } from './session-user.ts';
import { Speaker } from './speaker.ts';
import { step } from './step.ts';
import { Supervision, type SupervisionRefusal } from './supervision.ts';
import type { SupervisionKind } from './supervisor.ts';
import { Takeover } from './takeover.ts';
import { Transfers } from './transfers.ts';
import { SoloRecorder } from './voicemail/solo-recorder.ts';

/** What all calls share. */
export interface SharedByCalls {
  readonly parts: CallsParts;
  readonly channels: ChannelCounts;
  readonly outward: OutwardLegs;
  readonly leaving: LeavingLegs;
  readonly services: SharedByServices;
  readonly faults: FaultLines;
}

/** What a call needs of whoever keeps it. */
export interface CallHooks {
  /** Lets the INVITE in, with the call as its user. */
  open(user: IncomingInviteUser): IncomingInvite;
  onEnd(): void;
  /** An INVITE of ours with this Call-ID is under way, or no longer is. */
  onOutgoing(callId: string, live: boolean): void;
  /** What the account of a leg has in another call, by the name of its dialog there. */
  consultationOf(call: Call, replaces: Replaces, transferor: Leg): Consultation | 'unknown' | 'not-theirs' | undefined;
}

/**
 * One call: asks the plan what to do, tells `step()` what happened, and carries out what it decides. It owns the call's
 * legs, timers and media, and gives all of them back before its terminal event.
 */
export class Call implements CallContext {
  readonly id: string;
  origin: CallOrigin;
  readonly first: CallOrigin;
  readonly parts: CallsParts;
  readonly log: Log;
  readonly legs: CallLegs;
  readonly recorder: CallRecorder;
  readonly solo: SoloRecorder;
  readonly speaker: Speaker;
  readonly holdMusic: HoldMusic;
  readonly places: CallPlaces;
  readonly holdings = new LegHoldings();
  readonly channels: CallChannels;
  readonly outward: OutwardLegs;
  readonly leaving: LeavingLegs;
  readonly invite: IncomingInvite;
  readonly #telling: CallTelling;
  readonly #hooks: CallHooks;
  readonly #forks: Forks;
  readonly #callerSide: CallerSide;
  readonly #services: Services;
  readonly #renegotiation: Renegotiation;
  readonly #keys: Keys;
  readonly #supervision: Supervision;
  readonly #transfers: Transfers;
  readonly #takeover: Takeover;
  readonly #giving: GivingAway;
  readonly #performers: Performers;

  #state: CallState = { name: 'routing', told: 0 };
  readonly #plan: CallPlan;
  readonly #inputs: CallInput[] = [];
  #working = false;
  readonly #timers: CallTimers;
  readonly #faults: FaultLines;
  /** The caller gave up because another place took the call. */
  #elsewhere = false;

  constructor(shared: SharedByCalls, id: string, origin: CallOrigin, places: CallPlaces, hooks: CallHooks) {
    const { parts } = shared;
    this.parts = parts;
    this.#faults = shared.faults;
    this.id = id;
    this.origin = origin;
    this.first = origin;
    this.log = parts.log.child({ call: id });
    this.#telling = new CallTelling(id, origin, parts, this.log);
    this.#hooks = hooks;
    this.places = places;
    this.channels = new CallChannels(shared.channels, this.holdings, origin.domain.id);
    this.outward = shared.outward;
    this.leaving = shared.leaving;
    this.#timers = new CallTimers(parts, (timer) => this.feed({ type: 'timer', timer }));
    this.legs = new CallLegs(id, parts, this.log, this, this.holdings);
    this.recorder = new CallRecorder(this, () => this.legs.media);
    this.solo = new SoloRecorder(this);
    this.speaker = new Speaker(this);
    this.holdMusic = new HoldMusic(this);
    this.#forks = new Forks(this, hooks.onOutgoing);
    this.#callerSide = new CallerSide(this, () => this.#plan.records);
    const dueStep = new DueStep(this, this.#forks, this.#callerSide);
    this.#plan = new CallPlan(this, (plan) => dueStep.take(plan));
    this.#services = new Services(this, this.#callerSide, this.#forks, shared.services);
    this.#renegotiation = new Renegotiation(this);
    this.#keys = new Keys(this);
    this.#supervision = new Supervision(this, () => this.#talking(), hooks.onOutgoing);
    this.#transfers = new Transfers({
      call: this,
      forks: this.#forks,
      callerSide: this.#callerSide,
      plan: this.#plan,
      renegotiation: this.#renegotiation,
      talking: () => this.#talking(),
      consultationOf: (replaces, transferor) => hooks.consultationOf(this, replaces, transferor),
      asks: (asking) => this.#asks(asking),
      changed: () => this.#supervision.review(),
    });
    this.#takeover = new Takeover(this, {
      forks: this.#forks,
      renegotiation: this.#renegotiation,
      asks: (asking) => this.#asks(asking),
      changed: () => this.#supervision.review(),
    });
    this.#giving = new GivingAway({
      call: this,
      forks: this.#forks,
      state: () => this.#state,
      talking: () => this.#talking(),
    });
    this.#performers = {
      forks: this.#forks,
      callerSide: this.#callerSide,
      services: this.#services,
      plan: this.#plan,
      renegotiation: this.#renegotiation,
      timers: this.#timers,
      supervision: this.#supervision,
      transfers: this.#transfers,
      takeover: this.#takeover,
      giving: this.#giving,
      state: () => this.#state,
      end: () => this.#end(),
    };
    this.invite = hooks.open({
      ...this.#userOf(() => this.legs.get(CALLER)),
      onCancel: (request) => {
        this.#elsewhere = saysElsewhere(request);
        this.feed({ type: 'caller-gave-up', elsewhere: this.#elsewhere });
      },
      onUnacknowledged: () => this.feed({ type: 'hang-up', failure: 'progress-not-acknowledged' }),
      onPrack: (sdp) => this.#callerSide.answeredInPrack(sdp),
    });
  }

  get policy(): CodecPolicy {
    // Whoever records by hand wants it to go on, as well: a re-INVITE leads to nothing that is not recorded.
    return this.#plan.records || this.recorder.state !== 'off' ? 'g711' : 'any';
  }

  get terms(): NegotiationTerms {
    return { callerOffered: this.invite.offer !== undefined, policy: this.policy };
  }

  /** Timers that run. */
  get timerCount(): number {
    return this.#timers.size + this.#forks.timerCount;
  }

  /** Makes the plan and sets out on its first step. */
  start(): void {
    const { domain, caller, dialled, party } = this.origin;
    const { callId } = this.invite.request;
    this.emit({
      type: 'call.started',
      domain: domain.name,
      domainId: domain.id,
      from: party,
      dialled,
      sipCallId: callId.ok ? callId.value : '',
      ...(caller.kind === 'trunk' && { trunk: caller.trunk }),
      ...toldDiversions(this.origin),
    });
    const refusal = takeCallersPlace(this);
    if (refusal !== undefined) {
      this.feed({ type: 'refuse', failure: refusal });
      return;
    }
    this.#plan.begin();
  }

  /** Ends the call from outside: an operator, or the switch that stops. */
  hangUp(failure: FailureCode): void {
    this.feed({ type: 'hang-up', failure });
  }

  /** Rings a supervisor, who is then taken into the call's sound; or says why not. */
  supervise(kind: SupervisionKind, user: User): SupervisionRefusal | undefined {
    return this.#supervision.supervise(kind, user);
  }

  #asks(origin: CallOrigin): void {
    this.origin = origin;
    if (origin.secure === true) this.#supervision.keepToTls();
  }

  #talking(): { readonly caller: Leg; readonly peer: Leg; readonly exchanging: boolean } | undefined {
    if (this.#state.name !== 'talking') return undefined;
    const [caller, peer] = [this.legs.caller, this.legs.get(this.#state.peer)];
    const exchanging = this.#state.exchange !== undefined;
    return caller === undefined || peer === undefined ? undefined : { caller, peer, exchanging };
  }

  /** The dialog of one of its legs that this names. */
  dialogNamed(replaces: Replaces): NamedDialog | undefined {
    return dialogNamedIn(this, this.#forks, replaces);
  }

  /** What the peer of this leg has here, for another call of theirs to which they transfer it; undefined: nothing that can be. */
  consultation(leg: Leg): Consultation | undefined {
    return this.#giving.consultation(leg);
  }

  /** An INVITE comes to take the place of one of the call's legs (RFC 3891). @param by what names the leg, for a person */
  takeOver(
    named: NamedDialog,
    origin: CallOrigin,
    open: (user: IncomingInviteUser) => IncomingInvite,
    by?: string,
  ): void {
    this.#takeover.take(named, this.#talking(), origin, open, by);
  }

  /** The phones of ours that ring for it. */
  ringingPhones(): readonly RingingPhone[] {
    return this.#forks.ringingPhones();
  }

  get isServed(): boolean {
    return this.#state.name === 'served' || (this.#state.name === 'ringing' && this.#state.queue !== undefined);
  }

  /** What the call looks like now. */
  snapshot(): CallSnapshot {
    return {
      id: this.id,
      domain: this.origin.domain.name,
      // Who is in it now: a transfer or a Replaces may have brought others.
      from: this.legs.caller?.party ?? this.first.party,
      dialled: this.origin.dialled,
      state: this.#state.name,
      ...this.#telling.course,
      recorded: this.recorder.last !== undefined,
      recording: this.recorder.state,
      legs: this.legs.all().map(({ name, party, flow, client, holds, session }) => ({
        leg: name,
        party,
        flow: flow.id,
        observed: flow.observed,
        ...(client !== undefined && { client }),
        holds,
        ...timerSeen(session),
        ...this.legs.treatmentOf(name),
      })),
    };
  }

  otherOf(leg: Leg): Leg | undefined {
    const talking = this.#talking();
    if (talking === undefined) return undefined;
    return leg === talking.caller ? talking.peer : leg === talking.peer ? talking.caller : undefined;
  }

  earlyOtherOf(leg: Leg): Leg | undefined {
    if (this.#state.name !== 'ringing' || this.#state.heard === undefined) return undefined;
    const phone = this.legs.get(this.#state.heard);
    return leg.name === callerOf(this.#state) ? phone : leg === phone ? this.legs.caller : undefined;
  }

  sessionUser(leg: Leg): SessionUser {
    return this.#userOf(() => leg);
  }

  #userOf(legNow: () => Leg | undefined): SessionUser {
    return sessionUser(this, this.#renegotiation, this.#keys, this.#transfers, legNow);
  }

  /** Inputs that come while one is worked on wait their turn: the machine never sees a half-done state. */
  feed(input: CallInput): void {
    this.#inputs.push(input);
    if (this.#working) return;
    this.#working = true;
    try {
      for (let next = this.#inputs.shift(); next !== undefined; next = this.#inputs.shift()) {
        const [state, commands] = step(this.#state, next);
        this.#state = state;
        for (const command of commands) performCommand(command, this, this.#performers);
      }
    } catch (error) {
      this.#crash(error);
    } finally {
      this.#working = false;
    }
  }

  /** For the call's legs. */
  keyPressed(leg: LegName, key: DtmfKey, milliseconds: number): void {
    this.#keys.heard(leg, key, milliseconds);
  }

  /** For the call's legs. */
  recordingEnded(event: Extract<MediaEvent, { kind: 'recording-finished' | 'recording-failed' }>): void {
    if (!this.solo.has(event.path)) this.recorder.onMedia(event);
    this.solo.onMedia(event);
  }

  /** For the call's legs. */
  played(event: Extract<MediaEvent, { kind: 'played' }>): void {
    this.speaker.told(event);
  }

  /** For the call's legs. */
  served(event: ServiceEvent): void {
    if (event.kind === 'room-refused' && this.#talking() !== undefined) this.#supervision.roomRefused();
    else this.#services.told(event);
  }

  /** Adds to the call's story. */
  emit(event: UnstampedEvent): void {
    this.#telling.emit(event);
    if (event.type !== 'leg.ringing') return;
    this.#transfers.progressed(event.status);
    this.#giving.progressed(event.status);
  }

  #end(): void {
    if (this.#state.name !== 'ended') return;
    const { failure, status } = this.#state;
    this.#timers.stopAll();
    this.solo.close();
    this.#telling.end(
      { failure, status, elsewhere: this.#elsewhere },
      { recording: this.recorder.last, counts: this.legs.counts },
    );
    this.#hooks.onEnd();
  }

  /** A bug of ours costs this call and nothing else: whatever it holds is given back, however far it had come. */
  #crash(error: unknown): void {
    this.#faults.tell('call.crashed', error, { call: this.id });
    this.#inputs.length = 0;
    if (this.#state.name === 'ended') return;
    this.#forks.cancelAll();
    this.#transfers.close();
    this.#giving.left();
    this.#services.end();
    this.#supervision.end('caller-hung-up');
    this.invite.reject(500);
    for (const leg of this.legs.all()) leg.session?.bye([['Reason', reasonHeader('internal-error')]]);
    this.legs.close();
    this.#inputs.length = 0;
    this.#state = { name: 'ended', failure: 'internal-error', status: 500 };
    this.#end();
  }
}

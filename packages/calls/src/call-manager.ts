import { FaultLines } from '@vats/kernel';
import type { RecordingEnd } from '@vats/media';
import type { QueueWait } from '@vats/pbx';
import {
  type Flow,
  type IncomingInviteOptions,
  type Replaces,
  refusedInterval,
  type SessionTimerPolicy,
  type SipRequest,
} from '@vats/sip';
import { AccountCalls } from './account-calls.ts';
import { Call, type SharedByCalls } from './call.ts';
import type { CallOrigin } from './call-context.ts';
import type { RecordingCommand, RecordingRefusal } from './call-recorder.ts';
import type { CallSnapshot } from './call-snapshot.ts';
import { ChannelCounts, type ChannelKind } from './channels.ts';
import { type ConferenceSnapshot, Conferences } from './conferences.ts';
import type { Consultation } from './consultation.ts';
import type { NamedDialog } from './dialog-named.ts';
import { FAILURES, type FailureCode, reasonHeader } from './failures.ts';
import { LeavingLegs } from './leaving-legs.ts';
import type { Leg } from './leg.ts';
import { OutwardLegs } from './outward-legs.ts';
import type { CallsParts } from './parts.ts';
import { phoneReturned } from './phone-returned.ts';
import { PinGuesses } from './pin-guesses.ts';
import { type QueueSnapshot, Queues } from './queues.ts';
import { refusalToReplace, replacesOf } from './replaces-refusal.ts';
import { rungLongest } from './rung-longest.ts';
import { tlsAsked } from './secure-call.ts';
import { timerOfCaller, timerPolicy } from './session-timer-policy.ts';
import type { SupervisionRefusal } from './supervision.ts';
import type { SupervisionKind } from './supervisor.ts';

/** Characters of a call's id: about 62 bits, enough to be unique for the life of any history. */
const CALL_ID_CHARACTERS = 12;

/** Seconds after which a refused caller may try again when the switch is full or going down. */
const RETRY_AFTER_SECONDS = '5';

/** All calls of the switch: lets them in, keeps count, ends them. */
export class CallManager {
  readonly #parts: CallsParts;
  readonly #calls = new Map<string, Call>();
  /** Call-IDs of INVITEs of ours that are under way: one that comes back in is a loop. */
  readonly #outgoing = new Set<string>();
  readonly #accounts = new AccountCalls();
  readonly #channels = new ChannelCounts();
  readonly #shared: SharedByCalls;
  #draining = false;
  #onEmpty: (() => void)[] = [];

  constructor(given: CallsParts) {
    const faults = new FaultLines(given.clock, given.log);
    const queues: Queues = new Queues(given, faults);
    const parts: CallsParts = {
      ...given,
      emit: (event) => {
        given.emit(event);
        queues.note(event, this.#calls.get(event.call)?.origin.domain.id);
      },
    };
    this.#parts = parts;
    const outward = new OutwardLegs();
    const leaving = new LeavingLegs();
    const conferences = new Conferences(parts, () => this.#emptied());
    const services = { conferences, queues, guesses: new PinGuesses(parts.clock) };
    this.#shared = { parts, channels: this.#channels, outward, leaving, services, faults };
    parts.ledger.enrol('calls', () => this.#calls.size);
    parts.ledger.enrol('legs', () => this.#sum((call) => call.legs.size));
    parts.ledger.enrol('call timers', () => this.#sum((call) => call.timerCount));
    parts.ledger.enrol('outgoing invites', () => this.#outgoing.size);
    parts.ledger.enrol('accounts in calls', () => this.#accounts.size);
    parts.ledger.enrol('channels in use', () => this.#channels.size);
    parts.ledger.enrol('legs at other systems', () => outward.size);
    parts.ledger.enrol('conferences', () => conferences.size);
    parts.ledger.enrol('recordings of conferences', () => conferences.recorded);
    parts.ledger.enrol('callers in queues', () => queues.size);
    parts.ledger.enrol('queue timers', () => queues.timerCount);
    parts.ledger.enrol('agents engaged by queues', () => queues.engaged);
    parts.ledger.enrol('legs being cancelled', () => leaving.size);
  }

  /** An INVITE whose sender is known and may call. */
  invite(request: SipRequest, flow: Flow, from: CallOrigin): void {
    const origin: CallOrigin = { ...from, ...tlsAsked(request) };
    const options = this.#asTheyWant(origin);
    const tooShort = refusedInterval(request, this.#timerOf(options));
    if (tooShort !== undefined) {
      const { status, headers } = tooShort;
      this.#parts.dialogs.incomingInvite(request, flow, REFUSED).reject(status, { headers });
      return;
    }
    const refusal = this.#refusal(request);
    if (refusal !== undefined) {
      this.#refuse(request, flow, refusal);
      return;
    }
    const replaces = replacesOf(request);
    if (replaces !== undefined) {
      this.#replace(request, flow, origin, replaces);
      return;
    }
    if (this.#pickUp(request, flow, origin)) return;
    const id = this.#parts.random.token(CALL_ID_CHARACTERS);
    const call = new Call(this.#shared, id, origin, this.#accounts.ofCall(origin.domain.id), {
      open: (user) => this.#parts.dialogs.incomingInvite(request, flow, user, options),
      onEnd: () => this.#forget(id),
      onOutgoing: (callId, live) => {
        if (live) this.#outgoing.add(callId);
        else this.#outgoing.delete(callId);
      },
      consultationOf: (from, replaces, transferor) => this.#consultationOf(from, replaces, transferor),
    });
    this.#calls.set(id, call);
    try {
      call.start();
    } catch (error) {
      // Our own bug costs this call, never the process.
      this.#shared.faults.tell('call.crashed', error, { call: id });
      call.hangUp('internal-error');
    }
  }

  get size(): number {
    return this.#calls.size;
  }

  snapshots(): CallSnapshot[] {
    return [...this.#calls.values()].map((call) => call.snapshot());
  }

  /** Ends one call; false when there is none with that id. */
  hangUp(id: string, failure: FailureCode = 'operator-hung-up'): boolean {
    const call = this.#calls.get(id);
    call?.hangUp(failure);
    return call !== undefined;
  }

  /** Does something with a call's recording, or says why not. */
  record(id: string, command: RecordingCommand): RecordingRefusal | 'no-call' | undefined {
    const call = this.#calls.get(id);
    return call === undefined ? 'no-call' : call.recorder.do(command);
  }

  /**
   * Rings an employee of the call's domain, who then hears the call, speaks to its employee alone, or to both; where they do already, how
   * they take part changes. Says why not.
   */
  supervise(
    id: string,
    kind: SupervisionKind,
    extension: string,
  ): SupervisionRefusal | 'no-call' | 'nobody' | undefined {
    const call = this.#calls.get(id);
    if (call === undefined) return 'no-call';
    const user = this.#parts.world().directory.findUser(call.origin.domain, extension);
    return user === undefined ? 'nobody' : call.supervise(kind, user);
  }

  /** Ends every recording; the calls go on. Says how many there were. */
  stopRecordings(why: RecordingEnd): number {
    const recorded = [...this.#calls.values()].filter(({ recorder }) => recorder.state !== 'off');
    for (const { recorder } of recorded) recorder.stop(why);
    const left = [...this.#calls.values()].filter(({ solo }) => solo.runs);
    for (const { solo } of left) solo.stop(why);
    return recorded.length + left.length + this.#shared.services.conferences.stopRecordings(why);
  }

  /** The conferences in which somebody is. */
  conferences(): ConferenceSnapshot[] {
    return this.#shared.services.conferences.snapshots();
  }

  /** The groups that have a queue, or in whose somebody waits. */
  queues(): QueueSnapshot[] {
    return this.#shared.services.queues.snapshots();
  }

  /** Counts a wait of today that was over before the switch started. @param domain `Domain.id` */
  restoreWait(domain: string, wait: QueueWait): void {
    this.#shared.services.queues.restore(domain, wait);
  }

  /** Callers who wait for a group. @param domain `Domain.id` */
  waitingIn(domain: string, group: string): number {
    return this.#shared.services.queues.waitingIn(domain, group);
  }

  /** Phones came or went, agents logged in or out, or the model is another: who waits may ring somebody. */
  agentsChanged(): void {
    this.#shared.services.queues.agentsChanged();
  }

  /** From now on new calls get 503; `whenEmpty` is called once the last one has ended, and the recordings of conferences have. */
  drain(whenEmpty: () => void): void {
    this.#draining = true;
    this.#onEmpty.push(whenEmpty);
    this.#emptied();
  }

  /** Ends every call now. */
  hangUpAll(failure: FailureCode): void {
    for (const call of [...this.#calls.values()]) call.hangUp(failure);
    // What they used is written down before the store closes.
    this.#shared.leaving.allGone();
  }

  /** Calls at once that a number of the domain, or a trunk, carries now. @param domain `Domain.id` */
  channelsInUse(domain: string, kind: ChannelKind, key: string): number {
    return this.#channels.inUse(domain, kind, key);
  }

  /** A trunk that called may challenge our requests within the call as well. */
  #asTheyWant({ domain, caller }: CallOrigin): IncomingInviteOptions {
    const line = caller.kind === 'trunk' ? this.#parts.line?.(domain, caller.trunk) : undefined;
    const sessionTimer = timerOfCaller(this.#parts, caller, line?.sessionTimer);
    const { locate } = this.#parts;
    return {
      ...(caller.kind === 'device' && { resolve: phoneReturned(locate, domain, caller.device.login) }),
      ...(sessionTimer !== undefined && { sessionTimer }),
      ...(line?.contactUser !== undefined && { contactUser: line.contactUser }),
      ...(line?.credentials !== undefined && { credentials: line.credentials }),
    };
  }

  /** By which the first INVITE is judged; the rest is the dialog layer's. */
  #timerOf({ sessionTimer }: IncomingInviteOptions): SessionTimerPolicy | undefined {
    const { settings } = this.#parts;
    const machine = settings.sessionTimer === undefined ? 'off' : timerPolicy(settings.sessionTimer);
    const policy = sessionTimer ?? machine;
    return policy === 'off' ? undefined : policy;
  }

  #refusal(request: SipRequest): FailureCode | undefined {
    if (this.#draining) return 'switch-stopped';
    if (this.#calls.size >= this.#parts.settings.maxCalls) return 'too-many-calls';
    if (request.maxForwards?.ok && request.maxForwards.value === 0) return 'too-many-hops';
    if (request.callId.ok && this.#outgoing.has(request.callId.value)) return 'loop';
    return undefined;
  }

  /** An INVITE that is to take the place of a dialog of the sender's own domain. */
  #replace(
    request: SipRequest,
    flow: Flow,
    origin: CallOrigin,
    replaces: Replaces | { readonly status: number },
  ): void {
    const { dialogs, log } = this.#parts;
    const found = 'status' in replaces ? replaces : this.#replaceable(origin, replaces);
    if ('status' in found) {
      log.info('call.not-replaced', { status: found.status, by: origin.party.number });
      dialogs.incomingInvite(request, flow, REFUSED).reject(found.status);
    } else
      found.call.takeOver(found.named, origin, (user) =>
        dialogs.incomingInvite(request, flow, user, this.#asTheyWant(origin)),
      );
  }

  /** An INVITE whose number is the code for it answers what rings elsewhere. False: it does not, and is a call of its own. */
  #pickUp(request: SipRequest, flow: Flow, origin: CallOrigin): boolean {
    const found = rungLongest(this.#calls.values(), origin, this.#parts.world);
    found?.call.takeOver(
      { leg: found.leg, stage: 'our-early' },
      origin,
      (user) => this.#parts.dialogs.incomingInvite(request, flow, user, this.#asTheyWant(origin)),
      origin.dialled,
    );
    return found !== undefined;
  }

  #replaceable(
    { domain, caller }: CallOrigin,
    replaces: Replaces,
  ): { readonly call: Call; readonly named: NamedDialog } | { readonly status: number } {
    // What a trunk brings has no account that could have a right to one of our calls.
    if (caller.kind !== 'device') return { status: 403 };
    for (const call of this.#calls.values()) {
      const named = call.origin.domain.id === domain.id ? call.dialogNamed(replaces) : undefined;
      if (named === undefined) continue;
      const status = refusalToReplace(named, replaces);
      return status === undefined ? { call, named } : { status };
    }
    return { status: 481 };
  }

  /** Only what is of the same employee: knowing the name of a dialog gives no right to who is in it. */
  #consultationOf(
    from: Call,
    replaces: Replaces,
    transferor: Leg,
  ): Consultation | 'unknown' | 'not-theirs' | undefined {
    for (const call of this.#calls.values()) {
      const named = call.origin.domain.id === from.origin.domain.id ? call.dialogNamed(replaces) : undefined;
      if (named === undefined) continue;
      if (call === from || named.stage === 'our-early') return 'unknown';
      if (named.leg.party.extension !== transferor.party.extension) return 'not-theirs';
      return call.consultation(named.leg);
    }
    return 'unknown';
  }

  #refuse(request: SipRequest, flow: Flow, failure: FailureCode): void {
    const { status } = FAILURES[failure];
    this.#parts.log[FAILURES[failure].log]('call.refused', { failure, status });
    this.#parts.dialogs.incomingInvite(request, flow, REFUSED).reject(status, {
      headers: [
        ['Reason', reasonHeader(failure)],
        ...(status === 503 ? ([['Retry-After', RETRY_AFTER_SECONDS]] as const) : []),
      ],
    });
  }

  #forget(id: string): void {
    this.#calls.delete(id);
    this.#emptied();
  }

  #emptied(): void {
    if (this.#calls.size > 0 || this.#shared.services.conferences.recorded > 0) return;
    const told = this.#onEmpty;
    this.#onEmpty = [];
    for (const tell of told) tell();
  }

  #sum(count: (call: Call) => number): number {
    let total = 0;
    for (const call of this.#calls.values()) total += count(call);
    return total;
  }
}

/** Nobody: an INVITE that was refused makes no dialog. */
const REFUSED = {
  onCancel: () => {},
  onAck: () => {},
  onReinvite: () => {},
  onRequest: () => {},
  onEnd: () => {},
};

import type {
  CallForward,
  CallLeg,
  CallRecord,
  CallTalk,
  LeftMessage,
  QueueWait,
  ReachedLimit,
  SoundTrouble,
} from '@vats/pbx';
import type { CallEnded, CallEvent, Party } from './call-event.ts';
import { CALLER } from './call-state.ts';
import type { FailureCode } from './failures.ts';
import { directionOf, resultOf, wayOutOf } from './story-verdict.ts';

/** Events kept of one call; a call that makes more (a phone that holds and resumes all day) keeps its first ones and the end. */
export const EVENTS_KEPT = 500;
/** The same for each list within the record. */
const ENTRIES_KEPT = 200;

type Writable<T> = { -readonly [K in keyof T]: T[K] };
type Started = CallEvent & { readonly type: 'call.started' };

/** A leg while its call is up. */
interface OpenLeg extends Omit<Writable<CallLeg>, 'endedAt'> {
  endedAt?: number;
  heldSince?: number;
}

/**
 * A call's events folded into its record, one after the other: whatever the record says, the events say, and nothing else is
 * kept beside them. What is added costs the same however long the call has been.
 */
export class CallStory {
  #started: Started | undefined;
  #ended: (CallEvent & CallEnded) | undefined;
  #lastAt = 0;
  #recordingSince: number | undefined;
  readonly #events: unknown[] = [];
  readonly #legs = new Map<string, OpenLeg>();
  readonly #talks: (Omit<Writable<CallTalk>, 'to'> & { to?: number })[] = [];
  readonly #forwards: CallForward[] = [];
  readonly #limits: ReachedLimit[] = [];
  readonly #waits: QueueWait[] = [];
  readonly #sound: SoundTrouble[] = [];
  readonly #recordings = new Map<string, { path: string; durationMs: number; failed?: string }>();
  #message: LeftMessage | undefined;
  /** An employee has ordered something by a code. */
  #ordered = false;
  #explain: readonly string[] = [];
  /** What the plan said of the whole call. */
  readonly #said: Partial<Pick<Writable<CallRecord>, 'direction' | 'did' | 'group' | 'world' | 'seed'>> = {};
  #wasTransferred = false;
  /** The leg in the caller's place. */
  #caller: string = CALLER;
  #answered: { readonly at: number; readonly by: Party; readonly byTheSwitch: boolean } | undefined;

  /** The event that began it; undefined before that. */
  get started(): Started | undefined {
    return this.#started;
  }

  /** Which of the call's recordings this is, from 1 on; 0 for one that it does not know. */
  numberOf(path: string): number {
    return [...this.#recordings.keys()].indexOf(path) + 1;
  }

  /** When its first recording began. */
  get recordingSince(): number | undefined {
    return this.#recordingSince;
  }

  /** A side of it was sent on: whose legs are up can't be told from who called and who answered. */
  get wasTransferred(): boolean {
    return this.#wasTransferred;
  }

  note(event: CallEvent): void {
    this.#lastAt = Math.max(this.#lastAt, event.at);
    this.#keep(event);
    switch (event.type) {
      case 'call.started':
        this.#started = event;
        this.#legs.set(CALLER, {
          leg: CALLER,
          party: event.from,
          startedAt: event.at,
          ...(event.trunk !== undefined && { trunk: event.trunk }),
        });
        return;
      case 'call.routed':
        this.#noteRouted(event);
        return;
      case 'leg.started': {
        const { leg, party, at, trunk, group, forwardedBy, why } = event;
        if (this.#legs.size > ENTRIES_KEPT) return;
        this.#legs.set(leg, {
          leg,
          party,
          startedAt: at,
          ...(trunk !== undefined && { trunk }),
          ...(group !== undefined && { group }),
          ...(forwardedBy !== undefined && { forwardedBy }),
          ...(why !== undefined && { why }),
        });
        return;
      }
      case 'leg.ringing': {
        const leg = this.#legs.get(event.leg);
        if (leg !== undefined) leg.ringingAt ??= event.at;
        return;
      }
      case 'leg.answered':
        this.#answer(event.leg, event.at);
        return;
      case 'call.answered':
        this.#noteAnswer(event);
        return;
      case 'transfer.started':
        // Who waits is who is talked with from now on, whoever called.
        this.#wasTransferred = true;
        this.#endTalk(event.at);
        this.#caller = event.remains;
        return;
      case 'transfer.failed':
        if (event.returned) this.#beginTalk(event.by, event.at);
        return;
      case 'transfer.joined':
        this.#endTalk(event.at, event.leg);
        return;
      case 'leg.held': {
        const leg = this.#legs.get(event.leg);
        if (leg !== undefined) leg.heldSince ??= event.at;
        return;
      }
      case 'leg.resumed':
        this.#resume(event.leg, event.at);
        return;
      case 'leg.ended':
        this.#endLeg(event.leg, event.at, event);
        return;
      case 'recording.started':
        this.#recordingSince ??= event.at;
        this.#record(event.path, 0);
        return;
      case 'recording.finished':
        this.#record(event.path, event.durationMs);
        return;
      case 'recording.failed':
        this.#record(event.path, event.keptMs, event.reason);
        return;
      case 'limit.reached': {
        const { call: _, seq: __, type: ___, leg: ____, ...limit } = event;
        if (this.#limits.length < ENTRIES_KEPT) this.#limits.push(limit);
        return;
      }
      case 'media.oneWay': {
        const { at, leg, everHeard, claimed, stranger } = event;
        this.#noteSound({
          ...{ at, kind: 'one-way', leg, everHeard },
          ...(claimed !== undefined && { claimed }),
          ...(stranger !== undefined && { stranger }),
        });
        return;
      }
      case 'media.silent':
        this.#noteSound({ at: event.at, kind: 'silent' });
        return;
      case 'media.recovered':
        this.#noteSound({ at: event.at, kind: 'recovered', milliseconds: event.milliseconds });
        return;
      case 'queue.left': {
        const { group, how, at, waitedMs } = event;
        if (this.#waits.length < ENTRIES_KEPT) this.#waits.push({ group, how, at, waitedMs });
        return;
      }
      case 'order.done':
        this.#ordered = true;
        return;
      case 'message.left': {
        const { box, message: id, durationMs, urgent } = event;
        this.#message = { box, id, durationMs, ...(urgent === true && { urgent }) };
        return;
      }
      case 'transfer.succeeded':
      case 'queue.entered':
      case 'queue.announced':
      case 'queue.missed':
      case 'supervisor.joined':
      case 'supervisor.left':
      case 'message.refused':
      case 'mailbox.opened':
      case 'call.opened':
      case 'decision.made':
      case 'decision.failed':
      case 'menu.answered':
      case 'prompt.played':
      case 'prompt.failed':
      case 'recording.paused':
      case 'recording.resumed':
      case 'recording.refused':
      case 'media.learned':
      case 'keys.dropped':
        return;
      case 'call.ended':
        this.#ended = event;
        return;
    }
  }

  /**
   * The record as far as the call has come; of one that has ended, the whole. Until then it ends at its last event, as one does
   * that a kill cuts off there. Undefined before the call has started.
   */
  record(): CallRecord | undefined {
    const started = this.#started;
    if (started === undefined) return undefined;
    const ended = this.#ended;
    const endedAt = ended?.at ?? this.#lastAt;
    const outcome: FailureCode = ended?.failure ?? 'switch-restarted';
    const legs = [...this.#legs.values()].map((leg) => closedLeg(leg, endedAt));
    const talks = this.#talks.map(({ to = endedAt, ...talk }): CallTalk => ({ ...talk, to }));
    const answered = this.#answered;
    const direction = this.#said.direction ?? directionOf(started, legs, this.#said.did);
    const elsewhere = ended?.elsewhere === true;
    const served = answered?.byTheSwitch === true || this.#ordered;
    const { did, group, world, seed } = this.#said;
    const out = direction === 'out' ? wayOutOf(legs, talks) : undefined;
    const trunk = started.trunk ?? out?.trunk;
    return {
      id: started.call,
      domain: started.domainId ?? started.domain,
      direction,
      result: resultOf({ direction, outcome, spoke: talks.length > 0, served, elsewhere, rung: legs.length - 1 }),
      startedAt: started.at,
      ...(answered !== undefined && { answeredAt: answered.at, answeredBy: answered.by }),
      endedAt,
      from: started.from,
      dialled: started.dialled,
      ...(did !== undefined && { did }),
      ...(out !== undefined && { called: out.party.number }),
      ...(trunk !== undefined && { trunk }),
      ...(group !== undefined && { group }),
      waitMs: (answered?.at ?? endedAt) - started.at,
      talkMs: answered === undefined ? 0 : endedAt - answered.at,
      outcome,
      status: ended?.status ?? (answered === undefined ? 0 : 200),
      ...(elsewhere && { elsewhere }),
      legs,
      talks,
      forwards: [...this.#forwards],
      ...(this.#message !== undefined && { message: this.#message }),
      ...(this.#limits.length > 0 && { limits: [...this.#limits] }),
      ...(this.#waits.length > 0 && { queues: [...this.#waits] }),
      ...(this.#sound.length > 0 && { sound: [...this.#sound] }),
      explain: this.#explain,
      recordings: [...this.#recordings.values()].map((recording) => ({ ...recording })),
      ...(ended?.media !== undefined && { media: ended.media }),
      ...(started.sipCallId !== '' && { sipCallId: started.sipCallId }),
      ...(world !== undefined && { world }),
      ...(seed !== undefined && { seed }),
      story: [...this.#events],
    };
  }

  #noteSound(trouble: SoundTrouble): void {
    if (this.#sound.length < ENTRIES_KEPT) this.#sound.push(trouble);
  }

  #keep(event: CallEvent): void {
    if (this.#events.length >= EVENTS_KEPT && event.type !== 'call.ended') return;
    if (event.type !== 'call.routed') {
      this.#events.push(event);
      return;
    }
    // Each tells all reasons so far, which the record has once; and the first snapshot of the world stands in the record by itself.
    const explain = event.explain.slice(this.#explain.length);
    const { world: _, ...rest } = event;
    this.#events.push(this.#said.world === undefined ? { ...rest, explain } : { ...event, explain });
  }

  #noteRouted(event: CallEvent & { readonly type: 'call.routed' }): void {
    const { explain, direction, did, group, forward, world, seed } = event;
    this.#explain = explain;
    const said = this.#said;
    if (direction !== undefined) said.direction = direction;
    if (did !== undefined) said.did = did;
    if (group !== undefined) said.group = group;
    if (world !== undefined) said.world ??= world;
    if (seed !== undefined) said.seed ??= seed;
    if (forward !== undefined && this.#forwards.length < ENTRIES_KEPT)
      this.#forwards.push({ at: event.at, ...forward });
  }

  #noteAnswer({ at, leg, party }: CallEvent & { readonly type: 'call.answered' }): void {
    const byTheSwitch = leg === CALLER;
    this.#answered ??= { at, by: party, byTheSwitch };
    this.#answer(CALLER, at);
    if (byTheSwitch || this.#talks.length >= ENTRIES_KEPT) return;
    this.#answer(leg, at);
    // Whoever speaks with the caller now, the one before does so no more.
    this.#endTalk(at);
    this.#talks.push({ leg, party, from: at });
  }

  #beginTalk(name: string, at: number): void {
    const party = this.#legs.get(name)?.party;
    if (party === undefined || this.#talks.length >= ENTRIES_KEPT) return;
    this.#endTalk(at);
    this.#talks.push({ leg: name, party, from: at });
  }

  #answer(name: string, at: number): void {
    const leg = this.#legs.get(name);
    if (leg !== undefined) leg.answeredAt ??= at;
  }

  #resume(name: string, at: number): void {
    const leg = this.#legs.get(name);
    if (leg?.heldSince === undefined) return;
    leg.heldMs = (leg.heldMs ?? 0) + at - leg.heldSince;
    delete leg.heldSince;
  }

  #endLeg(name: string, at: number, how: { failure?: FailureCode; status?: number; elsewhere?: boolean }): void {
    const leg = this.#legs.get(name);
    if (leg === undefined || leg.endedAt !== undefined) return;
    this.#resume(name, at);
    leg.endedAt = at;
    if (how.failure !== undefined) leg.failure = how.failure;
    if (how.status !== undefined) leg.status = how.status;
    if (how.elsewhere === true) leg.elsewhere = true;
    this.#endTalk(at, name);
  }

  /** @param of the leg that is gone: the caller, or who spoke with it; whoever it is, when nothing is said */
  #endTalk(at: number, of: string = this.#caller): void {
    const talk = this.#talks.at(-1);
    if (talk !== undefined && (of === this.#caller || of === talk.leg)) talk.to ??= at;
  }

  #record(path: string, durationMs: number, failed?: string): void {
    if (this.#recordings.size >= ENTRIES_KEPT && !this.#recordings.has(path)) return;
    this.#recordings.set(path, { path, durationMs, ...(failed !== undefined && { failed }) });
  }
}

/** The record that these events of one call tell; undefined where its start is not among them. */
export function recordOf(events: Iterable<CallEvent>): CallRecord | undefined {
  const story = new CallStory();
  for (const event of events) story.note(event);
  return story.record();
}

function closedLeg({ heldSince, endedAt, ...leg }: OpenLeg, callEndedAt: number): CallLeg {
  const end = endedAt ?? callEndedAt;
  if (heldSince === undefined) return { ...leg, endedAt: end };
  return { ...leg, endedAt: end, heldMs: (leg.heldMs ?? 0) + end - heldSince };
}

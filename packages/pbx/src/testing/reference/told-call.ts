import type { Domain, Group, User } from '../../model/model.ts';
import type {
  Caller,
  QueueOutcome,
  RejectReason,
  RingOutcome,
  RouteCall,
  StepOutcome,
  World,
} from '../../routing/plan.ts';
import { isRecorded } from './recording.ts';

/** A phone or number that rings, in the reference's words. */
export interface ReferenceTarget {
  /** A login or a number. */
  readonly rings: string;
  readonly after: number;
  /** Time of its own; undefined where the step's holds. */
  readonly ring: number | undefined;
  readonly did?: string | undefined;
  /** Of a phone of a PBX: the number outside that it stands for. */
  readonly for?: string;
  /** The number that is shown outside. */
  readonly shows?: string | undefined;
  /** By which trunks, in order, each with the digits that it is sent (`trunk-0 +74951112233`); undefined for a phone. */
  readonly ways?: readonly string[];
  /** Shown by none of the ways. */
  readonly anonymous?: boolean;
  readonly orderedBy?: string | undefined;
}

export interface ReferenceRing {
  readonly targets: readonly ReferenceTarget[];
  readonly ring: number;
  readonly ofMany: boolean;
  readonly record: boolean;
  readonly prefix: string | undefined;
}

/** What the switch says to the caller. */
export interface ReferencePlay {
  readonly plays: string;
  readonly answers: boolean;
  readonly record: boolean;
}

/** A service that is asked. */
export interface ReferenceDecision {
  readonly url: string;
  readonly pressed: readonly string[];
}

/** What the caller is asked. */
export interface ReferenceMenu {
  readonly asks: readonly string[];
  readonly keys: readonly string[];
  readonly record: boolean;
}

/** The caller waits for a member of a group. */
export interface ReferenceWait {
  readonly waitsFor: string;
  readonly record: boolean;
}

/** The caller may leave a message. */
export interface ReferenceMessage {
  readonly messageFor: string;
}

export type ReferenceEnd =
  | { readonly do: 'reject'; readonly reason: RejectReason }
  | { readonly do: 'echo' | 'hangup' };

/** How the step ended, and the world after that. */
export interface ReferenceEvent {
  readonly outcome: StepOutcome;
  readonly world: World;
}

/** A part of the story that may wait where somebody rings, or where the caller is told something. */
export type Ringing<T> = Generator<
  ReferenceRing | ReferencePlay | ReferenceMenu | ReferenceMessage | ReferenceWait | ReferenceDecision,
  T,
  ReferenceEvent
>;

/** Ends the call from wherever it is. */
export class Ended extends Error {
  readonly end: ReferenceEnd;
  constructor(end: ReferenceEnd) {
    super('ended');
    this.end = end;
  }
}

export const reject = (reason: RejectReason): never => {
  throw new Ended({ do: 'reject', reason });
};

/** The branch of the call goes where it has been. */
export class Loop extends Error {}

/** Where the call is: what led here, and whether somebody further out has something left to try. */
export interface Place {
  readonly path: readonly string[];
  readonly inner: boolean;
}

export type Orderer = User | Group | undefined;

/** Sends the call to an extension, a number or `voicemail`. @param by whose order it is. @param ring how long it rings there, in ms */
export type SendOn = (call: ToldCall, to: string, at: Place, by: Orderer, ring?: number) => Ringing<RingOutcome>;

/** What is known of a call while it is told: the moment, where it has been, and for how long it is to ring. */
export class ToldCall {
  readonly domain: Domain;
  readonly caller: Caller;
  readonly dialled: string;
  readonly seed: number;
  readonly to: SendOn;
  readonly visited = new Set<string>();
  readonly forwards: { by: string; to: string; when: string }[] = [];
  did: string | undefined;
  group: string | undefined;
  prefix: string | undefined;
  readonly pressed: string[] = [];
  world: World;
  /** Chance put members into another order than the file's. */
  shuffled = false;
  /** Somebody's own time for ringing holds for whom they ring; until something ends without an answer. */
  #ringFor: number | undefined;

  constructor({ domain, caller, dialled, seed = 0 }: RouteCall, world: World, to: SendOn) {
    this.domain = domain;
    this.caller = caller;
    this.dialled = dialled;
    this.seed = seed;
    this.world = world;
    this.to = to;
  }

  /** What comes next rings so long, unless that was said by whoever led to it. */
  rings(ring: number | undefined): void {
    this.#ringFor = ring ?? this.#ringFor;
  }

  /** Nobody took the call here: whoever sent it here decides. */
  back(outcome: RingOutcome): RingOutcome {
    this.#ringFor = undefined;
    return outcome;
  }

  /** @param out a caller of ours rings a number outside, and nothing but their dialling has led there */
  *ring(targets: readonly ReferenceTarget[], time: number, ofMany: boolean, out = false): Ringing<RingOutcome> {
    const event = yield {
      ...{ targets, ring: this.#ringFor ?? time, ofMany, record: isRecorded(this, out) },
      prefix: this.prefix,
    };
    this.world = event.world;
    return this.back(event.outcome as RingOutcome);
  }

  /** @returns what the caller did */
  *ask(asks: readonly string[], keys: readonly string[]): Ringing<StepOutcome> {
    const event = yield { asks, keys, record: isRecorded(this, false) };
    this.world = event.world;
    return event.outcome;
  }

  *play(plays: string, answers: boolean): Ringing<void> {
    const event = yield { plays, answers, record: isRecorded(this, false) };
    this.world = event.world;
    this.#ringFor = undefined;
  }

  *wait(group: Group): Ringing<QueueOutcome> {
    const event = yield { waitsFor: group.extension, record: isRecorded(this, false) };
    this.world = event.world;
    this.#ringFor = undefined;
    return event.outcome as QueueOutcome;
  }

  /** @returns what the service says */
  *decide(url: string): Ringing<StepOutcome> {
    const event = yield { url, pressed: [...this.pressed] };
    this.world = event.world;
    return event.outcome;
  }

  *message(messageFor: string, outcome: RingOutcome): Ringing<RingOutcome> {
    const event = yield { messageFor };
    this.world = event.world;
    if (event.outcome === 'message-left') throw new Ended({ do: 'hangup' });
    return this.back(outcome);
  }

  enter(place: string, { path, inner }: Place): Place {
    if (path.includes(place)) throw new Loop();
    return { path: [...path, place], inner };
  }

  hasCall(extension: string): boolean {
    const { talking, ringing } = this.world.activity(this.domain, extension);
    return talking > 0 || ringing > 0;
  }

  user(text: string): User | undefined {
    const { users } = this.domain;
    return (
      users.find(({ extension }) => extension === text) ??
      users.find(({ devices }) => devices.some(({ login }) => login === text))
    );
  }

  number(text: string) {
    return this.domain.numbers.find(({ number }) => number === text);
  }

  trunk(text: string) {
    return this.domain.trunks.find(({ name }) => name === text);
  }

  groupsOf(extension: string | undefined): Group[] {
    return this.domain.groups.filter(({ members }) => members.some(({ to }) => to === extension));
  }

  zone() {
    const { timezone = 'Europe/Moscow', calendar = {} } = this.domain.settings;
    return { timezone, calendar };
  }
}

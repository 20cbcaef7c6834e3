import type { Used } from './sliding-sum.ts';

/** What one subject used in one minute. A store adds up what it is given for the same subject, kind of call and minute. */
export interface SpentInMinute extends Used {
  /** `keyOfSubject`. */
  readonly subject: string;
  /** Whether it was used by costly calls; those count among all calls too. */
  readonly costly: boolean;
  /** The beginning of the minute, in milliseconds since the epoch. */
  readonly minute: number;
}

/** What a call that is up may yet use up: its portion, which counts as used when the process dies before the call ends. */
export interface HeldByCall {
  readonly call: string;
  /** `keyOfSubject` of each whom it counts against. */
  readonly subjects: readonly string[];
  readonly costly: boolean;
  readonly talkMs: number;
  readonly money: number;
}

/** What changed in one turn; kept as a whole or not at all. */
export interface SpendingChange {
  readonly spent: readonly SpentInMinute[];
  /** Takes the place of what the same call held before. */
  readonly held?: HeldByCall;
  /** A call that holds nothing any more. */
  readonly released?: string;
}

/** Keeps what was used, so that limits hold over a restart. */
export interface SpendingStore {
  /** Keeps the changes in the order given; resolves when they are durable. */
  save(changes: readonly SpendingChange[]): Promise<void>;
  /** What was spent in minutes from `since` on, in any order, and what calls held when the last process ended. */
  load(since: number): Promise<{ readonly spent: readonly SpentInMinute[]; readonly held: readonly HeldByCall[] }>;
  /** Drops what was spent in minutes before that time: it counts no more. */
  forget(before: number): Promise<void>;
}

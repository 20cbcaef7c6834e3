import type { Clock } from '@vats/kernel';
import type { Ban } from './ban.ts';

const SUBJECTS_REMEMBERED = 50_000;
const DAY_MS = 86_400_000;
/** How long after its last ban ended a subject's offences count on. */
const REMEMBERED_MS = 7 * DAY_MS;

interface Entry {
  /** The ban that tells of it. */
  readonly id: string;
  readonly offence: number;
  readonly until: number;
}

/**
 * How many bans each subject has had, counted until 7 days after the last one ended. Each count stands in one ban, by whose id
 * whoever keeps bans on disk knows which of them to keep so long. Times are wall times in ms.
 */
export class Offences {
  readonly #clock: Clock;
  readonly #limit: number;
  /** The subject that was written longest ago is the first. */
  readonly #entries = new Map<string, Entry>();

  /** @param limit subjects remembered at most */
  constructor(clock: Clock, limit = SUBJECTS_REMEMBERED) {
    this.#clock = clock;
    this.#limit = limit;
  }

  /** The offences up to now, 0 for a subject without any. */
  of(subject: string): number {
    return this.#living(subject)?.offence ?? 0;
  }

  /** Whether the subject's count stands in this ban. */
  isIn(subject: string, id: string): boolean {
    return this.#living(subject)?.id === id;
  }

  /** A ban of the subject, which ends or ended at `until`. Answers the ids of bans in which no count stands any more. */
  note(subject: string, { id, offence }: Pick<Ban, 'id' | 'offence'>, until: number): string[] {
    const entry: Entry = { id, offence, until };
    const before = this.#entries.get(subject);
    if (this.#isForgotten(entry) || offence < this.of(subject)) return [id];
    this.#entries.delete(subject);
    this.#entries.set(subject, entry);
    const gone = before === undefined || before.id === id ? [] : [before.id];
    for (const [other, { id: oldest }] of this.#entries) {
      if (this.#entries.size <= this.#limit) break;
      this.#entries.delete(other);
      gone.push(oldest);
    }
    return gone;
  }

  /** The ban was a mistake. Answers the ids of bans in which no count stands any more. */
  forget(subject: string): string[] {
    const before = this.#entries.get(subject);
    this.#entries.delete(subject);
    return before === undefined ? [] : [before.id];
  }

  /** Drops counts whose time is over. Answers the ids of the bans in which they stood. */
  sweep(): string[] {
    const gone: string[] = [];
    for (const [subject, entry] of this.#entries) {
      if (!this.#isForgotten(entry)) continue;
      this.#entries.delete(subject);
      gone.push(entry.id);
    }
    return gone;
  }

  #living(subject: string): Entry | undefined {
    const entry = this.#entries.get(subject);
    return entry === undefined || this.#isForgotten(entry) ? undefined : entry;
  }

  #isForgotten({ until }: Entry): boolean {
    return until + REMEMBERED_MS <= this.#clock.now();
  }
}

/** How long the `offence`th ban is: twice as long as the one before, up to `longest`. All in ms. */
export function banTime(first: number, offence: number, longest: number): number {
  return Math.min(longest, first * 2 ** (offence - 1));
}

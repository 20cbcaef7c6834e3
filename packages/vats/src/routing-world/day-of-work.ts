import type { Conversation } from '../participants/participant.ts';

/** What an employee has done. */
export interface Work {
  /** Wall time at which the last conversation ended; 0 where none is known. */
  readonly lastTalkEnd: number;
  /** Conversations that ended today, and their length in ms. */
  readonly answered: number;
  readonly talkMs: number;
}

const NOTHING: Work = { lastTalkEnd: 0, answered: 0, talkMs: 0 };

interface Kept {
  lastTalkEnd: number;
  day: string;
  answered: number;
  talkMs: number;
}

/** What employees have done today, whoever called whom. Keys are extensions that took part in calls. */
export class DaysOfWork {
  readonly #work = new Map<string, Kept>();
  readonly #dateOf: (domain: string, at: number) => string;

  /** @param dateOf the date of a moment in a domain's zone */
  constructor(dateOf: (domain: string, at: number) => string) {
    this.#dateOf = dateOf;
  }

  note({ domain, from, by, startedAt, endedAt }: Conversation): void {
    const extensions = new Set([from.extension, by.extension]);
    for (const extension of extensions) {
      if (extension === undefined) continue;
      const kept = this.#at(domain, extension, this.#dateOf(domain, endedAt));
      this.lastTalkEnded(domain, extension, endedAt);
      if (kept === undefined) continue;
      kept.answered++;
      kept.talkMs += endedAt - startedAt;
    }
  }

  lastTalkEnded(domain: string, extension: string, at: number): void {
    const kept = this.#of(domain, extension);
    kept.lastTalkEnd = Math.max(kept.lastTalkEnd, at);
  }

  of(domain: string, extension: string, now: number): Work {
    const kept = this.#work.get(keyOf(domain, extension));
    if (kept === undefined) return NOTHING;
    const { lastTalkEnd, day, answered, talkMs } = kept;
    // Asked of every member of a group for every call: the zone is worked out only where something is counted.
    if (answered === 0 || day !== this.#dateOf(domain, now)) return { lastTalkEnd, answered: 0, talkMs: 0 };
    return { lastTalkEnd, answered, talkMs };
  }

  /** The counts of that day; undefined where a later day has begun. */
  #at(domain: string, extension: string, day: string): Kept | undefined {
    const kept = this.#of(domain, extension);
    if (day < kept.day) return undefined;
    if (day > kept.day) Object.assign(kept, { day, answered: 0, talkMs: 0 });
    return kept;
  }

  #of(domain: string, extension: string): Kept {
    const key = keyOf(domain, extension);
    let kept = this.#work.get(key);
    if (kept === undefined) {
      kept = { lastTalkEnd: 0, day: '', answered: 0, talkMs: 0 };
      this.#work.set(key, kept);
    }
    return kept;
  }
}

function keyOf(domain: string, extension: string): string {
  return `${domain}\n${extension}`;
}

import type { QueueEnd } from '@vats/pbx';

/** What came of a queue's callers today. */
export interface QueueToday {
  readonly answered: number;
  /** Hung up while they waited. */
  readonly abandoned: number;
  /** Waited for as long as they may, or until no agent was there. */
  readonly overflowed: number;
  /** How long those waited whom somebody answered, in the mean, ms; 0 where there is none. */
  readonly meanWaitMs: number;
}

/** Conversations of late by which a wait is estimated. */
const TALKS_KEPT = 20;

/** What is counted of one queue. */
export class QueueFigures {
  #date = '';
  #counts = { answered: 0, abandoned: 0, overflowed: 0, waitMs: 0 };
  readonly #talks: number[] = [];

  /** @param date of the domain's zone */
  note(date: string, how: QueueEnd, waitedMs: number): void {
    this.#begin(date);
    if (how === 'answered') {
      this.#counts.answered++;
      this.#counts.waitMs += waitedMs;
    } else if (how === 'abandoned') this.#counts.abandoned++;
    else this.#counts.overflowed++;
  }

  noteTalk(milliseconds: number): void {
    this.#talks.push(milliseconds);
    if (this.#talks.length > TALKS_KEPT) this.#talks.shift();
  }

  /** How long the conversations of late lasted, in the mean, ms; undefined where there was none. */
  get talkMs(): number | undefined {
    if (this.#talks.length === 0) return undefined;
    return this.#talks.reduce((sum, talk) => sum + talk, 0) / this.#talks.length;
  }

  today(date: string): QueueToday {
    this.#begin(date);
    const { waitMs, ...counts } = this.#counts;
    return { ...counts, meanWaitMs: counts.answered === 0 ? 0 : Math.round(waitMs / counts.answered) };
  }

  #begin(date: string): void {
    if (date === this.#date) return;
    this.#date = date;
    this.#counts = { answered: 0, abandoned: 0, overflowed: 0, waitMs: 0 };
  }
}

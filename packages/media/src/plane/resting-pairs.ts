import type { Clock, Random } from '@vats/kernel';
import type { BoundPair } from './bound-pair.ts';

/** The last part of a pair's rest, in which nothing may arrive any more: longer than a phone's RTCP takes to come. */
export const QUIET_MS = 10_000;

interface Resting {
  readonly pair: BoundPair;
  readonly until: number;
  /** What had come when this part of the rest began. */
  readonly strays: number;
}

/**
 * Pairs that stay bound while they rest, because to close two sockets and to make two others costs more than all else
 * that a short call asks of its worker. What arrives on them is read and dropped, and seen: one that is still spoken to
 * when its rest comes to an end is closed and not lent again, so that its peer hears of it by ICMP.
 */
export class RestingPairs {
  readonly #random: Random;
  readonly #clock: Clock;
  readonly #restMs: number;
  readonly #quietMs: number;
  readonly #most: number;
  readonly #closed: (port: number) => void;
  /** In the first part of their rest, and in the last one; each in the order in which it ends. */
  readonly #resting: Resting[] = [];
  readonly #listening: Resting[] = [];
  readonly #rested: BoundPair[] = [];

  constructor(options: {
    random: Random;
    clock: Clock;
    /** How long a pair rests before it is lent again, and the number of a closed one. */
    restMs: number;
    /** How many pairs may rest bound at once. */
    most: number;
    /** A pair was closed: its number is to rest. */
    closed: (port: number) => void;
  }) {
    this.#random = options.random;
    this.#clock = options.clock;
    this.#restMs = options.restMs;
    this.#quietMs = Math.min(QUIET_MS, options.restMs);
    this.#most = options.most;
    this.#closed = options.closed;
  }

  /** Takes a pair from its user; closes it when enough others are kept. */
  keep(pair: BoundPair): void {
    if (this.size >= this.#most) {
      this.#close(pair);
      return;
    }
    pair.user = undefined;
    pair.disconnect();
    const until = this.#clock.monotonic() + this.#restMs - this.#quietMs;
    this.#resting.push({ pair, until, strays: pair.strays });
  }

  /** A pair that has rested, unpredictable to strangers; undefined when there is none. */
  draw(): BoundPair | undefined {
    if (this.rested === 0) return undefined;
    const index = this.#random.below(this.#rested.length);
    const pair = this.#rested[index]!;
    const last = this.#rested.pop()!;
    if (index < this.#rested.length) this.#rested[index] = last;
    return pair;
  }

  get size(): number {
    return this.#resting.length + this.#listening.length + this.#rested.length;
  }

  /** Pairs that `draw` could give now. */
  get rested(): number {
    const now = this.#clock.monotonic();
    for (const { pair } of ended(this.#resting, now)) {
      this.#listening.push({ pair, until: now + this.#quietMs, strays: pair.strays });
    }
    for (const { pair, strays } of ended(this.#listening, now)) {
      if (pair.strays === strays) this.#rested.push(pair);
      else this.#close(pair);
    }
    return this.#rested.length;
  }

  /** Closes at most so many of those that have rested, down to `enough`. */
  closeSome(atMost: number, enough: number): void {
    for (let closed = 0; closed < atMost && this.rested > enough; closed++) this.#close(this.draw()!);
  }

  /** Closes all, rested or not. */
  close(): void {
    for (const { pair } of [...this.#resting.splice(0), ...this.#listening.splice(0)]) this.#close(pair);
    for (const pair of this.#rested.splice(0)) this.#close(pair);
  }

  #close(pair: BoundPair): void {
    pair.close();
    this.#closed(pair.port);
  }
}

/** Takes those out whose time is over. */
function ended(waiting: Resting[], now: number): Resting[] {
  let due = 0;
  while (due < waiting.length && waiting[due]!.until <= now) due++;
  return due === 0 ? [] : waiting.splice(0, due);
}

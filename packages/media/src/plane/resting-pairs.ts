import type { Clock, Random } from '@vats/kernel';
import type { BoundPair } from './bound-pair.ts';

interface Resting {
  readonly pair: BoundPair;
  readonly until: number;
}

/**
 * Pairs that stay bound while they rest, because to close two sockets and to make two others costs more than all else
 * that a short call asks of its worker. What arrives on them is read and dropped.
 */
export class RestingPairs {
  readonly #random: Random;
  readonly #clock: Clock;
  readonly #restMs: number;
  readonly #most: number;
  readonly #closed: (port: number) => void;
  readonly #resting: Resting[] = [];
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
    this.#resting.push({ pair, until: this.#clock.monotonic() + this.#restMs });
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
    return this.#resting.length + this.#rested.length;
  }

  /** Pairs that `draw` could give now. */
  get rested(): number {
    const now = this.#clock.monotonic();
    let due = 0;
    while (due < this.#resting.length && this.#resting[due]!.until <= now) due++;
    if (due > 0) for (const { pair } of this.#resting.splice(0, due)) this.#rested.push(pair);
    return this.#rested.length;
  }

  /** Closes at most so many of those that have rested, down to `enough`. */
  closeSome(atMost: number, enough: number): void {
    for (let closed = 0; closed < atMost && this.rested > enough; closed++) this.#close(this.draw()!);
  }

  /** Closes all, rested or not. */
  close(): void {
    for (const { pair } of this.#resting.splice(0)) this.#close(pair);
    for (const pair of this.#rested.splice(0)) this.#close(pair);
  }

  #close(pair: BoundPair): void {
    pair.close();
    this.#closed(pair.port);
  }
}

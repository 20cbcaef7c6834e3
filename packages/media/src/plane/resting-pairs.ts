import type { Clock, Random } from '@vats/kernel';
import type { BoundPair } from './bound-pair.ts';

interface Resting {
  readonly pair: BoundPair;
  readonly until: number;
}

/**
 * Pairs that stay bound while they rest, because to close two sockets and to make two others costs more than all else
 * that a short call asks of its worker. What arrives on them meanwhile is read and dropped, so that a pair that has
 * rested is as silent as a new one.
 */
export class RestingPairs {
  readonly #random: Random;
  readonly #clock: Clock;
  readonly #restMs: number;
  readonly #most: number;
  #resting: Resting[] = [];
  #rested: BoundPair[] = [];

  /** `most`: how many may rest at once. */
  constructor(options: { random: Random; clock: Clock; restMs: number; most: number }) {
    this.#random = options.random;
    this.#clock = options.clock;
    this.#restMs = options.restMs;
    this.#most = options.most;
  }

  /** Takes a pair from its user and keeps it; false, with nothing done, when enough are kept. */
  keep(pair: BoundPair): boolean {
    if (this.size >= this.#most) return false;
    pair.user = undefined;
    pair.disconnect();
    this.#resting.push({ pair, until: this.#clock.monotonic() + this.#restMs });
    return true;
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
    let rested = 0;
    while (rested < this.#resting.length && this.#resting[rested]!.until <= now) {
      this.#rested.push(this.#resting[rested++]!.pair);
    }
    if (rested > 0) this.#resting.splice(0, rested);
    return this.#rested.length;
  }

  /** Hands out all, rested or not, to be closed. */
  empty(): BoundPair[] {
    const all = [...this.#resting.map(({ pair }) => pair), ...this.#rested];
    this.#resting = [];
    this.#rested = [];
    return all;
  }
}

import type { Clock, Random } from '@vats/kernel';
import type { BoundPair } from './bound-pair.ts';

/** How long nothing may have arrived on a pair before another call gets it: longer than a phone's RTCP takes to come. */
export const QUIET_MS = 10_000;

interface Resting {
  readonly pair: BoundPair;
  readonly since: number;
  readonly until: number;
  /** What had come when the pair was looked at last. */
  readonly strays: number;
}

/**
 * Pairs that stay bound while they rest, because to close two sockets and to make two others costs more than all else
 * that a short call asks of its worker. What arrives on them is read and dropped, and seen: a pair on which nothing came
 * for a while has heard its former call's last packets, which a pair that was closed can only be hoped to have missed by
 * resting longer. One that does not fall silent in that longer time is closed, so that its peer hears of it by ICMP.
 */
export class RestingPairs {
  readonly #random: Random;
  readonly #clock: Clock;
  readonly #restMs: number;
  readonly #quietMs: number;
  readonly #most: number;
  readonly #closed: (port: number) => void;
  readonly #resting: Resting[] = [];
  readonly #rested: BoundPair[] = [];

  constructor(options: {
    random: Random;
    clock: Clock;
    /** How long the number of a closed pair rests. */
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
    this.#rest(pair, this.#clock.monotonic());
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
    if (due > 0) {
      for (const { pair, since, strays } of this.#resting.splice(0, due)) {
        if (pair.strays === strays) this.#rested.push(pair);
        else if (now - since < this.#restMs) this.#rest(pair, since);
        else this.#close(pair);
      }
    }
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

  #rest(pair: BoundPair, since: number): void {
    const until = this.#clock.monotonic() + this.#quietMs;
    this.#resting.push({ pair, since, until, strays: pair.strays });
  }

  #close(pair: BoundPair): void {
    pair.close();
    this.#closed(pair.port);
  }
}

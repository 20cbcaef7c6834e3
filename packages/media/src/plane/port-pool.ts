import type { Clock, Random } from '@vats/kernel';

/** How long a pair rests before another call gets it, so that nobody hears the former call's last packets. */
export const REST_MS = 30_000;

/** The even ports of all RTP/RTCP pairs that lie wholly within a range. @example pairsWithin(20001, 20005) → [20002, 20004] */
export function pairsWithin(first: number, last: number): number[] {
  const pairs: number[] = [];
  for (let port = first + (first % 2); port + 1 <= last; port += 2) pairs.push(port);
  return pairs;
}

/** The numbers of one worker's port pairs on one address: drawn at random, rested before they are drawn again. */
export class PortPool {
  readonly #free: number[];
  readonly #random: Random;
  readonly #clock: Clock;
  readonly #restMs: number;
  readonly #resting: { readonly port: number; readonly until: number }[] = [];

  constructor(options: { pairs: readonly number[]; random: Random; clock: Clock; restMs?: number }) {
    this.#free = [...options.pairs];
    this.#random = options.random;
    this.#clock = options.clock;
    this.#restMs = options.restMs ?? REST_MS;
  }

  /** A pair's even port, unpredictable to strangers; undefined when none is left or has rested. */
  draw(): number | undefined {
    this.#wake();
    if (this.#free.length === 0) return undefined;
    const index = this.#random.below(this.#free.length);
    const port = this.#free[index]!;
    const last = this.#free.pop()!;
    if (index < this.#free.length) this.#free[index] = last;
    return port;
  }

  /** Takes a pair back: after use, or when another process was found to have it. */
  rest(port: number): void {
    this.#resting.push({ port, until: this.#clock.monotonic() + this.#restMs });
  }

  /** Pairs that `draw` could give now. */
  get free(): number {
    this.#wake();
    return this.#free.length;
  }

  #wake(): void {
    const now = this.#clock.monotonic();
    let rested = 0;
    while (rested < this.#resting.length && this.#resting[rested]!.until <= now) {
      this.#free.push(this.#resting[rested++]!.port);
    }
    if (rested > 0) this.#resting.splice(0, rested);
  }
}

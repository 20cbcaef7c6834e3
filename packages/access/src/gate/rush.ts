import type { Clock } from '@vats/kernel';
import { StrangerRates } from '../rates/stranger-rates.ts';

/** How long it lasts after strangers were too many for the last time. */
const RUSH_MS = 60_000;
/** A challenge, and one more where the network lost it; later on one now and then. */
const [AT_ONCE, A_SECOND] = [2, 1 / 20];
/** All together have a limit of their own elsewhere. */
const NO_TOTAL = 1e9;

/**
 * The time in which strangers ask for more than all of them together may, as when ten thousand addresses are flooding. Each
 * source then has a few requests of its own, which is what a new phone needs to get its challenge; if those who flood could use
 * up all that is left, a phone would get in by luck.
 */
export class Rush {
  readonly #clock: Clock;
  #until = Number.NEGATIVE_INFINITY;
  /** What each source has left; kept for a while after, because a flood often goes on. */
  #shares: StrangerRates | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Sources remembered. */
  get size(): number {
    return this.#shares?.size ?? 0;
  }

  /** Strangers are too many, from now on or still. */
  note(): void {
    const now = this.#clock.monotonic();
    if (this.#shares === undefined || now >= this.#until + RUSH_MS) {
      this.#shares = new StrangerRates({ clock: this.#clock, perSource: A_SECOND, burst: AT_ONCE, total: NO_TOTAL });
    }
    this.#until = now + RUSH_MS;
  }

  /** Whether a source has something left; outside a rush all have. */
  allows(address: string): boolean {
    if (this.#shares === undefined) return true;
    const now = this.#clock.monotonic();
    if (now < this.#until) return this.#shares.take(address) === 'ok';
    if (now >= this.#until + RUSH_MS) this.#shares = undefined;
    return true;
  }
}

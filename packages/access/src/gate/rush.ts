import type { Clock } from '@vats/kernel';
import { BucketMap } from '../rates/bucket-map.ts';
import { SHARES, sourceKeys } from '../rates/source-key.ts';
import { BucketSize } from '../rates/token-bucket.ts';

/** How long it lasts after strangers were too many for the last time. */
const RUSH_MS = 60_000;
/** A challenge, and one more where the network lost it; later on one now and then. */
const [AT_ONCE, A_SECOND] = [2, 1 / 20];
const SIZES = SHARES.map((share) => new BucketSize(A_SECOND * share, AT_ONCE * share));
const SOURCES_REMEMBERED = 65_536;

/**
 * The time in which strangers ask for more than all of them together may, as when ten thousand addresses are flooding. Each
 * source then has a few requests of its own, which is what a new phone needs to get its challenge; if those who flood could use
 * up all that is left, a phone would get in by luck.
 */
export class Rush {
  readonly #clock: Clock;
  #until = Number.NEGATIVE_INFINITY;
  /** What each source has left; kept for a while after, because a flood often goes on. */
  #shares: BucketMap | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Sources remembered. */
  get size(): number {
    return this.#shares?.size ?? 0;
  }

  /** Strangers are too many, from now on (then true comes back) or still. */
  note(): boolean {
    const now = this.#clock.monotonic();
    const begins = now >= this.#until;
    if (now >= this.#until + RUSH_MS) this.#shares = undefined;
    this.#shares ??= new BucketMap(SOURCES_REMEMBERED);
    this.#until = now + RUSH_MS;
    return begins;
  }

  /** Whether a source has used up what it has; outside a rush nobody has. */
  refuses(address: string): boolean {
    if (this.#shares === undefined) return false;
    const now = this.#clock.monotonic();
    if (now >= this.#until) {
      if (now >= this.#until + RUSH_MS) this.#shares = undefined;
      return false;
    }
    // Whoever floods is asked about most: without a list of keys there is nothing to throw away afterwards.
    if (!address.includes(':')) return this.#shares.get(address)?.has(now) === false;
    for (const key of sourceKeys(address)) if (this.#shares.get(key)?.has(now) === false) return true;
    return false;
  }

  /** Takes a request that was not refused, at the same moment. */
  take(address: string): void {
    const now = this.#clock.monotonic();
    if (this.#shares === undefined || now >= this.#until) return;
    for (const [i, key] of sourceKeys(address).entries()) this.#shares.take(key, SIZES[i]!, now);
  }
}

import type { Clock } from '@vats/kernel';
import { BucketMap } from './bucket-map.ts';
import { BucketSize } from './token-bucket.ts';

export interface KeyRatesOptions {
  readonly clock: Clock;
  /** Uses a second of one key. */
  readonly perKey: number;
  /** Uses of one key at once after a rest. */
  readonly burst: number;
  /** Keys remembered at most, 65,536 unless given. */
  readonly limit?: number;
}

const KEYS_REMEMBERED = 65_536;

/** How often something may be done with each key, such as an account that is tried, wherever the tries come from, or an address that asks. */
export class KeyRates {
  readonly #clock: Clock;
  readonly #keys: BucketMap;
  #size: BucketSize;

  /** @throws {RangeError} when the rate is not above 0, the burst or the limit not at least 1 */
  constructor({ clock, perKey, burst, limit = KEYS_REMEMBERED }: KeyRatesOptions) {
    this.#clock = clock;
    this.#size = new BucketSize(perKey, burst);
    this.#keys = new BucketMap(limit);
  }

  /** Keys remembered. */
  get size(): number {
    return this.#keys.size;
  }

  /** From now on keys have this rate; those that are in use have it when their buckets are full again. @throws {RangeError} as the constructor does */
  use({ perKey, burst }: Pick<KeyRatesOptions, 'perKey' | 'burst'>): void {
    this.#size = new BucketSize(perKey, burst);
  }

  /** Whether a use is left; takes none. */
  has(key: string): boolean {
    return this.#keys.get(key)?.has(this.#clock.monotonic()) !== false;
  }

  /** Asks for one use. False when the key has none left for now; nothing is used up then. */
  take(key: string): boolean {
    const now = this.#clock.monotonic();
    if (this.#keys.get(key)?.has(now) === false) return false;
    this.#keys.take(key, this.#size, now);
    return true;
  }

  /** Forgets keys that have their whole rate again. */
  sweep(): void {
    this.#keys.sweep(this.#clock.monotonic());
  }
}

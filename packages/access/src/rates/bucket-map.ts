import { detached } from './detached.ts';
import { type BucketSize, TokenBucket } from './token-bucket.ts';

/** Looked at for each new bucket: two, so that full ones go faster than new ones come. */
const LOOKED_AT = 2;

/**
 * A bucket for each key, where strangers choose the keys: at most `limit` of them. Full buckets are dropped as new ones
 * come; when all are in use, the oldest makes room and its source starts anew. All times are monotonic milliseconds.
 */
export class BucketMap {
  readonly #buckets = new Map<string, TokenBucket>();
  readonly #limit: number;
  #pushedOut = 0;

  constructor(limit: number) {
    if (!(limit >= 1)) throw new RangeError(`BucketMap: limit ${limit} must be at least 1`);
    this.#limit = limit;
  }

  /** Buckets held, full ones that nobody has looked at yet included. */
  get size(): number {
    return this.#buckets.size;
  }

  /** How many buckets made room before they were full again. */
  get pushedOut(): number {
    return this.#pushedOut;
  }

  /** The bucket of a key that took a token lately; absent means full. */
  get(key: string): TokenBucket | undefined {
    return this.#buckets.get(key);
  }

  /** Takes from the key's bucket, which must have a token, or makes it. */
  take(key: string, size: BucketSize, now: number): void {
    const known = this.#buckets.get(key);
    if (known !== undefined) {
      known.take();
      return;
    }
    this.#makeRoom(now);
    const made = new TokenBucket(size, now);
    made.take();
    this.#buckets.set(detached(key), made);
  }

  /** Drops every bucket that is full again; worth calling now and then where takers are rare. */
  sweep(now: number): void {
    for (const [key, bucket] of this.#buckets) if (bucket.isFull(now)) this.#buckets.delete(key);
  }

  #makeRoom(now: number): void {
    let left = LOOKED_AT;
    for (const [key, bucket] of this.#buckets) {
      if (left-- === 0) break;
      this.#buckets.delete(key);
      if (bucket.isFull(now)) continue;
      if (this.#buckets.size + 1 >= this.#limit) {
        this.#pushedOut++;
        break;
      }
      // Still in use: to the back, so that the next look meets others.
      this.#buckets.set(key, bucket);
    }
  }
}

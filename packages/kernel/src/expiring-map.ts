import type { Clock } from './clock.ts';

interface Entry<V> {
  value: V;
  expiresAt: number;
}

export interface ExpiringMapOptions {
  readonly clock: Clock;
  /** Entries held at most; a further one pushes out the entry that was written longest ago. */
  readonly limit: number;
  /** Life of an entry from its last `set`, in milliseconds. */
  readonly lifetime: number;
}

/**
 * A map whose keys a stranger may choose: it never holds more than `limit` entries nor any of them longer than its
 * lifetime. It runs no timer of its own: expired entries are unseen at once and dropped as writes go by.
 */
export class ExpiringMap<K, V> {
  readonly #entries = new Map<K, Entry<V>>();
  readonly #clock: Clock;
  readonly #limit: number;
  readonly #lifetime: number;
  #pushedOut = 0;

  constructor(options: ExpiringMapOptions) {
    if (!(options.limit >= 1)) throw new RangeError(`ExpiringMap: limit ${options.limit} must be at least 1`);
    this.#clock = options.clock;
    this.#limit = options.limit;
    this.#lifetime = options.lifetime;
  }

  /** Entries held, expired ones that no write has met yet included. */
  get size(): number {
    return this.#entries.size;
  }

  /** How many living entries had to make room since the start: a sign that the limit is too low, or of an attack. */
  get pushedOut(): number {
    return this.#pushedOut;
  }

  get(key: K): V | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    if (entry.expiresAt > this.#clock.monotonic()) return entry.value;
    this.#entries.delete(key);
    return undefined;
  }

  has(key: K): boolean {
    return this.get(key) !== undefined;
  }

  /** Writes the entry and gives it a new life, of `lifetime` milliseconds if given. */
  set(key: K, value: V, lifetime = this.#lifetime): void {
    const now = this.#clock.monotonic();
    this.#entries.delete(key);
    this.#dropExpiredAtFront(now);
    if (this.#entries.size >= this.#limit) {
      const oldest = this.#entries.entries().next().value;
      if (oldest !== undefined) {
        this.#entries.delete(oldest[0]);
        if (oldest[1].expiresAt > now) this.#pushedOut++;
      }
    }
    this.#entries.set(key, { value, expiresAt: now + lifetime });
  }

  delete(key: K): boolean {
    return this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
  }

  /** Drops every expired entry; worth calling now and then where writes are rare. */
  sweep(): void {
    const now = this.#clock.monotonic();
    for (const [key, entry] of this.#entries) if (entry.expiresAt <= now) this.#entries.delete(key);
  }

  *entries(): IterableIterator<[K, V]> {
    const now = this.#clock.monotonic();
    for (const [key, entry] of this.#entries) if (entry.expiresAt > now) yield [key, entry.value];
  }

  // Map keeps insertion order and a rewrite moves to the back, so the front is the oldest write.
  #dropExpiredAtFront(now: number): void {
    for (const [key, entry] of this.#entries) {
      if (entry.expiresAt > now) return;
      this.#entries.delete(key);
    }
  }
}

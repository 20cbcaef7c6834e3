import type { Clock } from '@vats/kernel';
import { BucketMap } from './bucket-map.ts';
import { SHARES, sourceKeys } from './source-key.ts';
import { BucketSize, TokenBucket } from './token-bucket.ts';

export interface StrangerRatesOptions {
  readonly clock: Clock;
  /**
   * Requests a second of one source: an IPv4 address or an IPv6 /64. Its /56 has four times, its /48 sixteen times as many, up to a
   * quarter of `total`.
   */
  readonly perSource: number;
  /** Requests of one source at once after a rest. */
  readonly burst: number;
  /** Requests a second of all strangers together, and as many at once after a rest. */
  readonly total: number;
  /** Sources remembered at most, 65,536 unless given. One address of IPv6 is up to three of them. */
  readonly limit?: number;
}

/** `source`: this source has used up its own; `total`: all strangers together have. */
export type Taken = 'ok' | 'source' | 'total';

/** What happened since the start; each number only rises. */
export interface StrangerCounters {
  ok: number;
  source: number;
  total: number;
  /** By `takeOwn`. */
  own: number;
  givenBack: number;
}

const SOURCES_REMEMBERED = 65_536;
/** What the networks around one source of IPv6 may have of the total at most, unless one source alone may have more. */
const MOST_OF_TOTAL = 1 / 4;

/**
 * How many requests without good credentials are listened to: so many from each source, so many from all together, so
 * that ten thousand forged sources cannot eat the processor. It runs no timer; buckets fill when they are looked at.
 */
export class StrangerRates {
  readonly counters: StrangerCounters = { ok: 0, source: 0, total: 0, own: 0, givenBack: 0 };
  readonly #clock: Clock;
  readonly #limit: number;
  #sizes!: readonly BucketSize[];
  #sources!: BucketMap;
  #total!: TokenBucket;
  /** What all together may send by `takeOwn`. */
  #apart!: TokenBucket;
  #pushedOutBefore = 0;

  /** @throws {RangeError} when the rate is not above 0; the burst, the total or the limit not at least 1 */
  constructor({ clock, limit = SOURCES_REMEMBERED, ...rates }: StrangerRatesOptions) {
    this.#clock = clock;
    this.#limit = limit;
    this.use(rates);
  }

  /** From now on these rates hold, and every source has its whole share. @throws {RangeError} as the constructor does */
  use({ perSource, burst, total }: Pick<StrangerRatesOptions, 'perSource' | 'burst' | 'total'>): void {
    // One site alone must not use up what all have: not even one that owns a /48.
    const [most, mostAtOnce] = [Math.max(perSource, total * MOST_OF_TOTAL), Math.max(burst, total * MOST_OF_TOTAL)];
    this.#sizes = SHARES.map(
      (share) => new BucketSize(Math.min(perSource * share, most), Math.min(burst * share, mostAtOnce)),
    );
    this.#pushedOutBefore += this.#sources?.pushedOut ?? 0;
    this.#sources = new BucketMap(this.#limit);
    this.#total = new TokenBucket(new BucketSize(total, total), this.#clock.monotonic());
    this.#apart = new TokenBucket(new BucketSize(total, total), this.#clock.monotonic());
  }

  /** Sources remembered. */
  get size(): number {
    return this.#sources.size;
  }

  /** Sources that made room while they were still held to their rate: more came at once than are remembered. */
  get pushedOut(): number {
    return this.#pushedOutBefore + this.#sources.pushedOut;
  }

  /**
   * Asks for one request to be listened to. It is counted everywhere or, when it is refused, nowhere: a source that
   * floods uses up nobody else's share, and a source is remembered only when it was listened to.
   */
  take(address: string): Taken {
    const taken = this.#charge(address);
    this.counters[taken]++;
    return taken;
  }

  /** A request was left unread for reasons of ours. It is counted as if it had been listened to, or a flood would not be known for one. */
  missed(address: string): Taken {
    return this.#charge(address);
  }

  /** Whether a source has used up its own for now. */
  isSpent(address: string): boolean {
    const now = this.#clock.monotonic();
    if (!address.includes(':')) return this.#sources.get(address)?.has(now) === false;
    return sourceKeys(address).some((key) => this.#sources.get(key)?.has(now) === false);
  }

  /**
   * Asks for one request of a source that need not wait for its turn among all strangers: it counts for the source, and among
   * those alike, who together may send as much again as strangers may. A nonce costs its bearer one question, so without that
   * some sixty bearers could send whatever they like. False when either is used up.
   */
  takeOwn(address: string): boolean {
    const now = this.#clock.monotonic();
    const keys = sourceKeys(address);
    if (this.isSpent(address) || !this.#apart.has(now)) return false;
    for (let i = 0; i < keys.length; i++) this.#sources.take(keys[i]!, this.#sizes[i]!, now);
    this.#apart.take();
    this.counters.own++;
    return true;
  }

  /** The request that was taken for turned out to carry good credentials: it is not counted after all. */
  giveBack(address: string): void {
    this.counters.givenBack++;
    for (const key of sourceKeys(address)) this.#sources.get(key)?.giveBack();
    this.#total.giveBack();
  }

  /** Forgets sources that have their whole share again; to be called now and then, so that memory returns after a flood. */
  sweep(): void {
    this.#sources.sweep(this.#clock.monotonic());
  }

  #charge(address: string): Taken {
    const now = this.#clock.monotonic();
    return address.includes(':') ? this.#takeAll(sourceKeys(address), now) : this.#takeOne(address, now);
  }

  #takeOne(key: string, now: number): Taken {
    if (this.#sources.get(key)?.has(now) === false) return 'source';
    if (!this.#total.has(now)) return 'total';
    this.#sources.take(key, this.#sizes[0]!, now);
    this.#total.take();
    return 'ok';
  }

  #takeAll(keys: readonly string[], now: number): Taken {
    for (const key of keys) if (this.#sources.get(key)?.has(now) === false) return 'source';
    if (!this.#total.has(now)) return 'total';
    for (let i = 0; i < keys.length; i++) this.#sources.take(keys[i]!, this.#sizes[i]!, now);
    this.#total.take();
    return 'ok';
  }
}

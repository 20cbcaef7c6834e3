import { BoundPair } from './bound-pair.ts';
import type { PortPool } from './port-pool.ts';

/** Share of the target down to which leases go on without binding new pairs. */
const LOW_SHARE = 0.75;

/** What a refill came to. */
export interface Refill {
  /** Even ports of the pairs that are warm now and were not before. */
  readonly ports: readonly number[];
  /** Pairs that another process has; they are tried again after a rest. */
  readonly inUse: number;
  /** Code of an error that trying other ports would not cure: address not ours, no descriptors left. */
  readonly failed: string | undefined;
}

/**
 * Bound pairs in waiting, so that leasing one is only taking it: who leases is another thread, which knows their numbers
 * from `refill`.
 */
export class WarmPairs {
  readonly #address: string;
  readonly #pool: PortPool;
  readonly #target: number;
  readonly #warm = new Map<number, BoundPair>();

  /** `target`: how many pairs to keep warm. */
  constructor(options: { address: string; pool: PortPool; target: number }) {
    this.#address = options.address;
    this.#pool = options.pool;
    this.#target = options.target;
  }

  /** Few enough are left that binding more is due; not after each lease, since telling of them wakes the other thread. */
  get isLow(): boolean {
    return this.#warm.size <= LOW_SHARE * this.#target;
  }

  /** Whether `refill` could do something. */
  get wantsRefill(): boolean {
    return this.#warm.size < this.#target && this.#pool.free > 0;
  }

  get isFull(): boolean {
    return this.#warm.size >= this.#target;
  }

  /** Binds at most `most` more pairs. */
  refill(most: number): Refill {
    const ports: number[] = [];
    let inUse = 0;
    while (ports.length + inUse < most && this.#warm.size < this.#target) {
      const port = this.#pool.draw();
      if (port === undefined) break;
      const pair = BoundPair.bind(this.#address, port);
      if (pair instanceof BoundPair) {
        this.#warm.set(port, pair);
        ports.push(port);
      } else {
        this.#pool.rest(port);
        if (pair.failed !== 'EADDRINUSE' && pair.failed !== 'EACCES') return { ports, inUse, failed: pair.failed };
        inUse++;
      }
    }
    return { ports, inUse, failed: undefined };
  }

  /** The pair that the lessee named. Undefined is a bug of ours: it was never warm, or is leased already. */
  take(port: number): BoundPair | undefined {
    const pair = this.#warm.get(port);
    this.#warm.delete(port);
    return pair;
  }

  /** Closes a leased pair and lets its number rest. */
  giveBack(pair: BoundPair): void {
    pair.close();
    this.#pool.rest(pair.port);
  }

  close(): void {
    for (const pair of this.#warm.values()) pair.close();
    this.#warm.clear();
  }
}

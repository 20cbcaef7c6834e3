import type { Clock, Random } from '@vats/kernel';
import { BoundPair } from './bound-pair.ts';
import { PortPool } from './port-pool.ts';
import { RestingPairs } from './resting-pairs.ts';

/** Share of the target down to which leases go on without binding new pairs. */
const LOW_SHARE = 0.75;
/** Numbers that the lessee has beyond the warm pairs, so that a burst does not find the shelf empty. They cost nothing. */
const RESERVE = 512;
/** Rested pairs that are closed in one go. Few, for after a lull they would be missed. */
const CLOSE_PORTION = 16;

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
 * One address's pairs. Bound pairs wait, so that leasing one is only taking it: who leases is another thread, which knows
 * their numbers from `refill`. When it needs more in one turn than are warm, it takes numbers of the reserve, whose pairs
 * are bound when they are taken.
 */
export class WarmPairs {
  readonly #address: string;
  readonly #pool: PortPool;
  readonly #resting: RestingPairs;
  readonly #target: number;
  readonly #warm = new Map<number, BoundPair>();
  readonly #reserve = new Set<number>();
  #bound = 0;

  /** `target`: how many pairs to keep warm; `resting`: how many may stay bound while they rest. */
  constructor(options: {
    address: string;
    pairs: readonly number[];
    target: number;
    resting: number;
    random: Random;
    clock: Clock;
    restMs: number;
  }) {
    const { address, pairs, target, resting, random, clock, restMs } = options;
    this.#address = address;
    this.#pool = new PortPool({ pairs, random, clock, restMs });
    this.#resting = new RestingPairs({
      random,
      clock,
      restMs,
      most: resting,
      closed: (port) => this.#pool.rest(port),
    });
    this.#target = target;
  }

  /** Few enough are left that binding more is due; not after each lease, since telling of them wakes the other thread. */
  get isLow(): boolean {
    return this.#warm.size <= LOW_SHARE * this.#target;
  }

  /** Whether `refill` could do something. */
  get wantsRefill(): boolean {
    return this.#warm.size < this.#target && (this.#resting.rested > 0 || this.#pool.free > 0);
  }

  get isFull(): boolean {
    return this.#warm.size >= this.#target;
  }

  /** How many pairs were bound since the start. */
  get bound(): number {
    return this.#bound;
  }

  /** Warms pairs that have rested, and binds at most `most` more. */
  refill(most: number): Refill {
    const ports: number[] = [];
    let tried = 0;
    let inUse = 0;
    while (this.#warm.size < this.#target) {
      const rested = this.#resting.draw();
      if (rested !== undefined) {
        this.#warm.set(rested.port, rested);
        ports.push(rested.port);
        continue;
      }
      if (tried === most) break;
      tried++;
      const port = this.#pool.draw();
      if (port === undefined) break;
      const pair = this.#bind(port);
      if (pair instanceof BoundPair) {
        this.#warm.set(port, pair);
        ports.push(port);
      } else {
        if (pair.failed !== 'EADDRINUSE' && pair.failed !== 'EACCES') {
          // No descriptors, perhaps: others need them more than those that rest.
          this.#resting.close();
          return { ports, inUse, failed: pair.failed };
        }
        inUse++;
      }
    }
    return { ports, inUse, failed: undefined };
  }

  /** Numbers that go to the reserve now; as many as a refill needs are left. */
  restock(): number[] {
    const ports: number[] = [];
    if (this.#reserve.size > RESERVE / 2) return ports;
    while (this.#reserve.size < RESERVE && this.#pool.free > (1 - LOW_SHARE) * this.#target) {
      const port = this.#pool.draw()!;
      this.#reserve.add(port);
      ports.push(port);
    }
    return ports;
  }

  /**
   * The pair that the lessee named. Throws for one that was never warm, which is a bug of ours, and for one of the reserve
   * that another process has meanwhile.
   */
  take(port: number): BoundPair {
    const warm = this.#warm.get(port);
    if (warm !== undefined) {
      this.#warm.delete(port);
      return warm;
    }
    if (!this.#reserve.delete(port)) throw new Error(`pair ${port} was leased but is not warm`);
    const pair = this.#bind(port);
    if (pair instanceof BoundPair) return pair;
    throw new Error(`pair ${port} of the reserve cannot be bound: ${pair.failed}`);
  }

  /** Lets a pair rest that was leased and is not taken. */
  forgo(port: number): void {
    const warm = this.#warm.get(port);
    if (warm !== undefined) {
      this.#warm.delete(port);
      this.giveBack(warm);
    } else if (this.#reserve.delete(port)) {
      this.#pool.rest(port);
    }
  }

  /** Lets a pair rest after use: bound if there is room for it, else its number only. */
  giveBack(pair: BoundPair): void {
    this.#resting.keep(pair);
  }

  /**
   * Closes some of those that have rested and are more than the next refill may need; false when there is nothing to tidy
   * until another pair is given back. To be called every now and then.
   */
  tidy(): boolean {
    this.#resting.closeSome(CLOSE_PORTION, this.#target);
    const { rested, size } = this.#resting;
    return rested > this.#target || rested < size;
  }

  close(): void {
    for (const pair of this.#warm.values()) pair.close();
    this.#warm.clear();
    this.#resting.close();
  }

  #bind(port: number): ReturnType<typeof BoundPair.bind> {
    this.#bound++;
    const pair = BoundPair.bind(this.#address, port);
    if (!(pair instanceof BoundPair)) this.#pool.rest(port);
    return pair;
  }
}

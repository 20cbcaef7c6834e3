import type { Cancel, Clock, Random } from '@vats/kernel';
import type { BoundPair } from './bound-pair.ts';
import type { AddressFamily } from './media-plane.ts';
import type { Report, WorkerSettings } from './messages.ts';
import type { Outbox } from './outbox.ts';
import { WarmPairs } from './warm-pairs.ts';

/** Pairs bound in one go while calls are up: about a millisecond in which nothing is relayed. */
export const BIND_PORTION = 8;
const REFILL_RETRY_MS = 1_000;
const TIDY_MS = 1_000;

/** The pairs of all addresses of a worker: keeps them warm, and tells the plane which it may lease. */
export class WorkerPairs {
  readonly #clock: Clock;
  readonly #reports: Outbox<Report>;
  readonly #warm = new Map<AddressFamily, { readonly address: string; readonly pairs: WarmPairs }>();
  #cancelRefill: Cancel | undefined;
  #cancelTidy: Cancel | undefined;
  #closed = false;

  constructor(options: { settings: WorkerSettings; clock: Clock; random: Random; reports: Outbox<Report> }) {
    const { settings, clock, random, reports } = options;
    this.#clock = clock;
    this.#reports = reports;
    const { addresses, pairs, restMs, warm, resting } = settings;
    for (const { family, address } of addresses) {
      this.#warm.set(family, {
        address,
        pairs: new WarmPairs({ address, pairs, target: warm, resting, random, clock, restMs }),
      });
    }
  }

  /** Binds the first pairs; false, and reported as `failed`, when an address yields none. */
  start(): boolean {
    for (const [family, { address, pairs }] of this.#warm) {
      const { ports, inUse, failed } = pairs.refill(Number.POSITIVE_INFINITY);
      if (ports.length === 0) {
        this.#reports.send({ say: 'failed', code: failed ?? 'EADDRINUSE', address });
        return false;
      }
      this.#reports.send({ say: 'warm', family, ports });
      if (inUse > 0 || failed !== undefined) this.#reports.send({ say: 'unbound', address, inUse, failed });
      this.#restock(family, pairs);
    }
    this.#refillSoon(0);
    return true;
  }

  /** How many pairs were bound since the start. */
  get bound(): number {
    let bound = 0;
    for (const { pairs } of this.#warm.values()) bound += pairs.bound;
    return bound;
  }

  /** Undefined for a family that has none. */
  addressOf(family: AddressFamily): string | undefined {
    return this.#warm.get(family)?.address;
  }

  /** The pair that the plane leased. Throws as `WarmPairs.take`. */
  take(family: AddressFamily, port: number): BoundPair {
    const pairs = this.#warm.get(family)?.pairs;
    if (pairs === undefined) throw new Error(`a pair of family ${family} was leased, which has no address`);
    const pair = pairs.take(port);
    if (pairs.isLow) this.#refillSoon(0);
    return pair;
  }

  /** As `WarmPairs.forgo`. */
  forgo(family: AddressFamily, port: number): void {
    this.#warm.get(family)?.pairs.forgo(port);
    this.#tidySoon();
  }

  giveBack(pair: BoundPair): void {
    this.#warm.get(pair.family)?.pairs.giveBack(pair);
    this.#tidySoon();
  }

  close(): void {
    this.#closed = true;
    this.#cancelRefill?.();
    this.#cancelRefill = undefined;
    this.#cancelTidy?.();
    this.#cancelTidy = undefined;
    for (const { pairs } of this.#warm.values()) pairs.close();
  }

  #tidySoon(): void {
    if (this.#closed) return;
    this.#cancelTidy ??= this.#clock.after(TIDY_MS, () => {
      this.#cancelTidy = undefined;
      let again = false;
      for (const { pairs } of this.#warm.values()) if (pairs.tidy()) again = true;
      if (again) this.#tidySoon();
    });
  }

  #refillSoon(milliseconds: number): void {
    this.#cancelRefill ??= this.#clock.after(milliseconds, () => {
      this.#cancelRefill = undefined;
      this.#refill();
    });
  }

  #refill(): void {
    let again: number | undefined;
    for (const [family, { address, pairs }] of this.#warm) {
      const { ports, inUse, failed } = pairs.refill(BIND_PORTION);
      if (ports.length > 0) this.#reports.sendPatiently({ say: 'warm', family, ports });
      if (inUse > 0 || failed !== undefined) this.#reports.sendPatiently({ say: 'unbound', address, inUse, failed });
      this.#restock(family, pairs);
      // One portion a turn as long as there are ports; then wait for some to have rested, or for descriptors.
      if (failed === undefined && pairs.wantsRefill) again = 0;
      else if (!pairs.isFull) again ??= REFILL_RETRY_MS;
    }
    if (again !== undefined) this.#refillSoon(again);
  }

  #restock(family: AddressFamily, pairs: WarmPairs): void {
    const ports = pairs.restock();
    if (ports.length > 0) this.#reports.sendPatiently({ say: 'reserve', family, ports });
  }
}

import { type Clock, ExpiringMap } from '@vats/kernel';
import { detached } from '../rates/detached.ts';
import { SHARES, sourceKey, sourceKeys } from '../rates/source-key.ts';
import { comparable } from './user-name.ts';

export interface GoodSourcesOptions {
  readonly clock: Clock;
  /** Pairs of source and user remembered at most, 50,000 unless given. */
  readonly limit?: number;
  /** How long each is remembered after its last good credentials, in ms; 24 hours unless given. */
  readonly lifetime?: number;
}

const PAIRS_REMEMBERED = 50_000;
const DAY_MS = 86_400_000;

/**
 * From which sources which users showed good credentials lately. Users are `domain\nusername`. It is not kept over a
 * restart; tell it again what is kept elsewhere, or after a restart an office looks like any stranger.
 */
export class GoodSources {
  readonly #clock: Clock;
  readonly #lifetime: number;
  /** By narrowest source key and user. */
  readonly #pairs: ExpiringMap<string, true>;
  /** By every source key. */
  readonly #networks: ExpiringMap<string, true>;

  constructor({ clock, limit = PAIRS_REMEMBERED, lifetime = DAY_MS }: GoodSourcesOptions) {
    this.#clock = clock;
    this.#lifetime = lifetime;
    this.#pairs = new ExpiringMap({ clock, limit, lifetime });
    this.#networks = new ExpiringMap({ clock, limit: limit * SHARES.length, lifetime });
  }

  /** Pairs of source and user remembered. */
  get size(): number {
    return this.#pairs.size;
  }

  /** Good credentials of this user came from there, at the wall time `at` (ms) if it was not just now. */
  good(address: string, user: string, at?: number): void {
    const lifetime =
      at === undefined ? this.#lifetime : Math.min(this.#lifetime, at + this.#lifetime - this.#clock.now());
    if (lifetime <= 0) return;
    this.#pairs.set(detached(pairOf(address, user)), true, lifetime);
    for (const key of sourceKeys(address)) this.#networks.set(detached(key), true, lifetime);
  }

  /** Whether this user showed good credentials from there lately. */
  isGood(address: string, user: string): boolean {
    return this.#pairs.has(pairOf(address, user));
  }

  /** Whether any user did, from within the network of a source key. */
  anyGood(key: string): boolean {
    return this.#networks.has(key);
  }

  sweep(): void {
    this.#pairs.sweep();
    this.#networks.sweep();
  }
}

function pairOf(address: string, user: string): string {
  return `${sourceKey(address)}\n${comparable(user)}`;
}

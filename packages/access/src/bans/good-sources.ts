import type { Clock } from '@vats/kernel';
import { detached } from '../rates/detached.ts';
import { sourceKeys } from '../rates/source-key.ts';
import { comparable, pairOf } from './user-name.ts';

export interface GoodSourcesOptions {
  readonly clock: Clock;
  /** Pairs of source and user remembered at most, 50,000 unless given. */
  readonly limit?: number;
  /** Of them for one user, 200 unless given: whoever owns many networks pushes out nobody's but their own. */
  readonly perUser?: number;
  /** How long each is remembered after its last good credentials, in ms; 24 hours unless given. */
  readonly lifetime?: number;
}

interface Pair {
  readonly user: string;
  readonly keys: readonly string[];
  /** Monotonic ms. */
  readonly until: number;
}

const PAIRS_REMEMBERED = 50_000;
const PAIRS_PER_USER = 200;
const DAY_MS = 86_400_000;

/**
 * From which sources which users showed good credentials lately. Users are `domain\nusername`. It is not kept over a
 * restart; tell it again what is kept elsewhere, or after a restart an office looks like any stranger.
 */
export class GoodSources {
  readonly #clock: Clock;
  readonly #limit: number;
  readonly #perUser: number;
  readonly #lifetime: number;
  /** By narrowest source key and user, those written longest ago first. */
  readonly #pairs = new Map<string, Pair>();
  /** Of each user, by narrowest source key, in the same order. */
  readonly #users = new Map<string, Map<string, Pair>>();
  /** By every source key, the pairs that lie in its network. */
  readonly #networks = new Map<string, Set<Pair>>();

  constructor(options: GoodSourcesOptions) {
    const { clock, limit = PAIRS_REMEMBERED, perUser = PAIRS_PER_USER, lifetime = DAY_MS } = options;
    this.#clock = clock;
    this.#limit = limit;
    this.#perUser = perUser;
    this.#lifetime = lifetime;
  }

  /** Pairs of source and user remembered. */
  get size(): number {
    return this.#pairs.size;
  }

  /** Good credentials of this user came from there, at the wall time `at` (ms) if it was not just now. */
  good(address: string, user: string, at?: number): void {
    const age = at === undefined ? 0 : Math.max(0, this.#clock.now() - at);
    if (age >= this.#lifetime) return;
    const until = this.#clock.monotonic() + this.#lifetime - age;
    const name = comparable(user);
    const known = this.#pairs.get(pairOf(address, name));
    // What was good before a restart is told in any order.
    if (known !== undefined && known.until > until) return;
    if (known !== undefined) this.#drop(known);
    const own = this.#users.get(name);
    if (own !== undefined && own.size >= this.#perUser) this.#dropFirst(own.values());
    else if (this.#pairs.size >= this.#limit) this.#makeRoom();
    this.#add({ user: detached(name), keys: sourceKeys(address).map(detached), until });
  }

  /** Whether this user showed good credentials from there lately. */
  isGood(address: string, user: string): boolean {
    const pair = this.#pairs.get(pairOf(address, comparable(user)));
    return pair !== undefined && this.#holds(pair);
  }

  /** Whether any user did, from within the network of a source key. */
  anyGood(key: string): boolean {
    for (const pair of this.#networks.get(key) ?? NONE) if (this.#holds(pair)) return true;
    return false;
  }

  sweep(): void {
    for (const pair of this.#pairs.values()) this.#holds(pair);
  }

  /** Drops what does not. */
  #holds(pair: Pair): boolean {
    if (pair.until > this.#clock.monotonic()) return true;
    this.#drop(pair);
    return false;
  }

  #makeRoom(): void {
    this.sweep();
    if (this.#pairs.size >= this.#limit) this.#dropFirst(this.#pairs.values());
  }

  #dropFirst(pairs: Iterator<Pair>): void {
    const first = pairs.next();
    if (first.done !== true) this.#drop(first.value);
  }

  #add(pair: Pair): void {
    const { user, keys } = pair;
    this.#pairs.set(idOf(pair), pair);
    const own = this.#users.get(user) ?? new Map<string, Pair>();
    this.#users.set(user, own);
    own.set(keys[0]!, pair);
    for (const key of keys) {
      const within = this.#networks.get(key) ?? new Set<Pair>();
      this.#networks.set(key, within);
      within.add(pair);
    }
  }

  #drop(pair: Pair): void {
    const { user, keys } = pair;
    this.#pairs.delete(idOf(pair));
    const own = this.#users.get(user);
    own?.delete(keys[0]!);
    if (own?.size === 0) this.#users.delete(user);
    for (const key of keys) {
      const within = this.#networks.get(key);
      within?.delete(pair);
      if (within?.size === 0) this.#networks.delete(key);
    }
  }
}

const NONE: readonly Pair[] = [];

function idOf({ keys, user }: Pair): string {
  return `${keys[0]}\n${user}`;
}

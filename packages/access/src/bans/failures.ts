import { type Clock, ExpiringMap } from '@vats/kernel';
import type { Nearness } from '../places/place-book.ts';
import { detached } from '../rates/detached.ts';
import { KeyRates } from '../rates/key-rates.ts';
import { SHARES, sourceKey, sourceKeys } from '../rates/source-key.ts';
import { UNPROVEN } from './ban.ts';
import type { BanBook } from './ban-book.ts';
import type { GoodSources } from './good-sources.ts';
import { comparable, pairOf } from './user-name.ts';

export interface FailuresOptions {
  readonly clock: Clock;
  readonly bans: BanBook;
  /** Wrong credentials that get a source, or one user's name from there, banned. */
  readonly failures: number;
  /** Counted together when they come within so many ms of the first one. */
  readonly within: number;
  /** Sources, pairs and accounts counted at most, each; 50,000 unless given. */
  readonly limit?: number;
  /** Whether an account was used before from there, or from near there: kept for longer than what is good lately. */
  readonly nearness?: (user: string, address: string) => Nearness;
  /** An account is being guessed from many sources: called once, when that begins. */
  readonly onGuessed?: (user: string) => void;
}

interface AccountCount {
  count: number;
  guessed: boolean;
}

const COUNTED = 50_000;
/** How many times `failures` a source of proven phones may fail in all, and an account from everywhere. */
const PATIENCE = 3;
/** How often an account that is being guessed is judged where it is not at home: for all near its homes together, and for all others. */
const TURNS = { perKey: 1, burst: 1 };
/** And for each site. So it takes some three hundred of them to use up all turns. */
const TURNS_OF_SITE = { perKey: 1 / 300, burst: 1 };

/**
 * Counts wrong credentials and has their senders banned. Of a source from where nobody showed good credentials lately,
 * `failures` of them, under whatever names, shut out the whole source. From a source of proven phones (an office behind
 * one address) each name is counted for itself, and only that name is shut out from there; three times as many under all
 * names together shut out every name that is not proven there, which ends the trying of one password on many names and
 * leaves the office's phones alone. A /56 of IPv6 is counted as one source with four times the limit, a /48 with sixteen
 * times.
 *
 * An account that fails more than three times `failures` from sources that never proved it is being guessed by many hands:
 * until `within` has passed without a failure, it is judged as ever at the sources that it was used from. Those near them are
 * judged once a second all together, the rest of the world too; each site (an IPv4 address, an IPv6 /48) once in five minutes.
 * So it takes many of them to keep its owner out of a place that is new to it. And what is judged so counts for no source, or a
 * ban would tell what was judged, and with it where an account is at home.
 *
 * It does not know which accounts exist, so nothing here can tell. Callers report only credentials that were judged, whose
 * nonce proves where they came from: never a missing or old nonce, nor one used twice. Users are `domain\nusername`.
 */
export class Failures {
  readonly #bans: BanBook;
  readonly #good: GoodSources;
  #failures!: number;
  #within!: number;
  readonly #nearness: (user: string, address: string) => Nearness;
  readonly #onGuessed: ((user: string) => void) | undefined;
  /** Each lives for the `within` of that time from its first failure. */
  readonly #sources: ExpiringMap<string, { count: number }>;
  readonly #pairs: ExpiringMap<string, { count: number }>;
  readonly #accounts: ExpiringMap<string, AccountCount>;
  readonly #turnsNear: KeyRates;
  readonly #turnsElsewhere: KeyRates;
  /** By site and account. */
  readonly #turnsOfSites: KeyRates;

  /** @throws {RangeError} unless `failures` and `within` are at least 1 */
  constructor({ clock, bans, failures, within, limit = COUNTED, nearness, onGuessed }: FailuresOptions) {
    this.use({ failures, within });
    this.#bans = bans;
    this.#good = bans.good;
    this.#nearness = nearness ?? (() => 'elsewhere');
    this.#onGuessed = onGuessed;
    this.#sources = new ExpiringMap({ clock, limit, lifetime: within });
    this.#pairs = new ExpiringMap({ clock, limit, lifetime: within });
    this.#accounts = new ExpiringMap({ clock, limit, lifetime: within });
    this.#turnsNear = new KeyRates({ clock, ...TURNS, limit });
    this.#turnsElsewhere = new KeyRates({ clock, ...TURNS, limit });
    this.#turnsOfSites = new KeyRates({ clock, ...TURNS_OF_SITE, limit });
  }

  /**
   * From now on so many within so long are too many. What is being counted goes on, each until the time that it was given when
   * it began. @throws {RangeError} unless both are at least 1
   */
  use({ failures, within }: Pick<FailuresOptions, 'failures' | 'within'>): void {
    if (!(failures >= 1)) throw new RangeError(`failures: ${failures} must be at least 1`);
    if (!(within >= 1)) throw new RangeError(`within: ${within} must be at least 1`);
    this.#failures = failures;
    this.#within = within;
  }

  /** How often whoever was good before may fail in a row. */
  get patience(): number {
    return this.#failures * PATIENCE;
  }

  /** Wrong credentials for `user` came from there. */
  failed(address: string, user: string): void {
    const name = comparable(user);
    const wasGuessed = this.#accounts.get(name)?.guessed === true && this.#nearnessOf(user, name, address) !== 'here';
    this.#countAccount(address, name);
    if (wasGuessed || this.#bans.isTrusted(address)) return;
    this.#countPair(address, name);
    const keys = sourceKeys(address);
    for (let i = 0; i < keys.length; i++) this.#countSource(keys[i]!, this.#failures * SHARES[i]!);
  }

  /** Good credentials of `user` came from there. Whoever mistyped before starts anew; the source as a whole does not. */
  good(address: string, user: string): void {
    this.#good.good(address, user);
    if (this.#pairs.size > 0) this.#pairs.delete(pairOf(address, comparable(user)));
  }

  /**
   * Whether credentials for `user` from there are not to be judged now, because the account is being guessed and is not at home there.
   * They are to be answered as wrong ones, to the octet, and are no failure. Now and then the answer is no, and that question
   * counts: ask only when about to judge.
   */
  isGuessed(user: string, address: string): boolean {
    const name = comparable(user);
    if (this.#accounts.get(name)?.guessed !== true) return false;
    const nearness = this.#nearnessOf(user, name, address);
    if (nearness === 'here') return false;
    const turns = nearness === 'near' ? this.#turnsNear : this.#turnsElsewhere;
    const ofSite = `${sourceKeys(address).at(-1)}\n${name}`;
    // Of the site first: what it asks for in vain takes nobody's turn.
    return !(this.#turnsOfSites.has(ofSite) && turns.take(name) && this.#turnsOfSites.take(ofSite));
  }

  /** What is counted at this moment, for status and the ledger. */
  get size(): { readonly sources: number; readonly pairs: number; readonly accounts: number } {
    return { sources: this.#sources.size, pairs: this.#pairs.size, accounts: this.#accounts.size };
  }

  /** Forgets what is over; to be called now and then, so that memory returns after an attack. */
  sweep(): void {
    this.#sources.sweep();
    this.#pairs.sweep();
    this.#accounts.sweep();
    this.#turnsNear.sweep();
    this.#turnsElsewhere.sweep();
    this.#turnsOfSites.sweep();
  }

  #nearnessOf(user: string, name: string, address: string): Nearness {
    return this.#good.isGood(address, name) ? 'here' : this.#nearness(user, address);
  }

  #countPair(address: string, user: string): void {
    const pair = pairOf(address, user);
    if (increased(this.#pairs, pair, this.#within) < this.#failures) return;
    this.#pairs.delete(pair);
    // Where nobody is proven the whole source is about to be banned.
    if (this.#good.anyGood(sourceKey(address))) this.#ban(address, user, this.#failures);
  }

  #countSource(key: string, failures: number): void {
    const count = increased(this.#sources, key, this.#within);
    if (count < failures) return;
    const proven = this.#good.anyGood(key);
    const limit = proven ? failures * PATIENCE : failures;
    if (count < limit) return;
    this.#sources.delete(key);
    this.#ban(key, proven ? UNPROVEN : undefined, limit);
  }

  #countAccount(address: string, user: string): void {
    if (this.#good.isGood(address, user)) return;
    const entry = this.#accounts.get(user);
    if (entry === undefined) {
      this.#accounts.set(detached(user), { count: 1, guessed: false }, this.#within);
      return;
    }
    entry.count++;
    if (entry.count <= this.patience) return;
    // Written again at each further failure: only a while without any ends it.
    this.#accounts.set(detached(user), entry, this.#within);
    if (entry.guessed) return;
    entry.guessed = true;
    this.#onGuessed?.(user);
  }

  #ban(network: string, user: string | undefined, count: number): void {
    const reason = `${count} failed logins within ${Math.ceil(this.#within / 1000)} s`;
    this.#bans.add({ network, ...(user !== undefined && { user }) }, { reason, by: 'switch' });
  }
}

function increased(counts: ExpiringMap<string, { count: number }>, key: string, lifetime: number): number {
  const entry = counts.get(key);
  if (entry !== undefined) return ++entry.count;
  counts.set(detached(key), { count: 1 }, lifetime);
  return 1;
}

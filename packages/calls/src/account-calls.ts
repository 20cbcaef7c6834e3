import type { LegName } from './call-event.ts';

/** What of an account says in how many calls it may be. */
export interface LimitedAccount {
  readonly login: string;
  /** Calls at once; any number unless given. */
  readonly calls?: number;
}

/**
 * In how many calls each account is, as their caller or with phones that ring or talk. Who takes a place and who is
 * refused one is settled within one turn, so calls that come at the same moment can't pass a limit together.
 */
export class AccountCalls {
  readonly #counts = new Map<string, number>();

  /** Accounts that are in a call now. */
  get size(): number {
    return this.#counts.size;
  }

  /** The places of one call. All its accounts are of one domain. */
  ofCall(domain: string): CallPlaces {
    return new CallPlaces(this.#counts, domain);
  }
}

/** The places that one call takes up: one for each account, however many of its phones take part. */
export class CallPlaces {
  readonly #counts: Map<string, number>;
  readonly #domain: string;
  readonly #legs = new Map<LegName, string>();

  constructor(counts: Map<string, number>, domain: string) {
    this.#counts = counts;
    this.#domain = domain;
  }

  /** Takes a place for a leg's account; false, and nothing is taken, when the account is in as many calls as it may. */
  take(leg: LegName, account: LimitedAccount): boolean {
    const key = `${this.#domain}\n${account.login}`;
    if (!this.#holds(key)) {
      const count = this.#counts.get(key) ?? 0;
      if (account.calls !== undefined && count >= account.calls) return false;
      this.#counts.set(key, count + 1);
    }
    this.#legs.set(leg, key);
    return true;
  }

  /** A leg is gone; its account's place goes with the last one that the account has in this call. */
  leave(leg: LegName): void {
    const key = this.#legs.get(leg);
    if (key === undefined) return;
    this.#legs.delete(leg);
    if (this.#holds(key)) return;
    const count = this.#counts.get(key) ?? 0;
    if (count > 1) this.#counts.set(key, count - 1);
    else this.#counts.delete(key);
  }

  /** The call is over. */
  leaveAll(): void {
    for (const leg of [...this.#legs.keys()]) this.leave(leg);
  }

  #holds(key: string): boolean {
    for (const held of this.#legs.values()) if (held === key) return true;
    return false;
  }
}

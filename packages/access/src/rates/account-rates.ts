import type { Clock } from '@vats/kernel';
import { BucketMap } from './bucket-map.ts';
import { BucketSize } from './token-bucket.ts';

export interface AccountRatesOptions {
  readonly clock: Clock;
  /** Tries a second of one account. */
  readonly perAccount: number;
  /** Tries of one account at once after a rest. */
  readonly burst: number;
  /** Accounts remembered at most, 65,536 unless given. */
  readonly limit?: number;
}

const ACCOUNTS_REMEMBERED = 65_536;

/** How often each account may be tried, wherever the tries come from. Names that do not exist have a bucket alike. */
export class AccountRates {
  readonly #clock: Clock;
  readonly #size: BucketSize;
  readonly #accounts: BucketMap;

  /** @throws {RangeError} when the rate is not above 0, the burst or the limit not at least 1 */
  constructor({ clock, perAccount, burst, limit = ACCOUNTS_REMEMBERED }: AccountRatesOptions) {
    this.#clock = clock;
    this.#size = new BucketSize(perAccount, burst);
    this.#accounts = new BucketMap(limit);
  }

  /** Accounts remembered. */
  get size(): number {
    return this.#accounts.size;
  }

  /** Whether a try is left; takes none. */
  has(account: string): boolean {
    return this.#accounts.get(account)?.has(this.#clock.monotonic()) !== false;
  }

  /** Asks for one try. False when the account has none left for now; nothing is used up then. */
  take(account: string): boolean {
    const now = this.#clock.monotonic();
    if (this.#accounts.get(account)?.has(now) === false) return false;
    this.#accounts.take(account, this.#size, now);
    return true;
  }

  /** Forgets accounts that have their whole rate again. */
  sweep(): void {
    this.#accounts.sweep(this.#clock.monotonic());
  }
}

import { type Clock, ExpiringMap } from '@vats/kernel';

/** Wrong PINs after which a caller is asked no more until an hour after the last of them. */
const MOST_BY_ONE = 10;
/** Wrong PINs of strangers within an hour after which none of them is asked until it is over. */
const MOST_BY_STRANGERS = 100;
const HOUR_MS = 60 * 60_000;

/** Callers that are remembered, and things that are guarded by a PIN. */
const MOST_CALLERS = 10_000;
const MOST_THINGS = 10_000;

/** What a PIN guards, and who tries it. */
export interface PinTry {
  /** What is guarded, by a name that is nothing else's: `Domain.id` and what it is there. */
  readonly what: string;
  /** An extension, or the number that a caller from outside shows, which may be anybody's. */
  readonly who: string;
  /** Whether `who` was authenticated. */
  readonly known: boolean;
}

/**
 * Wrong PINs over all calls, so that who calls again and again gets no further than who stays. As a stranger may show another number
 * each time, strangers are counted together as well; who was authenticated is not shut out by them.
 */
export class PinGuesses {
  readonly #byOne: ExpiringMap<string, number>;
  readonly #byStrangers: ExpiringMap<string, { readonly count: number; readonly until: number }>;
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#byOne = new ExpiringMap({ clock, limit: MOST_CALLERS, lifetime: HOUR_MS });
    this.#byStrangers = new ExpiringMap({ clock, limit: MOST_THINGS, lifetime: HOUR_MS });
  }

  /** Whether a PIN may be tried now. */
  allows(tried: PinTry): boolean {
    if ((this.#byOne.get(keyOf(tried)) ?? 0) >= MOST_BY_ONE) return false;
    return tried.known || (this.#byStrangers.get(tried.what)?.count ?? 0) < MOST_BY_STRANGERS;
  }

  wrong(tried: PinTry): void {
    const key = keyOf(tried);
    this.#byOne.set(key, (this.#byOne.get(key) ?? 0) + 1);
    if (tried.known) return;
    const now = this.#clock.monotonic();
    const { count, until } = this.#byStrangers.get(tried.what) ?? { count: 0, until: now + HOUR_MS };
    this.#byStrangers.set(tried.what, { count: count + 1, until }, until - now);
  }

  /** What strangers have tried together is not forgotten for one of them who knows the PIN. */
  right(tried: PinTry): void {
    this.#byOne.delete(keyOf(tried));
  }
}

function keyOf({ what, who, known }: PinTry): string {
  return JSON.stringify([what, known, who]);
}

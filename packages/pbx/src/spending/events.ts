import type { LimitName, Scope } from './bounds.ts';
import type { SpendingSubject } from './subject.ts';
import { DAY_MS, HOUR_MS } from './tally.ts';

/** A limit of a subject, with how far it is used up: calls, milliseconds of talk, or parts of a unit of money. */
export interface LimitUse {
  readonly subject: SpendingSubject;
  readonly scope: Scope;
  readonly limit: LimitName;
  readonly used: number;
  /** The bound. */
  readonly of: number;
}

/**
 * A limit is nearly used up (80 %), or a call was refused or ended because of it. Told once in the limit's window (an hour for
 * calls at once), however many calls are refused.
 */
export interface SpendingEvent extends LimitUse {
  readonly kind: 'nearly-used' | 'used-up';
  /** The call that brought it there. */
  readonly call: string;
  /** Wall time in milliseconds since the epoch. */
  readonly at: number;
}

export const NEARLY_USED = 0.8;

const WINDOWS: Record<LimitName, number> = {
  calls: HOUR_MS,
  callsPerHour: HOUR_MS,
  callsPerDay: DAY_MS,
  minutesPerHour: HOUR_MS,
  minutesPerDay: DAY_MS,
  moneyPerDay: DAY_MS,
};

/** Remembers when each kind of event of one subject was last told: two kinds, two scopes and six limits, so it stays small. */
export class ToldEvents {
  readonly #told = new Map<string, number>();

  /** Whether it is time to tell it; if so it counts as told. */
  isDue(kind: SpendingEvent['kind'], scope: Scope, limit: LimitName, now: number): boolean {
    const key = `${kind} ${scope} ${limit}`;
    const last = this.#told.get(key);
    if (last !== undefined && now - last < WINDOWS[limit]) return false;
    this.#told.set(key, now);
    return true;
  }
}

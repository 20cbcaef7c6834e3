import type { Frozen } from '../model/model.ts';
import type { LimitBounds } from '../schema/limits.ts';
import { type LimitName, SCOPES, type Scope } from './bounds.ts';
import { SlidingSum, type Used } from './sliding-sum.ts';

export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;
export const MINUTE_MS = 60_000;
/** A day's slots: coarser than an hour's, so that a day of many calls takes a hundred slots and not 1440. */
export const DAY_SLOT_MS = 15 * MINUTE_MS;

/** What one subject used by calls of one scope, and what its calls hold now. */
export class Tally {
  readonly hour = new SlidingSum(HOUR_MS, MINUTE_MS);
  readonly day = new SlidingSum(DAY_MS, DAY_SLOT_MS);
  /** Calls that are up. */
  calls = 0;
  /** Talk that calls which are up may yet use. */
  heldTalkMs = 0;
  heldMoney = 0;

  add(at: number, used: Used): void {
    this.hour.add(at, used);
    this.day.add(at, used);
  }

  /** What counts against a limit now, in its bound's unit: calls, milliseconds of talk, parts of a unit of money. */
  used(name: LimitName, now: number): number {
    switch (name) {
      case 'calls':
        return this.calls;
      case 'callsPerHour':
        return this.hour.at(now).calls;
      case 'callsPerDay':
        return this.day.at(now).calls;
      case 'minutesPerHour':
        return this.hour.at(now).talkMs + this.heldTalkMs;
      case 'minutesPerDay':
        return this.day.at(now).talkMs + this.heldTalkMs;
      case 'moneyPerDay':
        return this.day.at(now).money + this.heldMoney;
    }
  }

  /** Whether nothing of it counts any more. */
  isEmpty(now: number): boolean {
    this.hour.at(now);
    this.day.at(now);
    return this.calls === 0 && this.hour.slots === 0 && this.day.slots === 0;
  }
}

/** A limit's bound in the unit of `Tally.used`; undefined where nothing is bounded. */
export function boundOf(bounds: Frozen<LimitBounds>, name: LimitName): number | undefined {
  const bound = bounds[name];
  if (bound === undefined) return undefined;
  return name === 'minutesPerHour' || name === 'minutesPerDay' ? bound * MINUTE_MS : bound;
}

/** The scopes that a call counts in. */
export function scopesOf(costly: boolean): readonly Scope[] {
  return costly ? SCOPES : ['all'];
}

/** A subject's two tallies, the costly one made when it is needed. */
export class SubjectTallies {
  readonly all = new Tally();
  #costly: Tally | undefined;

  of(scope: Scope): Tally {
    if (scope === 'all') return this.all;
    this.#costly ??= new Tally();
    return this.#costly;
  }

  isEmpty(now: number): boolean {
    return this.all.isEmpty(now) && (this.#costly === undefined || this.#costly.isEmpty(now));
  }
}

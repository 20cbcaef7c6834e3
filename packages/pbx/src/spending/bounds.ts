import type { Frozen } from '../model/model.ts';
import { parseTimeRange, type TimeRange } from '../schema/hours.ts';
import type { LimitBounds, Limits } from '../schema/limits.ts';

/** A key of `limits:` that bounds something. */
export type LimitName = keyof LimitBounds;
export const LIMIT_NAMES = [
  'calls',
  'callsPerHour',
  'callsPerDay',
  'minutesPerHour',
  'minutesPerDay',
  'moneyPerDay',
] as const satisfies readonly LimitName[];

/** Which calls a limit counts: all that leave by a trunk, or the costly ones among them. */
export type Scope = 'all' | 'costly';
export const SCOPES: readonly Scope[] = ['all', 'costly'];

/** The bounds that hold at one moment. */
export type Bounds = Readonly<Record<Scope, Frozen<LimitBounds>>>;

/**
 * What holds for costly calls of a domain whose `limits` have no `costly`. A domain that has an outbound rule for calls abroad
 * makes some of them in its working day; who stole a password makes them side by side, all night. So a day's work passes, and a
 * theft ends after some minutes. Calls within Russia have no default: a wrong guess would stop a call centre, and who steals a
 * line gets little for them.
 */
export const DEFAULT_COSTLY = {
  day: { calls: 5, callsPerHour: 60, callsPerDay: 200, minutesPerHour: 90, minutesPerDay: 240 },
  night: { calls: 2, callsPerHour: 10, minutesPerHour: 15 },
  hours: '22:00-07:00',
} as const;

/** The bounds that limits give at a minute of the day in the domain's zone. `isDomain` brings the defaults in. */
export function boundsAt(limits: Frozen<Limits> | undefined, isDomain: boolean, minuteOfDay: number): Bounds {
  const { night, costly, ...all } = limits ?? {};
  const isNight = night !== undefined && covers(parseTimeRange(night.hours)!, minuteOfDay);
  if (!isNight) return { all, costly: costlyOf(costly) ?? defaultCostly(isDomain, minuteOfDay) };
  const { hours: _, costly: costlyAtNight, ...allAtNight } = night;
  const byDay = costlyOf(costly) ?? defaultCostly(isDomain, minuteOfDay);
  return {
    all: { ...all, ...allAtNight },
    costly: costlyAtNight === 'none' ? {} : { ...byDay, ...costlyAtNight },
  };
}

function costlyOf(costly: Limits['costly'] | Frozen<Limits['costly']>): Frozen<LimitBounds> | undefined {
  return costly === 'none' ? {} : costly;
}

function defaultCostly(isDomain: boolean, minuteOfDay: number): Frozen<LimitBounds> {
  if (!isDomain) return {};
  const { day, night, hours } = DEFAULT_COSTLY;
  return covers(parseTimeRange(hours)!, minuteOfDay) ? { ...day, ...night } : day;
}

function covers({ from, to }: TimeRange, minuteOfDay: number): boolean {
  return from < to ? minuteOfDay >= from && minuteOfDay < to : minuteOfDay >= from || minuteOfDay < to;
}

/**
 * Whether talk or money is bounded at any hour: then each call is allowed in portions, so that what holds when the night begins also
 * holds for calls that began before it.
 */
export function boundsTalk(limits: Frozen<Limits> | undefined, isDomain: boolean, costlyCall: boolean): boolean {
  const { night, costly, ...all } = limits ?? {};
  const blocks = [all, night];
  if (costlyCall) {
    if (costly !== undefined && costly !== 'none') blocks.push(costly);
    if (costly === undefined && isDomain) return true;
    if (night?.costly !== undefined && night.costly !== 'none') blocks.push(night.costly);
  }
  return blocks.some((block) => TALK.some((name) => (block as Frozen<LimitBounds> | undefined)?.[name] !== undefined));
}

const TALK = ['minutesPerHour', 'minutesPerDay', 'moneyPerDay'] as const;

/** Whether money is bounded at any hour: then a costly call needs a price. */
export function boundsMoney(limits: Frozen<Limits> | undefined): boolean {
  const { night, costly } = limits ?? {};
  const blocks = [limits, night, costly, night?.costly];
  return blocks.some((block) => block !== undefined && block !== 'none' && block.moneyPerDay !== undefined);
}

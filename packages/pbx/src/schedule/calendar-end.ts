import { type Domain, type Frozen, setting } from '../model/model.ts';
import { CALENDAR_KEYS, type Hours } from '../schema/hours.ts';
import { dayOf } from './local-day.ts';
import { localDate } from './moment.ts';

/** Days left of a calendar's last year when the next one is asked for: it is published in autumn. */
export const CALENDAR_ASKED_BEFORE_DAYS = 60;

/** How far a domain's calendar goes. */
export interface CalendarEnd {
  /** The last year that it has days of; undefined for a domain without a calendar. */
  readonly until?: number;
  /** Days from today to the end of that year, today's date in the domain's zone; 0 on its last day, negative when it is over. */
  readonly daysLeft?: number;
  /** Some hours of the domain ask for it. */
  readonly isUsed: boolean;
}

/** @param now wall time in milliseconds */
export function calendarEnd(domain: Domain, now: number): CalendarEnd {
  const isUsed = [...hoursOf(domain)].some((hours) => CALENDAR_KEYS.some((key) => hours[key] !== undefined));
  let last = '';
  for (const date of Object.keys(setting(domain, 'calendar'))) if (date > last) last = date;
  if (last === '') return { isUsed };
  const until = Number(last.slice(0, 4));
  const today = localDate(now, setting(domain, 'timezone'));
  return { until, daysLeft: dayOf(`${until}-12-31`) - dayOf(today), isUsed };
}

function* hoursOf({ settings, schemes, users, numbers }: Domain): Iterable<Frozen<Hours>> {
  if (settings.hours !== undefined) yield settings.hours;
  for (const { hours } of schemes) if (hours !== undefined) yield hours;
  for (const { hours } of users) if (hours !== undefined) yield hours;
  for (const { schedule = [] } of numbers) for (const { hours } of schedule) yield hours;
}

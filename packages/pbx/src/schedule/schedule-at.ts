import type { Frozen } from '../model/model.ts';
import type { Calendar } from '../schema/calendar.ts';
import type { Hours } from '../schema/hours.ts';
import { WeeklyHours } from './day-hours.ts';
import { DAY_MINUTES, DAY_MS, dateOf, localText, MINUTE_MS, weekdayName } from './local-day.ts';
import { type ZoneClock, zoneClock } from './zone-clock.ts';

/** What hours are read by: a domain's settings. */
export interface HoursOf {
  /** IANA name. */
  readonly timezone: string;
  readonly calendar: Frozen<Calendar>;
}

/** Whether something with hours is open at a moment. */
export interface Schedule {
  readonly open: boolean;
  /** A sentence for a person: what the clocks of the zone show, and the key, date or calendar day that decided. */
  readonly because: string;
  /** The next moment at which `open` changes, in wall milliseconds; none where that is more than `LOOK_AHEAD_DAYS` away. */
  readonly until?: number;
}

/** Longer than the longest row of days off in Russia, with the weekends on both sides. */
export const LOOK_AHEAD_DAYS = 16;

/**
 * Whether hours are open at a moment: they are while the clocks on the zone's walls show a time of a range, which includes its
 * beginning and not its end. So a range that begins in the hour that summer time skips begins with the jump; and in the
 * hour that comes twice a range holds both times.
 *
 * A range across midnight belongs to the day on which it begins: it goes on to its end whatever holds on the next day.
 *
 * Hours and calendar are read once an object, so both must not change.
 *
 * @param at wall milliseconds since the epoch
 * @throws RangeError for a zone that this machine's tables do not know, which a schema refuses
 */
export function scheduleAt(hours: Frozen<Hours>, { timezone, calendar }: HoursOf, at: number): Schedule {
  const watched = watch(hours, calendar, timezone);
  const { weekly, clock } = watched;
  const { open, because } = stateAt(weekly, clock.localAt(at));
  const until = nextChange(watched, at, open);
  return until === undefined ? { open, because } : { open, because, until };
}

/** Hours made ready to be asked, with what is known of their next change. */
interface Watched {
  readonly timezone: string;
  readonly weekly: WeeklyHours;
  readonly clock: ZoneClock;
  /** Nothing changes after `quietFrom` and before `quietTo`: whoever asks about a moment in between looks on from there. */
  quietFrom: number;
  quietTo: number;
}

/** By hours, then by calendar. A domain has one zone, so the last one asked for is enough. */
const watched = new WeakMap<object, WeakMap<object, Watched>>();

/** Hours with their zone and calendar, read once an object. */
export function watch(hours: Frozen<Hours>, calendar: Frozen<Calendar>, timezone: string): Watched {
  let byCalendar = watched.get(hours);
  if (byCalendar === undefined) {
    byCalendar = new WeakMap();
    watched.set(hours, byCalendar);
  }
  const known = byCalendar.get(calendar);
  if (known?.timezone === timezone) return known;
  const weekly = known?.weekly ?? new WeeklyHours(hours, calendar);
  const made = { timezone, weekly, clock: zoneClock(timezone), quietFrom: 0, quietTo: 0 };
  byCalendar.set(calendar, made);
  return made;
}

function stateAt(weekly: WeeklyHours, local: number): { open: boolean; because: string } {
  const day = Math.floor(local / DAY_MS);
  const minutes = (local - day * DAY_MS) / MINUTE_MS;
  const shown = `it is ${weekdayName(day)} ${localText(local)}, and`;
  const yesterday = weekly.of(day - 1);
  for (const { to } of yesterday.spans) {
    if (minutes < to - DAY_MINUTES) {
      return { open: true, because: `${shown} ${yesterday.says} since ${weekdayName(day - 1)} ${dateOf(day - 1)}` };
    }
  }
  const today = weekly.of(day);
  return { open: isWithin(today.spans, minutes), because: `${shown} ${today.says}` };
}

function isWithin(spans: readonly { readonly from: number; readonly to: number }[], minutes: number): boolean {
  for (const { from, to } of spans) if (minutes >= from && minutes < to) return true;
  return false;
}

function isOpen(weekly: WeeklyHours, local: number): boolean {
  const day = Math.floor(local / DAY_MS);
  const minutes = (local - day * DAY_MS) / MINUTE_MS;
  return isWithin(weekly.of(day).spans, minutes) || isWithin(weekly.of(day - 1).spans, minutes + DAY_MINUTES);
}

/** Goes from boundary to boundary: ends of ranges, midnights, changes of the clocks. */
function nextChange(watched: Watched, at: number, open: boolean): number | undefined {
  const { weekly, clock } = watched;
  const limit = at + LOOK_AHEAD_DAYS * DAY_MS;
  const isKnown = at >= watched.quietFrom && at < watched.quietTo;
  if (!isKnown) watched.quietFrom = at;
  let moment = isKnown ? watched.quietTo : at;
  let offset = clock.offsetAt(moment);
  while (moment <= limit && isOpen(weekly, moment + offset) === open) {
    let next = nextBoundary(weekly, moment + offset) - offset;
    const offsetThen = clock.offsetAt(next);
    if (offsetThen !== offset) {
      // The clocks change on the way, or just then.
      next = clock.changeWithin(moment, next) ?? next;
      offset = clock.offsetAt(next);
    }
    moment = next;
  }
  watched.quietTo = moment;
  return moment <= limit ? moment : undefined;
}

/** The first local time after `local` at which a range begins or ends, or a day does. */
function nextBoundary(weekly: WeeklyHours, local: number): number {
  const day = Math.floor(local / DAY_MS);
  const midnight = day * DAY_MS;
  const minutes = (local - midnight) / MINUTE_MS;
  let next = DAY_MINUTES;
  for (const { from, to } of weekly.of(day).spans) {
    if (from > minutes && from < next) next = from;
    if (to > minutes && to < next) next = to;
  }
  for (const { to } of weekly.of(day - 1).spans) {
    const end = to - DAY_MINUTES;
    if (end > minutes && end < next) next = end;
  }
  return midnight + next * MINUTE_MS;
}

import type { Frozen } from '../model/model.ts';
import type { Hours } from '../schema/hours.ts';
import { DAY_MINUTES, DAY_MS, MINUTE_MS } from './local-day.ts';
import { type HoursOf, watch } from './schedule-at.ts';

/**
 * When the working day ends that a moment belongs to, in wall milliseconds: with the last range that begins on that date, breaks in between
 * or not; in a range that began before midnight, with the last range of the date before. After hours, on a day off, and where there are no hours, it is the
 * end of the date.
 *
 * @param at wall milliseconds since the epoch
 */
export function workingDayEnd(hours: Frozen<Hours>, { timezone, calendar }: HoursOf, at: number): number {
  const { weekly, clock } = watch(hours, calendar, timezone);
  const local = clock.localAt(at);
  const today = Math.floor(local / DAY_MS);
  const minutes = (local - today * DAY_MS) / MINUTE_MS;
  const end = (day: number): number => Math.max(0, ...weekly.of(day).spans.map(({ to }) => to));
  const endOf = (day: number, minute: number): number => clock.momentOf(day * DAY_MS + minute * MINUTE_MS);
  const sinceYesterday = weekly.of(today - 1).spans.some(({ to }) => minutes < to - DAY_MINUTES);
  if (sinceYesterday) return endOf(today - 1, end(today - 1));
  return endOf(today, minutes < end(today) ? end(today) : DAY_MINUTES);
}

import { isDate } from '../schema/calendar.ts';
import { shown } from '../schema/fault.ts';
import { DAY_MS, dayOf, localText, weekdayName } from './local-day.ts';
import { zoneClock } from './zone-clock.ts';

/** A moment that a person wrote, in wall milliseconds since the epoch; or what is wrong with it. */
export type ReadMoment =
  | { readonly ok: true; readonly at: number }
  | { readonly ok: false; readonly message: string; readonly remedy: string };

export const MOMENT_REMEDY =
  'write a local date and time such as "2026-12-31 13:00", or one with an offset such as 2026-12-31T13:00:00+03:00';

const FORM =
  /^(\d{4}-\d{2}-\d{2})[T ]([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:[.,](\d{1,9}))?)?\s?(?:(Z)|([+-])(0\d|1[0-4])(?::?([0-5]\d))?)?$/i;

/**
 * Reads ISO 8601 with an offset or Z, which is a moment by itself; or a date and time without, which is one of the zone's
 * clocks: the first of two where they show it twice, and after the jump where they skip it (`ZoneClock.momentOf`).
 *
 * @param timezone IANA name. @throws RangeError for one that this machine's tables do not know
 */
export function readMoment(text: string, timezone: string): ReadMoment {
  const match = FORM.exec(text.trim());
  const [, date = '', hours, minutes, seconds = '0', fraction = '0', zulu, sign, aheadHours, aheadMinutes = '0'] =
    match ?? [];
  if (match === null) {
    return { ok: false, message: `${shown(text)} is not a date and time`, remedy: MOMENT_REMEDY };
  }
  if (!isDate(date)) return { ok: false, message: `there is no day ${date}`, remedy: MOMENT_REMEDY };
  const inDay = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1_000;
  const local = dayOf(date) * DAY_MS + inDay + Math.floor(Number(`0.${fraction}`) * 1_000);
  if (zulu !== undefined) return { ok: true, at: local };
  if (sign === undefined) return { ok: true, at: zoneClock(timezone).momentOf(local) };
  const ahead = (Number(aheadHours) * 60 + Number(aheadMinutes)) * 60_000;
  return { ok: true, at: sign === '-' ? local + ahead : local - ahead };
}

/** A moment as the zone's clocks show it. @example 'thu 2026-12-31 13:00' */
export function momentText(at: number, timezone: string): string {
  const local = zoneClock(timezone).localAt(at);
  return `${weekdayName(Math.floor(local / DAY_MS))} ${localText(local)}`;
}

/** The date that the zone's clocks show. @example '2026-12-31' */
export function localDate(at: number, timezone: string): string {
  return localText(zoneClock(timezone).localAt(at)).slice(0, 10);
}

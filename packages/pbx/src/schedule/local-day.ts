import { DAYS } from '../schema/hours.ts';

/*
 * Days and times as calendars and walls show them, without a zone: a day is its number since 1970-01-01, a local time is
 * what UTC's would be if the wall showed UTC.
 */

export const MINUTE_MS = 60_000;
export const DAY_MS = 86_400_000;
export const DAY_MINUTES = 1_440;

/** @example dayOf('1970-01-02') === 1 */
export function dayOf(date: string): number {
  return Date.parse(`${date}T00:00:00Z`) / DAY_MS;
}

/** Texts of dates asked for lately: calls are told about today, and making one takes longer than deciding about it. */
const texts = new Map<number, string>();
const TEXTS_KEPT = 256;

/** @example dateOf(1) === '1970-01-02' */
export function dateOf(day: number): string {
  const known = texts.get(day);
  if (known !== undefined) return known;
  const text = new Date(day * DAY_MS).toISOString().slice(0, 10);
  if (texts.size >= TEXTS_KEPT) texts.clear();
  texts.set(day, text);
  return text;
}

/** 0 (Monday) to 6: the place in `DAYS`. 1970-01-01 was a Thursday. */
export function weekdayOf(day: number): number {
  return (((day + 3) % 7) + 7) % 7;
}

/** @example weekdayName(0) === 'thu' */
export function weekdayName(day: number): string {
  return DAYS[weekdayOf(day)] ?? '';
}

/** Minutes from midnight as a wall shows them; past midnight it begins anew. @example timeText(1500) === '01:00' */
export function timeText(minutes: number): string {
  const two = (n: number): string => (n < 10 ? `0${n}` : String(n));
  // The end of a day keeps its name, because the range that ends there was written so.
  const shown = minutes === DAY_MINUTES ? minutes : minutes % DAY_MINUTES;
  return `${two(Math.floor(shown / 60))}:${two(shown % 60)}`;
}

/** @example localText(0) === '1970-01-01 00:00' */
export function localText(local: number): string {
  const day = Math.floor(local / DAY_MS);
  return `${dateOf(day)} ${timeText(Math.floor((local - day * DAY_MS) / MINUTE_MS))}`;
}

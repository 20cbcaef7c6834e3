import { z } from 'zod';
import { textThat } from './fault.ts';

/** True for a day that there is, as year-month-day. */
export function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

export const calendarDate = textThat(
  isDate,
  (text) => `${text} is not a date`,
  'write year-month-day in quotes, such as "2026-12-31"',
);

/**
 * What a day is beside its day of the week: a day off, a working day where one is not expected (a moved Saturday), or a
 * working day that is an hour shorter.
 */
export const dayKind = z.enum(['off', 'work', 'short']);
export type DayKind = z.output<typeof dayKind>;

/** Days that are not as their day of the week, by date. */
export const calendar = z.record(calendarDate, dayKind);
export type Calendar = z.output<typeof calendar>;

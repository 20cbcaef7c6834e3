import { expect, test } from 'vitest';
import type { Calendar } from '../schema/calendar.ts';
import { readMoment } from './moment.ts';
import { workingDayEnd } from './working-day.ts';

const ZONE = 'Europe/Moscow';
const calendar: Calendar = { '2026-11-27': 'short', '2026-11-30': 'off' };
const at = (text: string): number => {
  const read = readMoment(text, ZONE);
  if (!read.ok) throw new Error(read.message);
  return read.at;
};

test.each([
  [{ 'mon-fri': '09:00-18:00' }, '2026-11-26 10:00', '2026-11-26 18:00'],
  [{ 'mon-fri': '09:00-18:00' }, '2026-11-26 08:00', '2026-11-26 18:00'],
  [{ 'mon-fri': ['09:00-13:00', '14:00-18:00'] }, '2026-11-26 13:30', '2026-11-26 18:00'],
  // The evening after it and days off are as they are on the wall.
  [{ 'mon-fri': '09:00-18:00' }, '2026-11-26 18:00', '2026-11-27 00:00'],
  [{ 'mon-fri': '09:00-18:00' }, '2026-11-28 10:00', '2026-11-29 00:00'],
  // The calendar: a short day, and a day off.
  [{ 'mon-fri': '09:00-18:00' }, '2026-11-27 10:00', '2026-11-27 17:00'],
  [{ 'mon-fri': '09:00-18:00' }, '2026-11-30 10:00', '2026-12-01 00:00'],
  // A night shift is one working day on both sides of midnight.
  [{ 'mon-fri': '22:00-06:00' }, '2026-11-25 23:00', '2026-11-26 06:00'],
  [{ 'mon-fri': '22:00-06:00' }, '2026-11-26 05:59', '2026-11-26 06:00'],
  [{ 'mon-fri': '22:00-06:00' }, '2026-11-26 06:00', '2026-11-27 06:00'],
])('%j: the working day of %s ends at %s', (hours, moment, ends) => {
  expect(workingDayEnd(hours, { timezone: ZONE, calendar }, at(moment))).toBe(at(ends));
});

import type { Frozen } from '../model/model.ts';
import type { KeyPath } from '../problems/problem.ts';
import { CALENDAR_ASKED_BEFORE_DAYS } from '../schedule/calendar-end.ts';
import { spansOf } from '../schedule/day-hours.ts';
import { dayOf, timeText } from '../schedule/local-day.ts';
import { CALENDAR_KEYS, type Hours, type OpenHours } from '../schema/hours.ts';
import type { Circumstances } from './check-memory.ts';
import { below, type JudgedView, type Report } from './domain-view.ts';

/** Finds hours that contradict themselves, and dates and calendars that decide nothing any more. */
export function checkHours(view: JudgedView, report: Report, { today }: Circumstances): void {
  const dates = Object.keys(view.settings.calendar ?? {}).sort();
  const calendar = { dates, today, isFileAlone: view.isFileAlone ?? false };
  const check = (hours: Frozen<Hours> | undefined, at: KeyPath | undefined): void => {
    // What an earlier file said is not this file's to mend.
    if (hours === undefined || at === undefined) return;
    checkRanges(hours, at, report);
    checkExceptions(hours, at, today, report);
    checkCalendar(hours, at, calendar, report);
  };
  for (const { object: scheme, path } of view.fresh.schemes) check(scheme.hours, below(path, 'hours'));
  for (const { object: user, path } of view.fresh.users) check(user.hours, below(path, 'hours'));
  for (const { object: number, path } of view.fresh.numbers) {
    for (const [index, { hours }] of (number.schedule ?? []).entries()) {
      check(hours, below(path, 'schedule', index, 'hours'));
    }
  }
}

function checkRanges(hours: Frozen<Hours>, path: KeyPath | undefined, report: Report): void {
  const { except = {}, ...keys } = hours;
  for (const [key, open] of Object.entries(keys)) checkDay(open as Frozen<OpenHours>, below(path, key), report);
  for (const [date, open] of Object.entries(except)) checkDay(open, below(path, 'except', date), report);
}

function checkDay(open: Frozen<OpenHours>, path: KeyPath | undefined, report: Report): void {
  const [first, ...more] = spansOf(open);
  let last = first;
  for (const span of more) {
    if (last === undefined) return;
    if (span.from <= last.to) {
      const both = `${spanText(last)} and ${spanText(span)}`;
      const one = `write one range, "${spanText({ from: last.from, to: Math.max(last.to, span.to) })}"`;
      if (span.from < last.to) report('error', path, `${both} overlap`, `${one}, or take them apart`);
      else report('warning', path, `${both} touch`, one);
    }
    if (span.to > last.to) last = span;
  }
}

function checkExceptions(hours: Frozen<Hours>, path: KeyPath | undefined, today: string | undefined, report: Report) {
  if (today === undefined) return;
  const past = Object.keys(hours.except ?? {}).filter((date) => date < today);
  const [first] = past;
  if (first === undefined) return;
  const others = past.length === 1 ? '' : `, and ${past.length - 1} more with it`;
  report('warning', below(path, 'except', first), `${first} is past${others}`, 'remove it', 'key');
}

interface CalendarKnown {
  /** Sorted. */
  readonly dates: readonly string[];
  readonly today: string | undefined;
  readonly isFileAlone: boolean;
}

function checkCalendar(
  hours: Frozen<Hours>,
  path: KeyPath | undefined,
  { dates, today, isFileAlone }: CalendarKnown,
  report: Report,
): void {
  const key = CALENDAR_KEYS.find((name) => hours[name] !== undefined);
  if (key === undefined) return;
  const remedy = 'add calendar: to the domain, or run vats calendar import with a production calendar';
  const warn = (why: string, what = remedy): void => report('warning', below(path, key), why, what, 'key');
  const last = dates.at(-1);
  if (last === undefined) {
    if (isFileAlone)
      warn(`${key} has no effect unless vats calendar import has written a calendar: this file has none`);
    else warn(`${key} has no effect: the domain has no calendar`);
  } else if (today !== undefined && last < today) {
    warn(`${key} has no effect: the calendar ends on ${last}`);
  } else if (today !== undefined) {
    const year = Number(today.slice(0, 4));
    const left = dayOf(`${year + 1}-01-01`) - dayOf(today);
    if (left >= CALENDAR_ASKED_BEFORE_DAYS || last > `${year + 1}`) return;
    const why = `${key} has no effect from ${year + 1}-01-01 on: the calendar has no days of ${year + 1}`;
    warn(why, `run vats calendar import with the production calendar of ${year + 1}, or add its days to calendar:`);
  }
}

function spanText({ from, to }: { readonly from: number; readonly to: number }): string {
  return `${timeText(from)}-${timeText(to)}`;
}

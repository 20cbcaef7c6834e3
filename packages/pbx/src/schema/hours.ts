import { z } from 'zod';
import { calendarDate } from './calendar.ts';
import { fault, shown, textThat } from './fault.ts';

/** Days of the week as keys of `hours` name them, Monday first. */
export const DAYS: readonly string[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** The days that a key of `hours` names, 1 (Monday) to 7: 'mon-fri', 'sat', 'mon,wed,fri'; undefined for no such key. */
export function parseDays(text: string): number[] | undefined {
  const days = new Set<number>();
  for (const part of text.split(',')) {
    const [first, last = first, ...more] = part.trim().split('-');
    const from = DAYS.indexOf(first ?? '');
    const to = DAYS.indexOf(last ?? '');
    if (from < 0 || to < 0 || more.length > 0) return undefined;
    // 'fri-mon' goes round the week's end.
    for (let day = from; ; day = (day + 1) % 7) {
      days.add(day + 1);
      if (day === to) break;
    }
  }
  return [...days].sort((a, b) => a - b);
}

/** Minutes from midnight; `to` at most 1440, and before `from` where the range goes on after midnight. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

/** Reads '09:00-18:00'; '22:00-06:00' crosses midnight, '00:00-24:00' is the whole day. */
export function parseTimeRange(text: string): TimeRange | undefined {
  const match = /^([01]?\d|2[0-3]):([0-5]\d)-([01]?\d|2[0-4]):([0-5]\d)$/.exec(text);
  if (match === null) return undefined;
  const [, fromHour, fromMinute, toHour, toMinute] = match;
  const from = Number(fromHour) * 60 + Number(fromMinute);
  const to = Number(toHour) * 60 + Number(toMinute);
  return to > 1440 || from === to ? undefined : { from, to };
}

const timeRange = textThat(
  (text) => parseTimeRange(text) !== undefined,
  (text) => `${text} is not a range of hours`,
  'write "09:00-18:00", a list of such ranges, or closed',
);
const openHours = z.union([z.literal('closed'), timeRange, z.array(timeRange).min(1)]);
/** What holds on one day: `closed`, a range, or several. */
export type OpenHours = z.output<typeof openHours>;

/** Keys of `hours` that name no day of the week: what holds on a day of each kind of the domain's calendar. */
export const CALENDAR_KEYS = ['holidays', 'short', 'work'] as const;
const NO_DAYS: readonly string[] = ['except', ...CALENDAR_KEYS];

/**
 * When a scheme is open: keys name days of the week, `except` dates; `holidays`, `short` and `work` say what holds on days
 * that the domain's calendar calls off, short and work. What no key names is closed.
 */
export const hours = z
  .object({
    except: z.record(calendarDate, openHours).exactOptional(),
    /** Days off; closed unless given. */
    holidays: openHours.exactOptional(),
    /** Shortened days that have hours at all; unless given, the last range ends an hour earlier. */
    short: openHours.exactOptional(),
    /** Moved working days; unless given, as the nearest of Monday to Friday before it that has hours. */
    work: openHours.exactOptional(),
  })
  .catchall(openHours)
  .check((ctx) => {
    const seen = new Map<number, string>();
    for (const key of Object.keys(ctx.value)) {
      if (NO_DAYS.includes(key)) continue;
      const days = parseDays(key);
      if (days === undefined) {
        ctx.issues.push({
          ...fault(
            `${shown(key)} is not a day of the week`,
            `write mon to sun, a range such as mon-fri, or a list such as mon,wed; or one of ${NO_DAYS.join(', ')}`,
            [key],
          ),
          input: key,
        });
      }
      for (const day of days ?? []) {
        const before = seen.get(day);
        if (before !== undefined) {
          ctx.issues.push({
            ...fault(`${DAYS[day - 1]} is in ${shown(before)} already`, 'name each day once', [key]),
            input: key,
          });
        }
        seen.set(day, key);
      }
    }
  });
export type Hours = z.output<typeof hours>;

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Calendar } from '../schema/calendar.ts';
import { DAYS, type Hours, hours, type OpenHours } from '../schema/hours.ts';
import { scheduleAt } from './schedule-at.ts';

/*
 * Random hours (each day of the week closed, one or two ranges that may overlap or cross midnight, exceptions and calendar
 * days around the moment), in zones with every kind of change, at moments of which half lie within two days of a change.
 * They are compared with a reference that asks Intl what the wall shows, minute by minute, and reads the hours literally.
 */
const RUNS = 300;
/** So far the reference steps through every minute; beyond, through every 13th. */
const EVERY_MINUTE = 1_500;
const MINUTE = 60_000;

const ZONES = [
  'Europe/Berlin',
  'America/New_York',
  'Asia/Kolkata',
  'Europe/Moscow',
  'America/Santiago',
  'Asia/Beirut',
  'Australia/Lord_Howe',
];
/** Changes of clocks in 2026, of those zones and of others. */
const CHANGES = [
  [2, 8, 7],
  [2, 28, 22],
  [2, 29, 1],
  [3, 4, 15],
  [3, 5, 3],
  [8, 6, 4],
  [9, 3, 15],
  [9, 24, 21],
  [9, 25, 1],
  [10, 1, 6],
].map(([month = 0, day = 0, hour = 0]) => Date.UTC(2026, month, day, hour));

const twoDigits = (n: number): string => String(n).padStart(2, '0');
const time = fc.tuple(fc.nat(23), fc.constantFrom(0, 0, 15, 30, 59)).map(([h, m]) => `${twoDigits(h)}:${twoDigits(m)}`);
const range = fc
  .tuple(time, fc.oneof(time, fc.constant('24:00')))
  .filter(([from, to]) => from !== to)
  .map(([from, to]) => `${from}-${to}`);
const open: fc.Arbitrary<OpenHours> = fc.oneof(
  fc.constant('closed' as const),
  range,
  fc.array(range, { minLength: 1, maxLength: 2 }),
);
const moment = fc.oneof(
  fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2027, 11, 31) }),
  fc.tuple(fc.constantFrom(...CHANGES), fc.integer({ min: -2_880, max: 2_880 })).map(([at, by]) => at + by * MINUTE),
);
const dateNear = (at: number) => fc.integer({ min: -2, max: 4 }).map((days) => isoDate(at + days * 86_400_000));

const asked = moment.chain((at) =>
  fc.record({
    at: fc.constant(at),
    timezone: fc.constantFrom(...ZONES),
    calendar: fc.dictionary(dateNear(at), fc.constantFrom('off' as const, 'work' as const, 'short' as const), {
      maxKeys: 4,
    }),
    written: fc.record(
      {
        ...Object.fromEntries(DAYS.map((day) => [day, open])),
        except: fc.dictionary(dateNear(at), open, { maxKeys: 2 }),
        holidays: open,
        short: open,
        work: open,
      },
      { requiredKeys: [] },
    ),
  }),
);

test('open is what the wall says, and until the first moment at which it says otherwise', () => {
  fc.assert(
    fc.property(asked, ({ at, timezone, calendar, written }) => {
      const read = hours.parse(written);
      const isOpen = reference(read, calendar, timezone);
      const schedule = scheduleAt(read, { timezone, calendar }, at);
      expect(schedule.open).toBe(isOpen(at));
      const end = schedule.until ?? at + 16 * 86_400_000;
      expect(end).toBeGreaterThan(at);
      // Each beginning of a minute after `at`; within one nothing changes.
      let minute = Math.floor(at / MINUTE) * MINUTE + MINUTE;
      for (let count = 0; minute < end; count++, minute += (count < EVERY_MINUTE ? 1 : 13) * MINUTE) {
        if (isOpen(minute) !== schedule.open)
          throw new Error(`it changes at ${new Date(minute).toISOString()} already`);
      }
      if (schedule.until !== undefined) {
        expect(isOpen(schedule.until - 1)).toBe(schedule.open);
        expect(isOpen(schedule.until)).toBe(!schedule.open);
        // Whoever asks on the way hears the same, and whoever asks anew too.
        const between = at + Math.floor((schedule.until - at) / 2);
        expect(scheduleAt(read, { timezone, calendar }, between).until).toBe(schedule.until);
        expect(scheduleAt({ ...read }, { timezone, calendar }, between).until).toBe(schedule.until);
      }
    }),
    { numRuns: RUNS },
  );
}, 60_000);

/** Reads hours as a person would, with the wall clock that Intl shows. */
function reference(read: Hours, calendar: Calendar, timezone: string): (at: number) => boolean {
  const wall = new Intl.DateTimeFormat('sv-SE', { timeZone: timezone, dateStyle: 'short', timeStyle: 'medium' });
  const days = new Map<string, readonly [number, number][]>();
  const rangesOf = (date: string): readonly [number, number][] => {
    let ranges = days.get(date);
    if (ranges === undefined) {
      ranges = rangesOn(read, calendar, date);
      days.set(date, ranges);
    }
    return ranges;
  };
  return (at) => {
    const [date = '', clock = ''] = wall.format(at).split(' ');
    const minutes = minutesOf(clock);
    const before = isoDate(Date.parse(date) - 86_400_000);
    return (
      rangesOf(date).some(([from, to]) => from <= minutes && minutes < to) ||
      rangesOf(before).some(([from, to]) => from <= minutes + 1_440 && minutes + 1_440 < to)
    );
  };
}

function rangesOn(read: Hours, calendar: Calendar, date: string): [number, number][] {
  const keys = read as Record<string, OpenHours | undefined>;
  const weekday = (Number(new Date(date).getUTCDay()) + 6) % 7;
  const onWeekday = (index: number): [number, number][] => rangesIn(keys[DAYS[index] ?? '']);
  const excepted = read.except?.[date];
  if (excepted !== undefined) return rangesIn(excepted);
  const kind = calendar[date];
  if (kind === undefined) return onWeekday(weekday);
  if (kind === 'off') return rangesIn(read.holidays);
  let full = onWeekday(weekday);
  if (kind === 'work' || weekday > 4) {
    const candidates = weekday > 4 ? [4, 3, 2, 1, 0] : [0, 1, 2, 3, 4].map((back) => (weekday - back + 5) % 5);
    const worked = candidates.find((index) => onWeekday(index).length > 0);
    if (read.work !== undefined) full = rangesIn(read.work);
    else if (worked !== undefined) full = onWeekday(worked);
  }
  if (kind === 'work' || full.length === 0) return full;
  if (read.short !== undefined) return rangesIn(read.short);
  const end = Math.max(...full.map(([, to]) => to)) - 60;
  return full.map(([from, to]) => [from, Math.min(to, end)]);
}

function rangesIn(said: OpenHours | undefined): [number, number][] {
  if (said === undefined || said === 'closed') return [];
  return [said].flat().map((text) => {
    const [from = 0, to = 0] = text.split('-').map(minutesOf);
    return [from, to < from ? to + 1_440 : to];
  });
}

function minutesOf(clock: string): number {
  const [h = '', m = ''] = clock.split(':');
  return Number(h) * 60 + Number(m);
}

function isoDate(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

import { expect, test } from 'vitest';
import { boundsAt, boundsTalk, DEFAULT_COSTLY } from './bounds.ts';
import { LocalTime } from './local-time.ts';

const NOON = 12 * 60;
const MIDNIGHT = 0;

test('a domain that says nothing bounds costly calls, and no others', () => {
  expect(boundsAt(undefined, true, NOON)).toEqual({ all: {}, costly: DEFAULT_COSTLY.day });
  expect(boundsAt(undefined, true, MIDNIGHT).costly).toEqual({ ...DEFAULT_COSTLY.day, ...DEFAULT_COSTLY.night });
  expect(boundsAt(undefined, false, MIDNIGHT)).toEqual({ all: {}, costly: {} });
  expect(boundsAt({ calls: 5 }, true, NOON)).toEqual({ all: { calls: 5 }, costly: DEFAULT_COSTLY.day });
});

test('an own block of costly calls takes the place of the default as a whole', () => {
  expect(boundsAt({ costly: { calls: 9 } }, true, MIDNIGHT).costly).toEqual({ calls: 9 });
  expect(boundsAt({ costly: 'none' }, true, MIDNIGHT).costly).toEqual({});
});

test('the night replaces the keys that it names, from its first minute to before its last', () => {
  const limits = {
    calls: 5,
    callsPerHour: 50,
    costly: { calls: 2 },
    night: { hours: '22:00-07:00', calls: 1, costly: { callsPerHour: 3 } },
  };
  const byDay = { all: { calls: 5, callsPerHour: 50 }, costly: { calls: 2 } };
  const atNight = { all: { calls: 1, callsPerHour: 50 }, costly: { calls: 2, callsPerHour: 3 } };
  expect(boundsAt(limits, true, 21 * 60 + 59)).toEqual(byDay);
  expect(boundsAt(limits, true, 22 * 60)).toEqual(atNight);
  expect(boundsAt(limits, true, 6 * 60 + 59)).toEqual(atNight);
  expect(boundsAt(limits, true, 7 * 60)).toEqual(byDay);
  expect(boundsAt({ night: { hours: '01:00-05:00', costly: 'none' } }, true, 2 * 60).costly).toEqual({});
});

test('talk is allowed in portions where it is bounded at any hour', () => {
  expect(boundsTalk(undefined, true, true)).toBe(true);
  expect(boundsTalk(undefined, true, false)).toBe(false);
  expect(boundsTalk({ costly: 'none' }, true, true)).toBe(false);
  expect(boundsTalk({ night: { hours: '22:00-07:00', minutesPerHour: 1 } }, false, false)).toBe(true);
  expect(boundsTalk({ costly: { moneyPerDay: 1 } }, false, false)).toBe(false);
});

test('the minute of the day is the zone’s, over a change of summer time', () => {
  const time = new LocalTime();
  expect(time.minuteOfDay('Europe/Moscow', Date.UTC(2026, 0, 1, 21, 30))).toBe(30);
  expect(time.minuteOfDay('Europe/Berlin', Date.UTC(2026, 2, 29, 0, 59))).toBe(119);
  expect(time.minuteOfDay('Europe/Berlin', Date.UTC(2026, 2, 29, 1, 0))).toBe(180);
});

import { expect, test } from 'vitest';
import { hours, parseDays, parseTimeRange } from './hours.ts';

test.each([
  ['mon', [1]],
  ['mon-fri', [1, 2, 3, 4, 5]],
  ['sat,sun', [6, 7]],
  ['fri-mon', [1, 5, 6, 7]],
  ['mon, wed', [1, 3]],
  ['sun', [7]],
])('%s names the days %j', (text, days) => {
  expect(parseDays(text)).toEqual(days);
});

test.each(['', 'mon-', 'monday', 'mon-fry', 'mon-tue-wed', 'mon,', 'Mon'])('%j names no days', (text) => {
  expect(parseDays(text)).toBeUndefined();
});

test.each([
  ['09:00-18:00', { from: 540, to: 1080 }],
  ['9:30-18:05', { from: 570, to: 1085 }],
  ['22:00-06:00', { from: 1320, to: 360 }],
  ['00:00-24:00', { from: 0, to: 1440 }],
])('%s is %j in minutes', (text, range) => {
  expect(parseTimeRange(text)).toEqual(range);
});

test.each(['', '09:00', '09:00-24:01', '25:00-26:00', '09:60-10:00', '09:00-09:00', '09-18', '9:0-18:0'])(
  '%j is no range of hours',
  (text) => {
    expect(parseTimeRange(text)).toBeUndefined();
  },
);

test('a day stands under one key only', () => {
  expect(hours.safeParse({ 'mon-fri': '09:00-18:00', wed: 'closed' }).success).toBe(false);
  expect(hours.safeParse({ 'mon-fri': '09:00-18:00', 'sat,sun': 'closed' }).success).toBe(true);
});

test('holidays, short and work stand beside the days; any of them may be closed', () => {
  const written = {
    'mon-fri': '09:00-18:00',
    holidays: 'closed',
    short: ['09:00-12:00', '13:00-16:00'],
    work: '10:00-14:00',
  };
  expect(hours.parse(written)).toEqual(written);
  expect(hours.safeParse({ ...written, short: 'off' }).success).toBe(false);
});

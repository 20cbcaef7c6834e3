import { expect, test } from 'vitest';
import { z } from 'zod';
import { hours, parseDays, parseTimeRange, scheme, schemeStep } from './scheme.ts';

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

test.each([
  [{ ring: '201' }, { ring: { to: ['201'] } }],
  [{ ring: ['201', '8 (495) 123-45-67'] }, { ring: { to: ['201', '+74951234567'] } }],
  [{ ring: { to: ['201'], order: 'in-turn', ring: '20s' } }, { ring: { to: ['201'], order: 'in-turn', ring: 20_000 } }],
])('the step %j reads as %j and is written as short as it can be', (written, read) => {
  expect(z.decode(schemeStep, written)).toEqual(read);
  expect(z.decode(schemeStep, z.encode(schemeStep, read as z.output<typeof schemeStep>))).toEqual(read);
});

test('a menu within a menu is read to the bottom', () => {
  const written = {
    menu: { prompt: 'a', keys: { '1': { menu: { prompt: 'b', keys: { '#': { goto: 'x' } }, timeout: '5s' } } } },
  };
  expect(z.decode(schemeStep, written)).toEqual({
    menu: { prompt: 'a', keys: { '1': { menu: { prompt: 'b', keys: { '#': { goto: 'x' } }, timeout: 5_000 } } } },
  });
});

test.each([[{}], [{ play: 'a', ring: '201' }], [{ ring: 'nobody' }], [{ ring: [] }], [{ hangup: 'rudely' }], ['ring']])(
  '%j is no step',
  (step) => {
    expect(schemeStep.safeParse(step).success).toBe(false);
  },
);

test('a scheme with hours says what happens outside them, one without has no outside', () => {
  const open = [{ ring: '201' }];
  expect(scheme.safeParse({ name: 'a', open }).success).toBe(true);
  expect(scheme.safeParse({ name: 'a', open, closed: open }).success).toBe(false);
  expect(scheme.safeParse({ name: 'a', open, hours: { mon: '09:00-18:00' } }).success).toBe(false);
});

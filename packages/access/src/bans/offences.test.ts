import { FakeClock } from '@vats/kernel/testing';
import { expect, test } from 'vitest';
import { banTime, Offences } from './offences.ts';

const DAY = 86_400_000;

const ban = (id: string, offence: number) => ({ id, offence });

test('offences count until 7 days after the last ban ended', () => {
  const clock = new FakeClock();
  const offences = new Offences(clock);
  offences.note('a', ban('1', 2), clock.now() + DAY);
  clock.advance(8 * DAY - 1);
  expect(offences.of('a')).toBe(2);
  expect(offences.sweep()).toEqual([]);
  clock.advance(1);
  expect(offences.of('a')).toBe(0);
  expect(offences.isIn('a', '1')).toBe(false);
  expect(offences.sweep()).toEqual(['1']);
});

test('an older, smaller count does not replace a newer one', () => {
  const clock = new FakeClock();
  const offences = new Offences(clock);
  expect(offences.note('a', ban('3', 3), clock.now())).toEqual([]);
  expect(offences.note('a', ban('1', 1), clock.now() - DAY)).toEqual(['1']);
  expect(offences.of('a')).toBe(3);
  expect(offences.isIn('a', '3')).toBe(true);
  expect(offences.forget('a')).toEqual(['3']);
  expect(offences.of('a')).toBe(0);
});

test('it tells which ban nobody needs any more for it', () => {
  const clock = new FakeClock();
  const offences = new Offences(clock, 2);
  expect(offences.note('a', ban('1', 1), clock.now())).toEqual([]);
  expect(offences.note('a', ban('1', 1), clock.now() + 1)).toEqual([]);
  expect(offences.note('a', ban('2', 2), clock.now())).toEqual(['1']);
  expect(offences.note('b', ban('3', 1), clock.now())).toEqual([]);
  expect(offences.note('c', ban('4', 1), clock.now())).toEqual(['2']);
  expect(offences.note('d', ban('5', 1), clock.now() - 7 * DAY)).toEqual(['5']);
  expect(['a', 'b', 'c', 'd'].map((subject) => offences.of(subject))).toEqual([0, 1, 1, 0]);
});

test('each ban is twice as long as the one before, up to the longest', () => {
  expect([1, 2, 3, 4, 5, 10_000].map((offence) => banTime(10, offence, 100))).toEqual([10, 20, 40, 80, 100, 100]);
});

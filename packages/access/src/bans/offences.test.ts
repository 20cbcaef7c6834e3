import { FakeClock } from '@vats/kernel/testing';
import { expect, test } from 'vitest';
import { banTime, Offences } from './offences.ts';

const DAY = 86_400_000;

test('offences count until 7 days after the last ban ended', () => {
  const clock = new FakeClock();
  const offences = new Offences(clock);
  offences.note('a', 2, clock.now() + DAY);
  clock.advance(8 * DAY - 1);
  expect(offences.of('a')).toBe(2);
  clock.advance(1);
  expect(offences.of('a')).toBe(0);
});

test('an older, smaller count does not replace a newer one', () => {
  const clock = new FakeClock();
  const offences = new Offences(clock);
  offences.note('a', 3, clock.now());
  offences.note('a', 1, clock.now() - DAY);
  expect(offences.of('a')).toBe(3);
  offences.forget('a');
  expect(offences.of('a')).toBe(0);
});

test('each ban is twice as long as the one before, up to the longest', () => {
  expect([1, 2, 3, 4, 5, 10_000].map((offence) => banTime(10, offence, 100))).toEqual([10, 20, 40, 80, 100, 100]);
});

import { expect, test } from 'vitest';
import { Hearing } from './hearing.ts';

test('everybody hears everybody until told otherwise, and exceptions are counted once each', () => {
  const hearing = new Hearing();
  expect([hearing.hears(3, 5), hearing.exceptionsOf(3)]).toEqual([true, 0]);
  hearing.set(3, 5, false);
  hearing.set(3, 5, false);
  hearing.set(3, 99, false);
  expect([hearing.hears(3, 5), hearing.hears(5, 3), hearing.exceptionsOf(3)]).toEqual([false, true, 2]);
  hearing.set(3, 5, true);
  expect([hearing.hears(3, 5), hearing.exceptionsOf(3)]).toEqual([true, 1]);
});

test('a place that is left is no exception for anybody', () => {
  const hearing = new Hearing();
  hearing.set(3, 5, false);
  hearing.set(5, 7, false);
  hearing.set(3, 7, false);
  hearing.reset(5);
  expect([hearing.exceptionsOf(3), hearing.exceptionsOf(5), hearing.hears(3, 7)]).toEqual([1, 0, false]);
});

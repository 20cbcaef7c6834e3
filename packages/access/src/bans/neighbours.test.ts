import { FakeClock } from '@vats/kernel/testing';
import { expect, test } from 'vitest';
import { Neighbours } from './neighbours.ts';

const HOUR = 3_600_000;

test('four different networks within a day are enough', () => {
  const clock = new FakeClock();
  const neighbours = new Neighbours(clock);
  const note = (network: string) => neighbours.note(network, 'wide', clock.now());
  expect(['a', 'b', 'a', 'c', 'a', 'c'].map(note)).toEqual([false, false, false, false, false, false]);
  expect(neighbours.note('d', 'elsewhere', clock.now())).toBe(false);
  expect(note('d')).toBe(true);
  expect(note('e')).toBe(true);
});

test('those of yesterday do not count', () => {
  const clock = new FakeClock();
  const neighbours = new Neighbours(clock);
  neighbours.note('a', 'wide', clock.now());
  clock.advance(12 * HOUR);
  for (const network of ['b', 'c']) neighbours.note(network, 'wide', clock.now());
  clock.advance(12 * HOUR);
  expect(neighbours.note('d', 'wide', clock.now())).toBe(false);
  expect(neighbours.note('e', 'wide', clock.now() - 24 * HOUR)).toBe(false);
  expect(neighbours.note('e', 'wide', clock.now())).toBe(true);
});

test('a mistake does not count', () => {
  const clock = new FakeClock();
  const neighbours = new Neighbours(clock);
  for (const network of ['a', 'b', 'c']) neighbours.note(network, 'wide', clock.now());
  neighbours.forget('a', 'wide');
  expect(neighbours.note('d', 'wide', clock.now())).toBe(false);
});

import { SeededRandom } from '@vats/kernel/testing';
import { expect, test } from 'vitest';
import { glareDelay, retryAfterSeconds } from './glare.ts';

const drawn = (draw: (random: SeededRandom) => number) => {
  const random = new SeededRandom();
  return Array.from({ length: 5_000 }, () => draw(random));
};

test('the owner of the Call-ID waits 2.1 to 4 s, the other side 0 to 2 s, in steps of 10 ms (RFC 3261 §14.1)', () => {
  const owner = drawn((random) => glareDelay(true, random));
  const other = drawn((random) => glareDelay(false, random));
  expect([Math.min(...owner), Math.max(...owner)]).toEqual([2_100, 4_000]);
  expect([Math.min(...other), Math.max(...other)]).toEqual([0, 2_000]);
  expect([...owner, ...other].filter((delay) => delay % 10 !== 0)).toEqual([]);
});

test('Retry-After is 0 to 10 s (RFC 3261 §14.2)', () => {
  expect([...new Set(drawn(retryAfterSeconds))].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
});

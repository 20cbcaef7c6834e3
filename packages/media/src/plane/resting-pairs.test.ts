import { FakeClock, SeededRandom } from '@vats/kernel/testing';
import { afterEach, expect, test } from 'vitest';
import { BoundPair } from './bound-pair.ts';
import { RestingPairs } from './resting-pairs.ts';

const clock = new FakeClock();
const open: BoundPair[] = [];

afterEach(() => {
  for (const pair of open.splice(0)) pair.close();
});

function resting(most: number, seed = 1): RestingPairs {
  return new RestingPairs({ random: new SeededRandom(seed), clock, restMs: 30_000, most });
}

function bound(count: number): BoundPair[] {
  const pairs = Array.from({ length: count }, (_, i) => BoundPair.bind('127.0.0.1', 40_000 + 2 * i));
  for (const pair of pairs) if (pair instanceof BoundPair) open.push(pair);
  return [...open];
}

test('a pair is drawn once, not before it has rested', () => {
  const pairs = resting(10);
  const [first, second] = bound(2);
  expect(pairs.keep(first!)).toBe(true);
  clock.advance(29_999);
  pairs.keep(second!);
  expect([pairs.draw(), pairs.rested, pairs.size]).toEqual([undefined, 0, 2]);
  clock.advance(1);
  expect(pairs.rested).toBe(1);
  expect(pairs.draw()).toBe(first);
  expect(pairs.draw()).toBeUndefined();
  expect(pairs.empty()).toEqual([second]);
  expect(pairs.size).toBe(0);
});

test('no more are kept than may be, rested ones counted too', () => {
  const pairs = resting(1);
  const [first, second] = bound(2);
  pairs.keep(first!);
  clock.advance(30_000);
  expect(pairs.keep(second!)).toBe(false);
  pairs.draw();
  expect(pairs.keep(second!)).toBe(true);
});

test('in which order they come back nobody can foresee', () => {
  const all = bound(20);
  const orders = [1, 2].map((seed) => {
    const pairs = resting(20, seed);
    for (const pair of all) pairs.keep(pair);
    clock.advance(30_000);
    return all.map(() => pairs.draw()?.port);
  });
  const inOrder = all.map(({ port }) => port);
  for (const order of orders) {
    expect(order).not.toEqual(inOrder);
    expect(order.toSorted()).toEqual(inOrder);
  }
  expect(orders[0]).not.toEqual(orders[1]);
});

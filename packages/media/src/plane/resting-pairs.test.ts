import { FakeClock, SeededRandom } from '@vats/kernel/testing';
import { afterEach, expect, test } from 'vitest';
import { BoundPair } from './bound-pair.ts';
import { RestingPairs } from './resting-pairs.ts';

const clock = new FakeClock();
const open: BoundPair[] = [];
let closed: number[];

afterEach(() => {
  for (const pair of open.splice(0)) if (!closed.includes(pair.port)) pair.close();
});

const REST_MS = 30_000;

function resting(most: number, seed = 1): RestingPairs {
  closed = [];
  const random = new SeededRandom(seed);
  return new RestingPairs({ random, clock, restMs: REST_MS, most, closed: (port) => void closed.push(port) });
}

function bound(count: number): BoundPair[] {
  // Another test, or any program, may have some of them.
  for (let port = 40_000; open.length < count; port += 2) {
    const pair = BoundPair.bind('127.0.0.1', port);
    if (pair instanceof BoundPair) open.push(pair);
  }
  return [...open];
}

test('a pair is drawn once, not before it has rested', () => {
  const pairs = resting(10);
  const [first, second] = bound(2);
  pairs.keep(first!);
  clock.advance(REST_MS - 1);
  pairs.keep(second!);
  expect([pairs.draw(), pairs.rested, pairs.size]).toEqual([undefined, 0, 2]);
  clock.advance(1);
  expect(pairs.rested).toBe(1);
  expect(pairs.draw()).toBe(first);
  expect([pairs.draw(), pairs.size]).toEqual([undefined, 1]);
});

test('no more are kept than may be, rested ones counted too', () => {
  const pairs = resting(1);
  const [first, second, third] = bound(3);
  pairs.keep(first!);
  clock.advance(REST_MS);
  pairs.keep(second!);
  expect(closed).toEqual([second!.port]);
  expect(pairs.draw()).toBe(first);
  pairs.keep(third!);
  expect([pairs.size, closed.length]).toEqual([1, 1]);
});

test('those that are not needed are closed, a portion at a time', () => {
  const pairs = resting(10);
  const all = bound(6);
  for (const pair of all) pairs.keep(pair);
  pairs.closeSome(2, 1);
  expect(closed).toEqual([]);
  clock.advance(REST_MS);
  pairs.closeSome(2, 1);
  expect(closed).toHaveLength(2);
  pairs.closeSome(20, 1);
  expect([closed.length, pairs.rested]).toEqual([5, 1]);
  pairs.close();
  expect([closed.toSorted(), pairs.size]).toEqual([all.map(({ port }) => port), 0]);
});

test('in which order they come back nobody can foresee', () => {
  const all = bound(20);
  const orders = [1, 2].map((seed) => {
    const pairs = resting(20, seed);
    for (const pair of all) pairs.keep(pair);
    clock.advance(REST_MS);
    return all.map(() => pairs.draw()?.port);
  });
  const inOrder = all.map(({ port }) => port);
  for (const order of orders) {
    expect(order).not.toEqual(inOrder);
    expect(order.toSorted()).toEqual(inOrder);
  }
  expect(orders[0]).not.toEqual(orders[1]);
});

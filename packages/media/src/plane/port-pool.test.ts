import { FakeClock, SeededRandom } from '@vats/kernel/testing';
import { expect, test } from 'vitest';
import { PortPool, pairsWithin, REST_MS } from './port-pool.ts';

test.each([
  [20_000, 20_005, [20_000, 20_002, 20_004]],
  [20_001, 20_005, [20_002, 20_004]],
  [20_000, 20_000, []],
  [20_001, 20_002, []],
])('pairs within %i-%i: %j', (first, last, pairs) => {
  expect(pairsWithin(first, last)).toEqual(pairs);
});

function pool(pairs: readonly number[], seed = 1) {
  const clock = new FakeClock();
  return { clock, pool: new PortPool({ pairs, random: new SeededRandom(seed), clock }) };
}

test('checklist 21: every pair is drawn once, in an order that nobody can foresee, and then there are none', () => {
  const pairs = pairsWithin(20_000, 20_199);
  const draws = [1, 2].map((seed) => {
    const { pool: one } = pool(pairs, seed);
    return pairs.map(() => one.draw());
  });
  for (const drawn of draws) expect([...drawn].sort()).toEqual(pairs);
  expect(draws[0]).not.toEqual(pairs);
  expect(draws[0]).not.toEqual(draws[1]);
  const { pool: empty } = pool([]);
  expect(empty.draw()).toBeUndefined();
});

test('checklist 21: a pair is not drawn again before it has rested', () => {
  const { pool: one, clock } = pool([20_000, 20_002]);
  const first = one.draw()!;
  const second = one.draw()!;
  one.rest(first);
  clock.advance(REST_MS - 1);
  one.rest(second);
  expect([one.draw(), one.free]).toEqual([undefined, 0]);
  clock.advance(1);
  expect(one.draw()).toBe(first);
  expect(one.draw()).toBeUndefined();
  clock.advance(REST_MS - 1);
  expect(one.draw()).toBe(second);
});

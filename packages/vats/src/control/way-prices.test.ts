import type { Rate } from '@vats/pbx';
import { expect, test } from 'vitest';
import { whyFirst } from './way-prices.ts';

const rate = (perMinute: number): Rate => ({ prefix: '7', perMinute, connection: 0, first: 60, next: 60, name: '' });
const way = (trunk: string, perMinute?: number, down?: string) => ({
  ...{ trunk, send: '7' },
  ...(perMinute !== undefined && { rate: rate(perMinute * 10_000) }),
  ...(down !== undefined && { down }),
});

test.each([
  [[way('a', 1), way('b', 2)], 'a goes first: a call of 3 minutes costs 3 by it (b 6)'],
  [[way('a', 1)], 'a goes first: a call of 3 minutes costs 3 by it'],
  [
    [way('b', 2), way('a', 1, 'down')],
    'b goes first: a call of 3 minutes costs 6 by it (a 3); a would be before it, but is down',
  ],
  [[way('a', 1), way('b', 2, 'down')], 'a goes first: a call of 3 minutes costs 3 by it (b 6)'],
  [
    [way('b'), way('a', 1, 'down')],
    'b goes first: no trunk that is up has a known price; a would be before it, but is down',
  ],
  [[way('a', 1, 'down')], 'all its trunks are down: a is tried first, in the order of prices'],
])('%#: %s', (ways, why) => {
  expect(whyFirst(ways)).toBe(why);
});

import { SeededRandom } from '@vats/kernel/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { SrvRecord } from './dns.ts';
import { orderOf } from './srv-order.ts';

const record = fc.record({
  priority: fc.integer({ min: 0, max: 3 }),
  weight: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 65_535 })),
  port: fc.integer({ min: 1, max: 65_535 }),
  target: fc.constantFrom('a.example', 'b.example', 'c.example'),
});

test('every record once, lower priorities first (200 runs of up to 20 records)', () => {
  fc.assert(
    fc.property(fc.array(record, { maxLength: 20 }), fc.nat(), (records, seed) => {
      const ordered = orderOf(records, new SeededRandom(seed));
      expect(new Set(ordered)).toEqual(new Set(records));
      expect(ordered.length).toBe(records.length);
      const priorities = ordered.map(({ priority }) => priority);
      expect(priorities).toEqual([...priorities].sort((one, other) => one - other));
    }),
    { numRuns: 200 },
  );
});

/** How often each comes first in so many draws. */
function firsts(records: readonly SrvRecord[], draws: number): Record<string, number> {
  const random = new SeededRandom(2782);
  const counts: Record<string, number> = {};
  for (let i = 0; i < draws; i++) {
    const target = orderOf(records, random)[0]!.target;
    counts[target] = (counts[target] ?? 0) + 1;
  }
  return counts;
}

const server = (target: string, weight: number, priority = 10): SrvRecord => ({ priority, weight, port: 5060, target });

test('within a priority each comes first in proportion to its weight', () => {
  const counts = firsts([server('a', 60), server('b', 30), server('c', 10), server('d', 1000, 20)], 20_000);
  expect(counts.d).toBeUndefined();
  expect(counts.a! / 20_000).toBeCloseTo(0.6, 1);
  expect(counts.b! / 20_000).toBeCloseTo(0.3, 1);
  expect(counts.c! / 20_000).toBeCloseTo(0.1, 1);
});

test('weight 0 beside others comes first seldom, but it does; alone, all alike', () => {
  const beside = firsts([server('heavy', 99), server('zero', 0)], 20_000);
  expect(beside.zero! / 20_000).toBeGreaterThan(0.005);
  expect(beside.zero! / 20_000).toBeLessThan(0.02);
  const alone = firsts([server('a', 0), server('b', 0)], 2_000);
  expect(alone.a! / 2_000).toBeCloseTo(0.5, 1);
});

test('the second place is drawn by the weights that are left', () => {
  const random = new SeededRandom(1);
  let after = 0;
  for (let i = 0; i < 5_000; i++) {
    const [first, second] = orderOf([server('a', 50), server('b', 40), server('c', 10)], random);
    if (first!.target === 'a' && second!.target === 'b') after++;
  }
  expect(after / 5_000).toBeCloseTo(0.5 * 0.8, 1);
});

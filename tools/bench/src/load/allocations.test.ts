import { expect, test } from 'vitest';
import { allocatedBetween } from './allocations.ts';

test('without a collection it is what the heap grew by', () => {
  expect(allocatedBetween(100, [], 350)).toBe(250);
});

test('what collections took away counts as well', () => {
  const collections = [
    { before: 400, after: 120 },
    { before: 500, after: 90 },
  ];
  expect(allocatedBetween(100, collections, 100)).toBe(300 + 380 + 10);
});

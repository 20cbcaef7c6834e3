import { expect, test } from 'vitest';
import type { Json } from './kinds.ts';
import { listDifferences } from './list-differences.ts';

const MANY = Array.from({ length: 50 }, (_, index) => String(301 + index));

test.each<[Json[], Json[], string]>([
  [['201', '203'], ['201', ...MANY], '+301, +302, +303, +304, +305 … (+50), -203'],
  [['201'], [], '-201'],
  [['201', '202'], ['202', '201'], 'another order'],
  [['201', '201'], ['201'], '-201'],
  [['201', '202'], ['201', { to: '202', delay: '5s' }], '~202'],
  [['+74951234567'], ['+74957654321'], '+ +74957654321, - +74951234567'],
  [[{ ring: '201' }], [{ ring: '202' }], '+{"ring":"202"}, -{"ring":"201"}'],
])('%j to %j is told as what came and went', (before, after, told) => {
  expect(listDifferences(before, after)).toBe(told);
});

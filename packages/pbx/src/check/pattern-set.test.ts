import fc from 'fast-check';
import { expect, test } from 'vitest';
import { covers } from '../schema/pattern-cover.ts';
import { PatternSet } from './pattern-set.ts';

/** Patterns that often have something to do with each other. */
const pattern = fc
  .tuple(
    fc.constantFrom('', '+'),
    fc.array(fc.constantFrom('7', '4', 'x', '[47]', '[7]'), { maxLength: 4 }),
    fc.constantFrom('', '*', '#'),
  )
  .map(([plus, places, end]) => `${plus}${places.join('')}${end}`)
  .filter((text) => text !== '' && text !== '+');

test('a set finds a pattern that covers another one exactly where one of its own does', () => {
  fc.assert(
    fc.property(fc.array(pattern, { maxLength: 8 }), pattern, (patterns, asked) => {
      const found = new PatternSet(patterns).covering(asked);
      expect(found !== undefined).toBe(patterns.some((outer) => covers(outer, asked)));
      if (found !== undefined) expect(covers(found, asked)).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});

test('a long list is asked about each of its own without asking all of it', () => {
  const patterns = Array.from({ length: 5_000 }, (_, i) => `+7495${String(i).padStart(7, '0')}`);
  const set = new PatternSet();
  expect(patterns.filter((each) => set.covering(each) !== undefined || set.add(each) !== undefined)).toEqual([]);
});

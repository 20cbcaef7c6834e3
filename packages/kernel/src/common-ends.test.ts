import fc from 'fast-check';
import { expect, test } from 'vitest';
import { commonEnds } from './common-ends.ts';

test('what changed stands between the ends, also where nothing did', () => {
  expect(commonEnds([1, 2, 3, 4], [1, 9, 4])).toEqual({ head: 1, tail: 1 });
  expect(commonEnds([1, 2], [1, 2])).toEqual({ head: 2, tail: 0 });
  expect(commonEnds([7, 7], [7, 7, 7])).toEqual({ head: 2, tail: 0 });
  expect(commonEnds([], [1])).toEqual({ head: 0, tail: 0 });
});

test('the ends are the same, do not overlap, and reach as far as they can', () => {
  const list = fc.array(fc.nat(2), { maxLength: 8 });
  fc.assert(
    fc.property(list, list, (one, other) => {
      const { head, tail } = commonEnds(one, other);
      const shorter = Math.min(one.length, other.length);
      expect(head + tail).toBeLessThanOrEqual(shorter);
      expect(one.slice(0, head)).toEqual(other.slice(0, head));
      expect(one.slice(one.length - tail)).toEqual(other.slice(other.length - tail));
      if (head + tail === shorter) return;
      expect(one[head]).not.toBe(other[head]);
      expect(one.at(-1 - tail)).not.toBe(other.at(-1 - tail));
    }),
    { numRuns: 500 },
  );
});

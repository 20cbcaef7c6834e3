import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parsePattern } from './pattern.ts';
import { covers } from './pattern-cover.ts';

test.each([
  ['+7*', '+7495*', true],
  ['+7495*', '+7*', false],
  ['*', '3xx', true],
  ['3xx', '*', false],
  ['3xx', '300', true],
  ['3xx', '3000', false],
  ['[2-5]xx', '[34]0x', true],
  ['[34]xx', '[2-5]xx', false],
  ['+7[67]*', '+77*', true],
  ['+7*', '+7', true],
  ['*43', '*43', true],
  ['x*', '*43', false],
])('%s covers %s: %s', (outer, inner, expected) => {
  expect(covers(outer, inner)).toBe(expected);
});

const part = fc.constantFrom('x', '[12]', '[0-4]', '1', '2', '7', '#');
const pattern = fc
  .tuple(fc.constantFrom('', '+'), fc.array(part, { maxLength: 3 }), fc.constantFrom('', '*'))
  .map(([plus, parts, star]) => `${plus}${parts.join('')}${star}`);
const number = fc
  .tuple(fc.constantFrom('', '+'), fc.array(fc.constantFrom(...'0123456789#'), { maxLength: 4 }))
  .map(([plus, digits]) => plus + digits.join(''));

test('what is covered is matched by both, and what is not has a number that tells them apart', () => {
  fc.assert(
    fc.property(pattern, pattern, fc.array(number, { minLength: 50, maxLength: 50 }), (outer, inner, numbers) => {
      const [one, other] = [parsePattern(outer), parsePattern(inner)];
      fc.pre(one.ok && other.ok);
      if (!one.ok || !other.ok || !covers(outer, inner)) return;
      for (const each of numbers) if (other.value.matches(each)) expect(one.value.matches(each), each).toBe(true);
    }),
    { numRuns: 3_000 },
  );
});

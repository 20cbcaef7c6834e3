import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parsePattern } from './pattern.ts';

function matches(pattern: string, number: string): boolean {
  const parsed = parsePattern(pattern);
  if (!parsed.ok) throw new Error(parsed.error.code);
  return parsed.value.matches(number);
}

test.each([
  ['112', '112'],
  ['3xx', '300'],
  ['3XX', '399'],
  ['+7[67]*', '+77271234567'],
  ['+7[67]*', '+76'],
  ['[2-57]00', '400'],
  ['[2-57]00', '700'],
  ['*', ''],
  ['*', 'anything'],
  ['*43', '*43'],
  ['*8*', '*8201'],
  ['#31#*', '#31#201'],
  ['+*', '+4930123456'],
])('%s matches %s', (pattern, number) => {
  expect(matches(pattern, number)).toBe(true);
});

test.each([
  ['112', '1123'],
  ['112', '0112'],
  ['3xx', '30'],
  ['3xx', '3000'],
  ['3xx', '3a0'],
  ['3xx', '3٠٠'],
  ['+7[67]*', '+74951234567'],
  ['+7[67]*', '77271234567'],
  ['[2-57]00', '600'],
  ['*43', '5543'],
  ['*43', '*431'],
  ['+*', '74951234567'],
])('%s does not match %s', (pattern, number) => {
  expect(matches(pattern, number)).toBe(false);
});

test.each([
  ['', 'empty', 0],
  ['3yy', 'bad-character', 1],
  ['7+', 'bad-character', 1],
  ['3[67', 'set-not-closed', 1],
  ['3[]', 'empty-set', 1],
  ['3[a]', 'bad-set', 1],
  ['3[7-2]', 'bad-set', 1],
  ['3[2-]', 'bad-set', 1],
  ['3.*', 'bad-character', 1],
  ['(1)', 'bad-character', 0],
  ['1'.repeat(65), 'too-long', 64],
])('%j is no pattern: %s at %i', (pattern, code, at) => {
  expect(parsePattern(pattern)).toMatchObject({ ok: false, error: { code, at } });
});

test('a pattern of literals matches itself and nothing else', () => {
  const digits = fc.stringMatching(/^[0-9]{1,20}$/);
  fc.assert(
    fc.property(digits, digits, (pattern, number) => {
      expect(matches(pattern, number)).toBe(pattern === number);
    }),
  );
});

test.each([
  ['8xxx*', '84951234567', '+7$1', '+74951234567', ['xxx*']],
  ['8x*', '84951234567', '$1', '4951234567', ['x*']],
  ['9[0-4]1x', '9213', '$2$1', '32', ['[0-4]', 'x']],
  ['9X[67]1[2-5]', '93614', '$2-$1', '4-36', ['X[67]', '[2-5]']],
  ['*43', '*43', '77', '77', []],
  ['**', '*43', '$1', '43', ['*']],
  ['3xx', '300', '0$1', '000', ['xx']],
  ['*', '+7495', '$1', '+7495', ['*']],
])('%s writes %s by %s as %s', (text, number, template, written, runs) => {
  const pattern = parsePattern(text);
  expect(pattern.ok && [pattern.value.rewrite(number, template), pattern.value.runs]).toEqual([written, runs]);
});

test('what does not match is not written anew', () => {
  const pattern = parsePattern('3xx');
  expect(pattern.ok && pattern.value.rewrite('400', '$1')).toBeUndefined();
});

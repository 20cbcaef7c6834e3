import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readNumberSearch } from './number-search.ts';
import { normaliseNumber } from './schema/number.ts';

test.each([
  ['8 (916) 123-45-67', { exact: ['+79161234567', '9161234567'] }],
  ['+79161234567', { exact: ['+79161234567', '9161234567'] }],
  ['810 44 20 7946 0958', { exact: ['+442079460958'] }],
  ['201', { exact: ['201'] }],
  ['*43', { exact: ['*43'] }],
  ['*4343', { exact: ['*4343'] }],
  ['45-67', { exact: ['4567'], ending: '4567' }],
  ['9161234567', { exact: ['9161234567'], ending: '9161234567' }],
])('%s', (text, value) => {
  expect(readNumberSearch(text)).toEqual({ ok: true, value });
});

test.each([
  ['12ab', /"12ab" has letters in it; write it as/],
  ['٠١٢٣٤', /digits other than 0 to 9/],
  ['１２３４', /digits other than 0 to 9/],
  ['1'.repeat(200), /"1{32}…" has 200 digits, and no number has more than 15/],
  ['', /an empty number/],
  ['  ', /an empty number/],
  ['+12', /not a telephone number/],
  ['%', /not a telephone number/],
  ['45', /"45" is too short for a number or its end; give its last 4 digits or more, or an extension as --employee 45/],
  ['7', /too short/],
])('%s is refused with its remedy', (text, message) => {
  const read = readNumberSearch(text);
  expect(read.ok ? '' : read.error).toMatch(message);
});

test('a number is found by whatever writing of it was kept, and any text is read or refused', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 10, maxLength: 10 }), (digits) => {
      for (const written of [
        `8${digits}`,
        `7${digits}`,
        `+7${digits}`,
        `8 (${digits.slice(0, 3)}) ${digits.slice(3)}`,
      ]) {
        const { number, kind } = normaliseNumber(written);
        const read = readNumberSearch(written);
        if (kind === 'e164') expect(read.ok && read.value.exact).toContain(number);
      }
    }),
  );
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const read = readNumberSearch(text);
      if (!read.ok) expect(read.error).toContain('; write it as');
    }),
  );
});

import { expect, test } from 'vitest';
import { duration, table } from './table.ts';

test('columns line up and the header is in upper case', () => {
  expect(
    table(
      ['name', 'ext'],
      [
        ['Anna', '201'],
        ['Bo', '2'],
      ],
      'none',
    ),
  ).toBe('NAME  EXT\nAnna  201\nBo    2\n');
});

test('no rows: a sentence instead of an empty table', () => {
  expect(table(['name'], [], 'no calls')).toBe('no calls\n');
});

test('escape sequences in a User-Agent do not reach the terminal', () => {
  expect(table(['agent'], [['\u001b[31mred\r\n']], '')).toBe('AGENT\n\\u001b[31mred\\u000d\\u000a\n');
});

test.each([
  [0, '0:00'],
  [75_400, '1:15'],
  [3_675_000, '1:01:15'],
])('%i ms is %s', (ms, text) => {
  expect(duration(ms)).toBe(text);
});

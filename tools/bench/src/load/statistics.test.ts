import { expect, test } from 'vitest';
import { formatSpread, formatTable, spread } from './statistics.ts';

test.each([
  [[3, 1, 2], { median: 2, least: 1, most: 3 }],
  [[4, 1, 2, 3], { median: 2.5, least: 1, most: 4 }],
  [[7], { median: 7, least: 7, most: 7 }],
])('the spread of %j', (values, wanted) => {
  expect(spread(values)).toEqual(wanted);
});

test('nothing measured is an error, not a zero', () => {
  expect(() => spread([])).toThrow('nothing was measured');
});

test('tables line up', () => {
  expect(
    formatTable(
      ['who', 'cost'],
      [
        ['a', '1'],
        ['bcd', '10.5'],
      ],
    ),
  ).toBe('who  cost\na       1\nbcd  10.5');
  expect(formatSpread({ median: 2, least: 1.5, most: 3 })).toBe('2.00 (1.50-3.00)');
});

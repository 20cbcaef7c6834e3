import { expect, test } from 'vitest';
import { TextComparison } from './text-comparison.ts';

test('equal when every character is, whatever was compared before', () => {
  const texts = new TextComparison(4);
  expect(texts.equal('abcd', 'abcd')).toBe(true);
  for (const other of ['xbcd', 'axcd', 'abxd', 'abcx', 'ABCD']) expect(texts.equal('abcd', other)).toBe(false);
  expect(texts.equal('abcx', 'abcx')).toBe(true);
});

test('another length is unequal, and leaves nothing behind', () => {
  const texts = new TextComparison(4);
  texts.equal('abcd', 'abcd');
  for (const other of ['', 'abc', 'abcde']) {
    expect(texts.equal('abcd', other)).toBe(false);
    expect(texts.equal(other, 'abcd')).toBe(false);
    expect(texts.equal(other, other)).toBe(false);
  }
});

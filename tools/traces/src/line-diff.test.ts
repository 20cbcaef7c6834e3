import { expect, test } from 'vitest';
import { lineDiff } from './line-diff.ts';

test('equal texts have no difference', () => {
  expect(lineDiff('a\nb', 'a\nb')).toBe('');
});

test('what is only in one of them is marked, with two lines around', () => {
  const first = 'one\ntwo\nthree\nfour\nfive\nsix\nseven';
  const second = 'one\ntwo\nthree\nFOUR\nfive\nsix\nseven\neight';
  expect(lineDiff(first, second)).toBe('  two\n  three\n- four\n+ FOUR\n  five\n  six\n  seven\n+ eight');
});

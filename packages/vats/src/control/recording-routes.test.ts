import { expect, test } from 'vitest';
import { refusalText } from './recording-routes.ts';

const IN = (recorded: boolean) => [
  { extension: '699', recorded: !recorded, people: [{ call: 'c2', number: '202' }] },
  {
    extension: '700',
    recorded,
    people: [
      { call: 'c0', number: '203' },
      { call: 'c1', number: '201' },
    ],
  },
];

test('of a call in a conference it is said which, and whether that is recorded', () => {
  expect(refusalText('c1', 'nobody-talks', IN(true))).toBe('it is in conference 700, which is recorded as one');
  expect(refusalText('c1', 'nobody-talks', IN(false))).toMatch(/^it is in conference 700, which is not recorded: /);
  expect(refusalText('c1', 'not-running', IN(true))).toBe('it is in conference 700, which is recorded as one');
});

test('any other is refused for what the call itself is', () => {
  expect(refusalText('c9', 'nobody-talks', IN(true))).toBe('nobody talks yet: a call is recorded from its answer on');
  expect(refusalText('c1', 'low-disk', IN(true))).toMatch(/disk is too full/);
});

import type { SipRequest } from '@vats/sip';
import { expect, test } from 'vitest';
import { passedHeaders } from './passed-headers.ts';

const subject = (value: string) =>
  ({ values: (name: string) => (name === 'Subject' ? [value] : []) }) as unknown as SipRequest;

test.each([
  ['ESC', 'red \x1b[31m'],
  ['BEL', 'ring\x07'],
  ['DEL', 'gone\x7f'],
  ['C1 as one octet', 'csi \x9b31m'],
  ['C1 in UTF-8', 'csi \xc2\x9b31m'],
])('a value with a control character is not passed on: %s', (_, value) => {
  expect(passedHeaders(subject(value))).toEqual([]);
});

test.each([
  ['a tab', 'red\tgreen'],
  ['Cyrillic in UTF-8', Buffer.from('Ночная смена').toString('latin1')],
])('a value with %s is', (_, value) => {
  expect(passedHeaders(subject(value))).toEqual([['Subject', value]]);
});

import type { SipRequest } from '@vats/sip';
import { expect, test } from 'vitest';
import type { CallOrigin } from './call-context.ts';
import { passedHeaders } from './passed-headers.ts';

const PHONE = { caller: { kind: 'device' } } as CallOrigin;
const TRUNK = { caller: { kind: 'trunk', trunk: 'itsp' } } as CallOrigin;

const subject = (value: string) =>
  ({ values: (name: string) => (name === 'Subject' ? [value] : []) }) as unknown as SipRequest;

test.each([
  ['ESC', 'red \x1b[31m'],
  ['BEL', 'ring\x07'],
  ['DEL', 'gone\x7f'],
  ['C1 as one octet', 'csi \x9b31m'],
  ['C1 in UTF-8', 'csi \xc2\x9b31m'],
])('a value with a control character is not passed on: %s', (_, value) => {
  expect(passedHeaders(subject(value), PHONE)).toEqual([]);
});

test.each([
  ['a tab', 'red\tgreen'],
  ['Cyrillic in UTF-8', Buffer.from('Ночная смена').toString('latin1')],
])('a value with %s is', (_, value) => {
  expect(passedHeaders(subject(value), PHONE)).toEqual([['Subject', value]]);
});

const alert = (value: string) =>
  ({ values: (name: string) => (name === 'Alert-Info' ? [value] : []) }) as unknown as SipRequest;

test.each([
  '<http://tones.example/internal.wav>',
  '<https://tones.example/internal.wav>;info=alert-internal',
  '<http://127.0.0.1/Bellcore-dr3>',
  '<urn:alert:source:internal>',
])('RFC 3261 §20.4: a colleague may choose how a phone rings: %s', (value) => {
  expect(passedHeaders(alert(value), PHONE)).toEqual([['Alert-Info', value]]);
  expect(passedHeaders(alert(value), { ...TRUNK, trusted: true })).toEqual([['Alert-Info', value]]);
  expect(passedHeaders(alert(value), TRUNK)).toEqual([]);
});

test.each([
  '<http://x/>;info=alert-autoanswer;delay=0',
  '<sip:office.example>;answer-after=0',
  '<http://x/Auto-Answer>',
  '<urn:alert:service:intercom>',
  'info=alert-internal',
  'Ring Answer',
  '<file:///etc/passwd>',
  '<javascript:alert(1)>',
  '"x" <http://x/>',
  'http://x/',
  '<>',
  `<http://x/${'y'.repeat(300)}>`,
])('what would make a phone answer by itself, or is no place of a tone, is not passed on: %s', (value) => {
  expect(passedHeaders(alert(value), PHONE)).toEqual([]);
});

import { expect, test } from 'vitest';
import { parseMessage } from '../message/parse-message.ts';
import { type HeaderField, writeRequest } from '../message/write-message.ts';
import { refusedExtension, refusedHops, refusedMethod } from './refusals.ts';

function request(method: string, ...headers: HeaderField[]) {
  const read = parseMessage(writeRequest({ method, uri: 'sip:a@b', headers }));
  if (!read.ok || read.value.kind !== 'request') throw new Error();
  return read.value;
}

const ALLOW = ['INVITE', 'ACK', 'BYE', 'CANCEL', 'INFO'];

test.each([
  ['INFO', undefined],
  ['UPDATE', 405],
  ['SUBSCRIBE', 405],
  ['REFER', 405],
  ['info', 501],
  ['FOO', 501],
])('%s: %s', (method, status) => {
  const refusal = refusedMethod(request(method), ALLOW);
  expect(refusal?.status).toBe(status);
  if (status !== undefined) expect(refusal?.headers).toEqual([['Allow', 'INVITE, ACK, BYE, CANCEL, INFO']]);
});

test('Unsupported names what is not supported, and nothing else (RFC 3261 §8.2.2.3, RFC 3261 §19.2, §20.40)', () => {
  expect(refusedExtension(request('INVITE'), [])).toBeUndefined();
  expect(refusedExtension(request('INVITE', ['Require', 'REPLACES']), ['replaces'])).toBeUndefined();
  const headers: HeaderField[] = [
    ['Require', 'replaces, 100rel'],
    ['Require', 'nothingSupportsThis'],
  ];
  expect(refusedExtension(request('INVITE', ...headers), ['replaces'])).toEqual({
    status: 420,
    headers: [['Unsupported', '100rel, nothingSupportsThis']],
  });
});

test('Proxy-Require is for proxies (RFC 3261 §20.29)', () => {
  expect(refusedExtension(request('INVITE', ['Proxy-Require', 'sec-agree']), [])).toBeUndefined();
});

test.each([
  ['0', 483],
  ['1', undefined],
  [undefined, undefined],
])('Max-Forwards %s: %s (RFC 3261 §21.4.21)', (hops, status) => {
  const headers: HeaderField[] = hops === undefined ? [] : [['Max-Forwards', hops]];
  expect(refusedHops(request('INVITE', ...headers))?.status).toBe(status);
});

import { expect, test } from 'vitest';
import { checkRequest, checkResponse } from './check-message.ts';
import { parseMessage } from './parse-message.ts';

const LINES: Readonly<Record<string, string>> = {
  Via: 'SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa',
  From: '<sip:a@h>;tag=1',
  To: '<sip:b@h>',
  'Call-ID': '1@h',
  CSeq: '1 INVITE',
  'Max-Forwards': '70',
};

/** An INVITE or its 200 with some header lines replaced, added or (undefined) left out. */
function octetsWith(startLine: string, changes: Readonly<Record<string, string | undefined>>, body = ''): Buffer {
  const lines = Object.entries({ ...LINES, ...changes }).filter(([, value]) => value !== undefined);
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return Buffer.from(`${startLine}\r\n${head}\r\n${body}`, 'latin1');
}

function requestFault(
  changes: Readonly<Record<string, string | undefined>>,
  startLine = 'INVITE sip:b@h SIP/2.0',
  body = '',
) {
  const parsed = parseMessage(octetsWith(startLine, changes, body));
  if (!parsed.ok || parsed.value.kind !== 'request') throw new Error('no request');
  return checkRequest(parsed.value);
}

function responseFault(changes: Readonly<Record<string, string | undefined>>, startLine = 'SIP/2.0 200 OK') {
  const parsed = parseMessage(octetsWith(startLine, changes));
  if (!parsed.ok || parsed.value.kind !== 'response') throw new Error('no response');
  return checkResponse(parsed.value);
}

test('RFC 3261 §8.1.1: a sound request has no fault', () => {
  expect(requestFault({})).toBeUndefined();
  expect(requestFault({ 'Content-Length': '2' }, undefined, 'ab')).toBeUndefined();
});

test.each(['Via', 'From', 'To', 'Call-ID', 'CSeq'])('%s must be there (RFC 3261 §8.1.1, §21.4.1)', (name) => {
  expect(requestFault({ [name]: undefined })).toEqual({ status: 400, reason: `Missing ${name}` });
  expect(responseFault({ [name]: undefined })).toEqual({ reason: `Missing ${name}` });
});

test('Max-Forwards may be absent (RFC 2543)', () => {
  expect(requestFault({ 'Max-Forwards': undefined })).toBeUndefined();
});

test.each([
  ['Via', ''],
  ['From', 'x'],
  ['To', '"'],
  ['Call-ID', ''],
  ['Call-ID', 'a b'],
  ['CSeq', '1'],
  ['Max-Forwards', 'x'],
  ['Contact', '<'],
  ['Route', ''],
  ['Record-Route', 'x'],
  ['Content-Length', 'x'],
])('%s %j is refused', (name, value) => {
  expect(requestFault({ [name]: value })).toEqual({ status: 400, reason: `Bad ${name}` });
});

test.each(['From', 'To', 'Call-ID', 'CSeq', 'Max-Forwards', 'Expires', 'Content-Type'])(
  'two %s must say the same',
  (name) => {
    const value = LINES[name] ?? '5';
    expect(requestFault({ [name]: value, [name.toUpperCase()]: `${value}1` })).toMatchObject({ status: 400 });
    expect(requestFault({ [name]: value, [name.toLowerCase()]: `${value}1` })).toMatchObject({ status: 400 });
  },
);

test('the same single header twice is no contradiction', () => {
  expect(requestFault({ 'call-id': LINES['Call-ID'] })).toBeUndefined();
});

test('CSeq names the method, letter for letter (RFC 3261 §8.1.1.5)', () => {
  expect(requestFault({ CSeq: '1 BYE' })).toEqual({ status: 400, reason: 'CSeq has another method' });
  expect(requestFault({ CSeq: '1 invite' })).toMatchObject({ status: 400 });
});

test.each([
  ['INVITE sip:b@h SIP/3.0', 505],
  ['INVITE sip:b@h SIP/2.0', undefined],
  ['INVITE sip:b@h sip/2.0', undefined],
  ['INVITE  sip:b@h SIP/2.0', 400],
  ['INVITE sip:b@h SIP/2.0 ', 400],
  ['INVITE sip:b@h\t SIP/2.0', 400],
  ['INVITE sip:b@h;x y SIP/2.0', 400],
  ['INVITE <sip:b@h> SIP/2.0', 400],
  ['INVITE sip:b@h?a=b SIP/2.0', 400],
  ['INVITE sip: SIP/2.0', 400],
  ['INVITE x:y SIP/2.0', undefined],
])('%j gets %s', (line, status) => {
  expect(requestFault({}, line)?.status).toBe(status);
});

test('RFC 3261 §21.5.6: another version is spoken of before anything else is looked at', () => {
  expect(requestFault({ From: undefined, Via: 'SIP/7.0/UDP h' }, 'INVITE <x> SIP/7.0')).toMatchObject({ status: 505 });
});

test('a body shorter than announced (RFC 3261 §18.3)', () => {
  expect(requestFault({ 'Content-Length': '3' }, undefined, 'ab')).toMatchObject({ status: 400 });
  expect(requestFault({ 'Content-Length': '1' }, undefined, 'ab')).toBeUndefined();
  expect(responseFault({ 'Content-Length': '3' })).toBeDefined();
});

test('RFC 4475 §3.2.1: the branch of a request is more than the magic cookie', () => {
  expect(requestFault({ Via: 'SIP/2.0/UDP h;branch=z9hG4bK' })).toEqual({ status: 400, reason: 'Bad branch in Via' });
  expect(requestFault({ Via: 'SIP/2.0/UDP h' })).toBeUndefined();
});

test('a response is judged by what its receiver needs', () => {
  expect(responseFault({})).toBeUndefined();
  expect(responseFault({}, 'SIP/3.0 200 OK')).toEqual({ reason: 'Bad version' });
  expect(responseFault({ Contact: 'sip: 192.0.2.1:5060' })).toBeUndefined();
  expect(responseFault({ CSeq: '4294967296 INVITE' })).toEqual({ reason: 'Bad CSeq' });
  expect(responseFault({ cseq: '2 INVITE' })).toEqual({ reason: 'More than one CSeq' });
});

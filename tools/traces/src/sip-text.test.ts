import { expect, test } from 'vitest';
import {
  branchOf,
  cseqOf,
  firstValue,
  looksLikeSip,
  methodOf,
  readSipText,
  requestUriOf,
  statusOf,
  tagOf,
  uriOf,
  valuesOf,
  writeSipText,
} from './sip-text.ts';

const INVITE = [
  'INVITE sip:bob@example SIP/2.0',
  'v: SIP/2.0/UDP 127.0.0.61;branch=z9hG4bKabc;rport',
  'VIA: SIP/2.0/TCP 127.0.0.9 ; branch = older',
  'From: "A ; tag=no" <sip:alice@example;tag=neither>;tag=yes',
  't: <sip:bob@example>',
  'Call-ID: 7',
  'Subject: folded',
  '\tline',
  'CSeq:   12   INVITE',
  'Content-Length: 4',
  '',
  'body',
].join('\r\n');

test('lines are found by any spelling of their name, in order, unfolded', () => {
  const sip = readSipText(Buffer.from(INVITE))!;
  expect(methodOf(sip)).toBe('INVITE');
  expect(statusOf(sip)).toBeUndefined();
  expect(requestUriOf(sip)).toBe('sip:bob@example');
  expect(valuesOf(sip, 'via')).toHaveLength(2);
  expect(branchOf(sip)).toBe('z9hG4bKabc');
  expect(tagOf(firstValue(sip, 'from'))).toBe('yes');
  expect(tagOf(firstValue(sip, 'to'))).toBeUndefined();
  expect(uriOf(firstValue(sip, 'to'))).toBe('sip:bob@example');
  expect(firstValue(sip, 'subject')).toBe('folded line');
  expect(cseqOf(sip)).toEqual({ number: 12, method: 'INVITE' });
  expect(sip.body.toString()).toBe('body');
});

test('a message is written as it was read', () => {
  const text = INVITE.replace('\r\n\tline', ' line').replace('CSeq:   12', 'CSeq: 12');
  expect(writeSipText(readSipText(Buffer.from(text))!).toString()).toBe(text);
});

test('a broken message is still a message: no colon, no end of the head, empty lines before it', () => {
  const sip = readSipText(Buffer.from('\r\n\r\nSIP/2.0 200 OK\r\nwhat is this\r\nVia: x'))!;
  expect(statusOf(sip)).toBe(200);
  expect(sip.headers).toEqual([
    { name: '', value: 'what is this' },
    { name: 'Via', value: 'x' },
  ]);
  expect(writeSipText(sip).toString()).toBe('SIP/2.0 200 OK\r\nwhat is this\r\nVia: x\r\n\r\n');
});

test.each([
  ['SIP/2.0 180 Ringing\r\n', true],
  ['\r\n\r\nOPTIONS sip:x SIP/2.0\r\n', true],
  ['OPTIONS sip:x SIP/7.0\r\n', true],
  ['O\u0001TIONS sip:x SIP/2.0\r\n', true],
  ['GET / HTTP/1.1\r\n', false],
  ['\r\n\r\n', false],
  ['jaK', false],
  ['', false],
])('%j looks like SIP: %s', (text, verdict) => {
  expect(looksLikeSip(Buffer.from(text, 'latin1'))).toBe(verdict);
});

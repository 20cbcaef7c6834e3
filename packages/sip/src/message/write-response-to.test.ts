import { describe, expect, test } from 'vitest';
import type { SipMessage, SipRequest } from './message.ts';
import { parseMessage } from './parse-message.ts';
import { UnsafeValue } from './wire-text.ts';
import { type ReplyDraft, writeResponseTo } from './write-response-to.ts';

const OBSERVED = { address: '198.51.100.7', port: 40_000 };

function request(method: string, ...lines: string[]): SipRequest {
  const message = messageOf(Buffer.from(`${method} sip:b@h SIP/2.0\r\n${lines.join('\r\n')}\r\n\r\n`, 'latin1'));
  if (message.kind !== 'request') throw new Error('no request');
  return message;
}

function messageOf(octets: Buffer): SipMessage {
  const parsed = parseMessage(octets);
  if (!parsed.ok) throw new Error(parsed.error.code);
  return parsed.value;
}

function reply(to: SipRequest, draft: ReplyDraft = { status: 200 }, observed = OBSERVED): SipMessage {
  return messageOf(writeResponseTo(to, observed, draft));
}

const DIALOG = ['From: <sip:a@h>;tag=1', 'To: <sip:b@h>', 'Call-ID: 1@h', 'CSeq: 1 INVITE'];

test('what a response takes from its request, in this order (RFC 3261 §8.2.6)', () => {
  const invite = request(
    'INVITE',
    'CSeq:  0001\r\n INVITE',
    't: "B\\"" <sip:b@h>;x=1',
    'v: SIP/2.0/UDP 198.51.100.7',
    'Record-Route: <sip:p1;lr>, <sip:p2;lr>',
    'Timestamp: 54',
    'Subject: not this',
    'Call-ID: 1@h',
    'f: <sip:a@h>;tag=1',
    'Via: SIP/2.0/TCP second, SIP/2.0/TCP third',
    'Record-Route: <sip:p3;lr>',
  );
  const response = reply(invite, { status: 200, toTag: 't1', headers: [['Server', 'x']], body: Buffer.from('ok') });
  expect(response.lines()).toEqual([
    { name: 'Via', value: 'SIP/2.0/UDP 198.51.100.7' },
    { name: 'Via', value: 'SIP/2.0/TCP second, SIP/2.0/TCP third' },
    { name: 'Record-Route', value: '<sip:p1;lr>, <sip:p2;lr>' },
    { name: 'Record-Route', value: '<sip:p3;lr>' },
    { name: 'From', value: '<sip:a@h>;tag=1' },
    { name: 'To', value: '"B\\"" <sip:b@h>;x=1;tag=t1' },
    { name: 'Call-ID', value: '1@h' },
    { name: 'CSeq', value: '0001 INVITE' },
    { name: 'Server', value: 'x' },
    { name: 'Content-Length', value: '2' },
  ]);
  expect(response.body.toString()).toBe('ok');
});

describe('RFC 3261 §18.2.1: the top Via says where the request was seen to come from', () => {
  test.each([
    ['SIP/2.0/UDP 198.51.100.7:5060;branch=z9hG4bKa', 'SIP/2.0/UDP 198.51.100.7:5060;branch=z9hG4bKa'],
    ['SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKa', 'SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKa;received=198.51.100.7'],
    ['SIP/2.0/UDP phone.example', 'SIP/2.0/UDP phone.example;received=198.51.100.7'],
    [
      'SIP/2.0/UDP 198.51.100.7;rport;branch=z9hG4bKa',
      'SIP/2.0/UDP 198.51.100.7;rport=40000;branch=z9hG4bKa;received=198.51.100.7',
    ],
    ['SIP/2.0/UDP 10.0.0.1;RPORT=1;received=192.0.2.66', 'SIP/2.0/UDP 10.0.0.1;RPORT=40000;received=198.51.100.7'],
    ['SIP/2.0/UDP 10.0.0.1, SIP/2.0/TCP second', 'SIP/2.0/UDP 10.0.0.1;received=198.51.100.7, SIP/2.0/TCP second'],
    [
      'SIP/2.0/UDP 10.0.0.1;x="a,b", SIP/2.0/TCP c',
      'SIP/2.0/UDP 10.0.0.1;x="a,b";received=198.51.100.7, SIP/2.0/TCP c',
    ],
  ])('%s (RFC 3261 §18.2.1, RFC 3581 §4)', (via, marked) => {
    expect(reply(request('INVITE', `Via: ${via}`, ...DIALOG)).value('Via')).toBe(marked);
  });

  test('over IPv6, in whatever form the address is written', () => {
    const options = request('OPTIONS', 'Via: SIP/2.0/UDP [2001:DB8:0::7]:5060', ...DIALOG);
    expect(reply(options, undefined, { address: '2001:db8::7', port: 1 }).value('Via')).toBe(
      'SIP/2.0/UDP [2001:DB8:0::7]:5060',
    );
    expect(reply(options, undefined, { address: '2001:db8::8', port: 1 }).topVia).toMatchObject({
      value: { received: '2001:db8::8' },
    });
  });

  test('only the top one is touched', () => {
    const response = reply(request('INVITE', 'Via: SIP/2.0/UDP a;rport', 'Via: SIP/2.0/UDP b;rport', ...DIALOG));
    expect(response.values('Via')[1]).toBe('SIP/2.0/UDP b;rport');
  });

  test('one with empty parameters still gets its answer (RFC 4475 §3.1.2.1)', () => {
    const response = reply(request('INVITE', 'Via: SIP/2.0/UDP 10.0.0.1;;branch=x;', ...DIALOG), { status: 400 });
    expect(response.value('Via')).toBe('SIP/2.0/UDP 10.0.0.1;branch=x;received=198.51.100.7');
  });

  test('one that cannot be read is sent back as it came', () => {
    expect(reply(request('INVITE', 'Via: nonsense', ...DIALOG), { status: 400 }).value('Via')).toBe('nonsense');
  });
});

test('each response is for the place that it goes to', () => {
  const invite = request('INVITE', 'Via: SIP/2.0/UDP 10.0.0.1;rport', ...DIALOG);
  const viaFor = (observed: typeof OBSERVED): string | undefined => reply(invite, undefined, observed).value('Via');
  const elsewhere = { ...OBSERVED, port: 40_001 };
  expect(viaFor(OBSERVED)).toBe('SIP/2.0/UDP 10.0.0.1;rport=40000;received=198.51.100.7');
  expect(viaFor(elsewhere)).toBe('SIP/2.0/UDP 10.0.0.1;rport=40001;received=198.51.100.7');
  expect(viaFor({ ...elsewhere, address: '198.51.100.8' })).toBe(
    'SIP/2.0/UDP 10.0.0.1;rport=40001;received=198.51.100.8',
  );
});

test('a tag that would begin another line is refused', () => {
  const invite = request('INVITE', 'Via: SIP/2.0/UDP h', ...DIALOG);
  expect(() => reply(invite, { status: 180, toTag: 'a\r\nX: y' })).toThrow(UnsafeValue);
});

describe('RFC 3261 §8.2.6.2: To gets our tag', () => {
  const tagOf = (to: string, toTag?: string): string | undefined =>
    reply(request('INVITE', 'Via: SIP/2.0/UDP h', `To: ${to}`), { status: 180, toTag }).value('To');

  test('unless it has one', () => {
    expect(tagOf('<sip:b@h>', 't1')).toBe('<sip:b@h>;tag=t1');
    expect(tagOf('sip:b@h', 't1')).toBe('sip:b@h;tag=t1');
    expect(tagOf('<sip:b@h>;tag=theirs', 't1')).toBe('<sip:b@h>;tag=theirs');
    expect(tagOf('<sip:b@h>')).toBe('<sip:b@h>');
  });

  test('in place of an empty one', () => {
    expect(tagOf('sip:b@h;tag=;x=1', 't1')).toBe('<sip:b@h>;tag=t1;x=1');
  });

  test('even when it cannot be read', () => {
    expect(tagOf('"B <sip:b@h>', 't1')).toBe('"B <sip:b@h>;tag=t1');
  });
});

test.each([
  ['INVITE', 100, false],
  ['INVITE', 180, true],
  ['INVITE', 200, true],
  ['INVITE', 486, false],
  ['SUBSCRIBE', 200, true],
  ['REFER', 202, true],
  ['BYE', 200, false],
])('%s %s takes Record-Route along: %s (RFC 3261 §12.1.1, RFC 3261 §20.30)', (method, status, copied) => {
  const response = reply(request(method, 'Via: SIP/2.0/UDP h', 'Record-Route: <sip:p;lr>', ...DIALOG), { status });
  expect(response.has('Record-Route')).toBe(copied);
});

test('Timestamp goes into 100 alone (RFC 3261 §8.2.6.1)', () => {
  const invite = request('INVITE', 'Via: SIP/2.0/UDP h', 'Timestamp: 54.2', ...DIALOG);
  expect(reply(invite, { status: 100 }).value('Timestamp')).toBe('54.2');
  expect(reply(invite, { status: 180 }).has('Timestamp')).toBe(false);
});

test('what the request lacks the response lacks too (RFC 4475 §3.3.1)', () => {
  const names = reply(request('INVITE', 'Via: SIP/2.0/UDP h', 'CSeq: 1 INVITE'), { status: 400, toTag: 't' }).lines();
  expect(names.map(({ name }) => name)).toEqual(['Via', 'CSeq', 'Content-Length']);
});

test('of two From lines the first is copied', () => {
  const response = reply(request('INVITE', 'Via: SIP/2.0/UDP h', 'From: <sip:a@h>', 'From: <sip:b@h>'), {
    status: 400,
  });
  expect(response.values('From')).toEqual(['<sip:a@h>']);
});

import { describe, expect, test } from 'vitest';
import { HEADER, type KnownHeader } from './header-names.ts';
import { LIMITS } from './limits.ts';
import { SipRequest, SipResponse } from './message.ts';
import { parseMessage } from './parse-message.ts';
import { toWire } from './wire-text.ts';

function request(...lines: string[]): SipRequest {
  const parsed = parseMessage(octetsOf('INVITE sip:201@office.example SIP/2.0', ...lines));
  if (!parsed.ok || parsed.value.kind !== 'request') throw new Error('no request');
  return parsed.value;
}

function octetsOf(...lines: string[]): Buffer {
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
}

describe('lines', () => {
  const message = request(
    'Via: a',
    'X-Trust : 1',
    'x-tRUST\t:',
    'Subject:  folded\r\n\t value \t',
    'v: b',
    'Z:',
    'Via: c',
  );

  test('RFC 3261 §7.3.1: stand in wire order as written, folds undone', () => {
    expect(message.lines()).toEqual([
      { name: 'Via', value: 'a' },
      { name: 'X-Trust', value: '1' },
      { name: 'x-tRUST', value: '' },
      { name: 'Subject', value: 'folded value' },
      { name: 'v', value: 'b' },
      { name: 'Z', value: '' },
      { name: 'Via', value: 'c' },
    ]);
  });

  test('RFC 3261 §7.3.3: are found by long and compact names in any case', () => {
    expect(message.values('VIA')).toEqual(['a', 'b', 'c']);
    expect(message.values('V')).toEqual(['a', 'b', 'c']);
    expect(message.value('s')).toBe('folded value');
    expect(message.values('x-trust')).toEqual(['1', '']);
    expect(message.has('X-TRUST')).toBe(true);
    expect(message.has('z')).toBe(true);
    expect(message.has('X-Trus')).toBe(false);
    expect(message.value('From')).toBeUndefined();
    expect(message.values('From')).toEqual([]);
  });

  test('of a list header are one list', () => {
    const listed = request('Allow: INVITE,ACK', 'allow:', 'ALLOW:\r\n BYE,\r\n "a,b" ,,', 'X-List: 1, 2', 'x-list: 3');
    expect(listed.allow).toEqual(['INVITE', 'ACK', 'BYE', '"a,b"']);
    expect(listed.list('Allow')).toEqual(listed.allow);
    expect(listed.list('X-LIST')).toEqual(['1', '2', '3']);
    expect(listed.list('Require')).toEqual([]);
  });
});

test('answers are remembered, good and bad and absent', () => {
  const message = request('From: <sip:a@h>;tag=1', 'To: <', 'Contact: <sip:a@h>', 'Expires: 5');
  expect(message.from).toBe(message.from);
  expect(message.to).toBe(message.to);
  expect(message.contacts).toBe(message.contacts);
  expect(message.expires).toBe(message.expires);
  expect(message.supported).toBe(message.supported);
  expect(message.credentials('Authorization')).toBe(message.credentials('Authorization'));
  expect(message.maxForwards).toBeUndefined();
  expect(message.maxForwards).toBeUndefined();
});

test('what is missing or bad is an error value that names its header', () => {
  const message = request('To: <sip:a', 'CSeq: x', 'Via: SIP/2.0/UDP h, SIP/2.0', 'Max-Forwards: -');
  expect(message.from).toEqual({ ok: false, error: { code: 'missing', at: 0, where: 'From' } });
  expect(message.to).toEqual({ ok: false, error: { code: 'bad-uri', at: 6, where: 'To' } });
  expect(message.cseq).toMatchObject({ ok: false, error: { code: 'not-a-number', where: 'CSeq' } });
  expect(message.vias).toMatchObject({ ok: false, error: { code: 'bad-via', at: 22, where: 'Via' } });
  expect(message.topVia).toMatchObject({ ok: true, value: { host: 'h' } });
  expect(message.maxForwards).toMatchObject({ ok: false, error: { where: 'Max-Forwards' } });
  expect(message.fromTag).toBeUndefined();
});

test('absent lists are empty, absent numbers undefined', () => {
  const message = request('Via: SIP/2.0/UDP h');
  expect(message.routes).toEqual({ ok: true, value: [] });
  expect(message.recordRoutes).toEqual({ ok: true, value: [] });
  expect(message.reasons).toEqual({ ok: true, value: [] });
  expect(message.contacts).toEqual({ ok: true, value: { star: false, list: [] } });
  expect([message.supported, message.require, message.proxyRequire, message.allow]).toEqual([[], [], [], []]);
  for (const absent of [
    message.expires,
    message.minExpires,
    message.contentType,
    message.contentLength,
    message.event,
  ]) {
    expect(absent).toBeUndefined();
  }
  for (const absent of [message.contentDisposition, message.retryAfter, message.timestamp])
    expect(absent).toBeUndefined();
});

test('the first of several lines answers for a header of one value', () => {
  expect(request('From: <sip:a@h>;tag=1', 'f: <sip:b@h>;tag=2').fromTag).toBe('1');
});

test('RFC 3261 §20.34: routes of several lines are one list', () => {
  const message = request('Route: <sip:a;lr>,<sip:b;lr>', 'ROUTE: <sip:c;lr>', 'Record-Route: <sip:d;lr>');
  expect(message.routes.ok && message.routes.value.map(({ uri }) => uri.toString())).toEqual([
    'sip:a;lr',
    'sip:b;lr',
    'sip:c;lr',
  ]);
  expect(message.recordRoutes.ok && message.recordRoutes.value).toHaveLength(1);
});

test('RFC 3261 §20.10: the asterisk is a Contact by itself only', () => {
  expect(request('Contact: *').contacts).toEqual({ ok: true, value: { star: true } });
  expect(request('m:\r\n *').contacts).toEqual({ ok: true, value: { star: true } });
  expect(request('Contact: *', 'Contact: <sip:a@h>').contacts.ok).toBe(false);
  expect(request('Contact: <sip:a@h>, *').contacts.ok).toBe(false);
});

describe('RFC 3261 §7.4.2: body', () => {
  const parsed = (head: string, body: string) => {
    const result = parseMessage(Buffer.from(`INVITE sip:a SIP/2.0\r\n${head}\r\n\r\n${body}`));
    if (!result.ok) throw new Error(result.error.code);
    return result.value;
  };

  test.each([
    ['Content-Length: 3', 'body', 'bod'],
    ['Content-Length: 0', 'body', ''],
    ['Content-Length: 9', 'body', 'body'],
    ['Content-Length: x', 'body', 'body'],
    ['Via: x', 'body', 'body'],
  ])('%s of %j is %j', (head, octets, body) => {
    const message = parsed(head, octets);
    expect(message.body.toString()).toBe(body);
    expect(message.octetsAfterHead).toBe(4);
  });

  test('shares its octets with the message', () => {
    const message = parsed('l: 4', 'body');
    expect(message.body.buffer).toBe(message.bytes.buffer);
  });
});

describe('start lines', () => {
  test('RFC 3261 §7.1: a request', () => {
    const message = request('Via: x');
    expect(message).toBeInstanceOf(SipRequest);
    expect(message).toMatchObject({ kind: 'request', method: 'INVITE', version: 'SIP/2.0', strictStartLine: true });
    expect(message.requestUriText).toBe('sip:201@office.example');
    expect(message.requestUri).toMatchObject({ ok: true, value: { user: '201' } });
    expect(message.requestUri).toBe(message.requestUri);
  });

  test('RFC 3261 §7.2: a response', () => {
    const parsed = parseMessage(octetsOf(`SIP/2.0 486 ${toWire('Занято')}`, 'Via: x'));
    expect(parsed.ok && parsed.value).toBeInstanceOf(SipResponse);
    expect(parsed).toMatchObject({ value: { kind: 'response', status: 486, reason: toWire('Занято') } });
  });

  test.each([
    ['INVITE', 'no-start-line'],
    ['INVITE sip:a', 'no-start-line'],
    ['INVITE SIP/2.0', 'no-start-line'],
    ['IN/VITE sip:a SIP/2.0', 'no-start-line'],
    ['INVITE sip:a SIP/2', 'no-start-line'],
    ['INVITE sip:a HTTP/1.1', 'no-start-line'],
    [' INVITE sip:a SIP/2.0', 'no-start-line'],
    ['SIP/2.0', 'bad-status-line'],
    ['SIP/2.0 ', 'bad-status-line'],
    ['SIP/2.0 20 OK', 'bad-status-line'],
    ['SIP/2.0 2000 OK', 'bad-status-line'],
    ['SIP/2.0 200OK', 'bad-status-line'],
    ['SIP/2.0 2x0 OK', 'bad-status-line'],
    ['SIP/2.0  200 OK', 'bad-status-line'],
    ['SIP/x 200 OK', 'bad-status-line'],
  ])('%j is %s', (line, code) => {
    expect(parseMessage(octetsOf(line, 'Via: x'))).toMatchObject({ ok: false, error: { code } });
  });
});

describe('limits', () => {
  test('octets of a message', () => {
    const head = octetsOf('INVITE sip:a SIP/2.0', 'Via: x');
    const filled = (length: number): Buffer => Buffer.concat([head, Buffer.alloc(length - head.length)]);
    expect(parseMessage(filled(LIMITS.messageOctets)).ok).toBe(true);
    expect(parseMessage(filled(LIMITS.messageOctets + 1))).toMatchObject({ error: { code: 'too-large' } });
  });

  test('header lines', () => {
    const headers = (count: number): string[] => Array.from({ length: count }, (_, n) => `X-${n}: y`);
    expect(request(...headers(LIMITS.headers)).lines()).toHaveLength(LIMITS.headers);
    expect(parseMessage(octetsOf('INVITE sip:a SIP/2.0', ...headers(LIMITS.headers + 1)))).toMatchObject({
      error: { code: 'too-many-headers' },
    });
    const colonless = new Array<string>(LIMITS.headers + 1).fill('no header');
    expect(parseMessage(octetsOf('INVITE sip:a SIP/2.0', ...colonless))).toMatchObject({
      error: { code: 'too-many-headers' },
    });
  });

  test('octets of a line, folds and bad lines included', () => {
    const long = 'x'.repeat(LIMITS.lineOctets);
    for (const line of [`X: ${long}`, `X:${'\r\n y'.repeat(LIMITS.lineOctets / 3)}`, long, `${long}: x`]) {
      expect(parseMessage(octetsOf('INVITE sip:a SIP/2.0', line))).toMatchObject({ error: { code: 'line-too-long' } });
    }
    expect(parseMessage(octetsOf(`INVITE sip:${long} SIP/2.0`))).toMatchObject({ error: { code: 'line-too-long' } });
    const fits = 'x'.repeat(LIMITS.lineOctets - 'X: \r\n'.length);
    expect(request(`X: ${fits}`).value('x')).toBe(fits);
  });
});

test('an offset in the message does not matter', () => {
  const message = octetsOf('\r\n\r\nINVITE sip:201@h SIP/2.0', 'From: <sip:a@h>;tag=1', 'l: 0');
  const inside = Buffer.concat([Buffer.from('other'), message, Buffer.from('other')]).subarray(5, 5 + message.length);
  const parsed = parseMessage(inside);
  if (!parsed.ok || parsed.value.kind !== 'request') throw new Error('no request');
  expect(parsed.value.fromTag).toBe('1');
  expect(parsed.value.requestUriText).toBe('sip:201@h');
  expect(parsed.value.body).toHaveLength(0);
});

test('of every header there are as many lines as were written, whatever else is there', () => {
  const names = Object.keys(HEADER).filter((name) => name !== 'Content-Length') as KnownHeader[];
  for (const twice of names) {
    const message = request(`${twice}: 1`, 'X-Other: 3', `${twice}: 2`);
    for (const name of names) {
      expect(message.values(name)).toEqual(name === twice ? ['1', '2'] : []);
      expect(message.contradicts(name)).toBe(name === twice);
    }
    for (const once of names) expect(request(`${twice}: 1`, `${once}: 1`).has(once)).toBe(true);
  }
});

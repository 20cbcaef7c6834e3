import { describe, expect, test } from 'vitest';
import { parseMessage } from './parse-message.ts';
import { REASON_PHRASES, reasonPhrase } from './reason-phrases.ts';
import { toWire, UnsafeValue } from './wire-text.ts';
import { type HeaderField, writeRequest, writeResponse } from './write-message.ts';

const request = (...headers: HeaderField[]): string =>
  writeRequest({ method: 'BYE', uri: 'sip:a@h', headers }).toString('latin1');

test('a request: headers in their order, Content-Length counted', () => {
  const octets = writeRequest({
    method: 'INVITE',
    uri: 'sip:201@h;x=%41',
    headers: [
      ['v', 'SIP/2.0/UDP h'],
      ['Subject', toWire('заказ')],
      ['Empty', ''],
    ],
    body: Buffer.from('тело'),
  });
  expect(octets.toString()).toBe(
    'INVITE sip:201@h;x=%41 SIP/2.0\r\nv: SIP/2.0/UDP h\r\nSubject: заказ\r\nEmpty: \r\nContent-Length: 8\r\n\r\nтело',
  );
});

test('RFC 3261 §20.14: a Content-Length among the headers keeps its place and gets the right value, once', () => {
  expect(request(['l', '99'], ['Via', 'x'], ['CONTENT-LENGTH', '5'])).toBe(
    'BYE sip:a@h SIP/2.0\r\nl: 0\r\nVia: x\r\n\r\n',
  );
});

test('a response with the phrase of the RFC, or another', () => {
  const headers: HeaderField[] = [['Via', 'x']];
  expect(writeResponse({ status: 486, headers }).toString()).toBe(
    'SIP/2.0 486 Busy Here\r\nVia: x\r\nContent-Length: 0\r\n\r\n',
  );
  expect(writeResponse({ status: 486, reason: '', headers }).toString()).toMatch(/^SIP\/2\.0 486 \r\n/);
  expect(writeResponse({ status: 299, headers }).toString()).toMatch(/^SIP\/2\.0 299 OK\r\n/);
  for (const status of Object.keys(REASON_PHRASES)) {
    expect(parseMessage(writeResponse({ status: Number(status), headers }))).toMatchObject({
      value: { reason: reasonPhrase(Number(status)) },
    });
  }
});

describe('injection is refused', () => {
  test.each(['a\r\nVia: y', 'a\n', '\r', 'a\r\n\r\nbody', 'nul\0', '\0', 'я', '\u{1f3a7}', '\u010a', '\u010d\u010a'])(
    'in a value: %j',
    (value) => {
      expect(() => request(['Subject', value])).toThrow(UnsafeValue);
      expect(() => request(['Via', 'x'], ['Content-Type', value])).toThrow(UnsafeValue);
      expect(() => writeResponse({ status: 200, reason: value, headers: [] })).toThrow(UnsafeValue);
    },
  );

  test.each(['', 'a b', 'a:', 'Via\r\nX', 'ä', '\u212a', '(x)', 'a\0'])('in a name or method: %j', (name) => {
    expect(() => request([name, 'x'])).toThrow(UnsafeValue);
    expect(() => writeRequest({ method: name, uri: 'sip:a@h', headers: [] })).toThrow(UnsafeValue);
  });

  test.each(['', 'sip:a b', 'sip:a\r\nVia: x', 'sip:a\t', 'sip:\0', 'sip:я'])('in a Request-URI: %j', (uri) => {
    expect(() => writeRequest({ method: 'BYE', uri, headers: [] })).toThrow(UnsafeValue);
  });

  test.each([99, 700, 200.5, Number.NaN, -200])('in a status: %s', (status) => {
    expect(() => writeResponse({ status, headers: [] })).toThrow(UnsafeValue);
  });
});

test('a header that was just written says what its next field says', () => {
  const server: HeaderField = ['Server', 'one'];
  expect(request(server)).toContain('\r\nServer: one\r\n');
  expect(request(server, ['server', 'one'], server, ['Server', 'two'])).toContain(
    '\r\nServer: one\r\nserver: one\r\nServer: one\r\nServer: two\r\n',
  );
  expect(request(server)).toContain('\r\nServer: one\r\n');
  expect(() => request(server, ['Server', 'one\r\nVia: x'])).toThrow(UnsafeValue);
});

test('a reason phrase has no quoted strings, so no NUL at all', () => {
  expect(() => writeResponse({ status: 200, reason: '"\\\0"', headers: [] })).toThrow(UnsafeValue);
});

test('whatever was received can be written: an escaped NUL in a quoted string too', () => {
  const octets = Buffer.from('OPTIONS sip:a@h SIP/2.0\r\nTo: "\\\0" <sip:a@h>\r\nContent-Length: 0\r\n\r\n', 'latin1');
  const parsed = parseMessage(octets);
  if (!parsed.ok) throw new Error(parsed.error.code);
  expect(request(['To', parsed.value.value('To')!])).toContain('"\\\0" <sip:a@h>');
});

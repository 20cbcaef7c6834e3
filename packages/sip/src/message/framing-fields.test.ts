import { expect, test } from 'vitest';
import { findHeadEnd, readContentLength, skipEmptyLines } from './framing-fields.ts';
import { LIMITS } from './limits.ts';
import { parseMessage } from './parse-message.ts';

const head = (...lines: string[]): Buffer =>
  Buffer.from(`${['BYE sip:a SIP/2.0', ...lines].join('\r\n')}\r\n\r\n`, 'latin1');

test.each([
  [['Content-Length: 12'], 12],
  [['l:0012'], 12],
  [['CONTENT-LENGTH \t :', '  7 '].join('\r\n'), 7],
  [['Content-Length: 5', 'l: 005'], 5],
  [['Via: x'], undefined],
  [['X-Content-Length: 4'], undefined],
] as const)('%j announces %s octets', (lines, length) => {
  expect(readContentLength(head(...(typeof lines === 'string' ? [lines] : lines)))).toEqual({
    ok: true,
    value: length,
  });
});

test.each([
  [['Content-Length: -1'], 'not-a-number'],
  [['Content-Length: +1'], 'not-a-number'],
  [['Content-Length: 0x10'], 'not-a-number'],
  [['Content-Length: 1 2'], 'not-a-number'],
  [['Content-Length:'], 'not-a-number'],
  [['Content-Length: 4294967296'], 'out-of-range'],
  [['Content-Length: 13', 'l: 5'], 'disagree'],
])('%j is %s', (lines, code) => {
  expect(readContentLength(head(...lines))).toMatchObject({ ok: false, error: { code, where: 'Content-Length' } });
});

test('a head that is no message cannot be framed', () => {
  expect(readContentLength(Buffer.from('BYE sip:a SIP/2.0\nl: 3\r\n\r\n'))).toMatchObject({
    error: { code: 'bare-lf' },
  });
  const long = head(`X: ${'x'.repeat(LIMITS.lineOctets)}`);
  expect(readContentLength(long)).toMatchObject({ error: { code: 'line-too-long' } });
});

test('framer and parser agree on the length', () => {
  for (const line of ['Content-Length: 3', 'l :\r\n 3', 'Content-Length: x', 'l: 1\r\nl: 2']) {
    const octets = head(line);
    const parsed = parseMessage(octets);
    expect(parsed.ok && parsed.value.contentLength).toEqual(readContentLength(octets));
  }
});

test('the end of a head is found where the parser sees it', () => {
  const octets = Buffer.concat([head('Via: x'), Buffer.from('body\r\n\r\n')]);
  expect(findHeadEnd(octets)).toBe(octets.length - 8);
  expect(findHeadEnd(octets.subarray(0, octets.length - 9))).toBe(-1);
  expect(findHeadEnd(octets, octets.length - 12)).toBe(octets.length - 8);
});

test('empty lines before a start line are skipped (RFC 3261 §7.5)', () => {
  expect(skipEmptyLines(Buffer.from('\r\n\r\nBYE'))).toBe(4);
  expect(skipEmptyLines(Buffer.from('\r'))).toBe(0);
  expect(skipEmptyLines(Buffer.from('\r\n\r'), 0)).toBe(2);
});

import { expect, test } from 'vitest';
import { formatMediaType, isMediaType, parseMediaType } from './media-type.ts';
import { formatReason, parseReason, parseRetryAfter, parseTimestamp, parseTokenWithParams } from './token-headers.ts';
import { UnsafeValue } from './wire-text.ts';

test('media types are compared without regard to case (RFC 3261 §20.15)', () => {
  const parsed = parseMediaType('Multipart / Mixed ; boundary="a b"');
  if (!parsed.ok) throw new Error(parsed.error.code);
  expect(isMediaType(parsed.value, 'multipart/mixed')).toBe(true);
  expect(parsed.value.params.get('boundary')).toBe('a b');
  expect(formatMediaType(parsed.value)).toBe('multipart/mixed;boundary="a b"');
  for (const text of ['', 'text', 'text/', '/plain', 'text/plain/x', 'text plain']) {
    expect(parseMediaType(text).ok, text).toBe(false);
  }
});

test('a token with parameters: Event, Content-Disposition', () => {
  const parsed = parseTokenWithParams('presence.winfo ;id=7');
  expect(parsed.ok && [parsed.value.token, parsed.value.params.get('id')]).toEqual(['presence.winfo', '7']);
  expect(parseTokenWithParams('').ok).toBe(false);
});

test('Reason (RFC 3326 §2)', () => {
  const reason = { protocol: 'SIP', cause: 200, text: 'Call completed elsewhere' };
  expect(formatReason(reason)).toBe('SIP;cause=200;text="Call completed elsewhere"');
  expect(parseReason(formatReason(reason))).toEqual({ ok: true, value: reason });
  expect(parseReason(formatReason({ protocol: 'Q.850', cause: 17, text: 'Занято' }))).toMatchObject({
    value: { text: 'Занято' },
  });
  expect(parseReason('Q.850;cause=x')).toMatchObject({
    value: { protocol: 'Q.850', cause: undefined, text: undefined },
  });
  expect(() => formatReason({ protocol: 'S IP', cause: 1, text: undefined })).toThrow(UnsafeValue);
});

test.each([
  ['120', 120, ''],
  ['18000;duration=3600', 18000, ';duration=3600'],
  ['5 (I am (really) in a \\) meeting);x', 5, ';x'],
  ['99999999999999', 0xffff_ffff, ''],
])('Retry-After %j (RFC 3261 §20.33)', (text, seconds, params) => {
  const parsed = parseRetryAfter(text);
  expect(parsed.ok && [parsed.value.seconds, parsed.value.params.toString()]).toEqual([seconds, params]);
});

test.each(['', 'x', '5 (open', '5 x', '5 )', '5 ()) x', '5 (a)(b)'])('Retry-After %j is a fault', (text) => {
  expect(parseRetryAfter(text).ok).toBe(false);
});

test.each([
  ['54', '54', undefined],
  ['54.321 0.5', '54.321', '0.5'],
  ['5. .25', '5.', '.25'],
])('Timestamp %j (RFC 3261 §20.38)', (text, sent, delay) => {
  expect(parseTimestamp(text)).toEqual({ ok: true, value: { sent, delay } });
});

test.each(['', 'x', '1 x', '1 2 3', '-1'])('Timestamp %j is a fault', (text) => {
  expect(parseTimestamp(text).ok).toBe(false);
});

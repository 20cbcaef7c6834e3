import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatReplaces, parseReplaces } from './replaces.ts';

describe('Replaces', () => {
  test('RFC 3891 §6.1: a Call-ID and both tags, in any order, other parameters aside', () => {
    const read = parseReplaces('98732@sip.example.com ;from-tag=r33th4x0r\t; TO-TAG = ff87ff ;x=y;early-only');
    expect(read).toEqual({
      ok: true,
      value: { callId: '98732@sip.example.com', toTag: 'ff87ff', fromTag: 'r33th4x0r', earlyOnly: true },
    });
  });

  test.each([
    ['', 'bad-call-id'],
    ['x', 'bad-call-id'],
    [';to-tag=a;from-tag=b', 'bad-call-id'],
    ['x;to-tag=a', 'missing'],
    ['x;from-tag=a', 'missing'],
    ['x;to-tag=a;from-tag=b;to-tag=c', 'repeated-param'],
    ['x;to-tag;from-tag=b', 'bad-param'],
    ['x;to-tag=a;from-tag=b, y;to-tag=c;from-tag=d', 'trailing-text'],
  ])('RFC 3891 §6.1: %s is %s', (text, code) => {
    const read = parseReplaces(text);
    expect(read.ok ? undefined : read.error.code).toBe(code);
  });

  const token = fc.stringMatching(/^[A-Za-z0-9.!%*_+`'~-]{1,20}$/);
  test('what is written is read again', () => {
    fc.assert(
      fc.property(token, token, token, token, fc.boolean(), (id, host, toTag, fromTag, earlyOnly) => {
        const replaces = { callId: `${id}@${host}`, toTag, fromTag, earlyOnly };
        expect(parseReplaces(formatReplaces(replaces))).toEqual({ ok: true, value: replaces });
      }),
    );
  });

  test('nothing throws', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 80 }), (text) => {
        expect(typeof parseReplaces(text).ok).toBe('boolean');
      }),
    );
  });
});

import { expect, test } from 'vitest';
import { formatCSeq, parseCSeq } from './cseq.ts';
import { parseExpires, parseMaxForwards } from './numbers.ts';

test.each([
  ['0', 0],
  [' 007 ', 7],
  ['4294967295', 4294967295],
  ['4294967296', 4294967295],
  ['9'.repeat(4000), 4294967295],
])('Expires %j is %s seconds', (text, seconds) => {
  expect(parseExpires(text)).toEqual({ ok: true, value: seconds });
});

test.each(['', '-1', '+1', '1.5', '1 2', 'soon', '0x1'])('Expires %j is a fault', (text) => {
  expect(parseExpires(text).ok).toBe(false);
});

test('RFC 3261 §20.22: hops beyond 255 count as 255', () => {
  expect(parseMaxForwards('70')).toEqual({ ok: true, value: 70 });
  expect(parseMaxForwards('70000000000')).toEqual({ ok: true, value: 255 });
});

test('CSeq fits into 32 bits or is a fault (RFC 3261 §8.1.1.5, §20.16)', () => {
  expect(parseCSeq('0009\t INVITE')).toEqual({ ok: true, value: { number: 9, method: 'INVITE' } });
  expect(parseCSeq('4294967295 A').ok).toBe(true);
  for (const text of ['4294967296 A', '99999999999999999999 A', '1', '1 ', 'A 1', '1A', '1 A B', '-1 A', '']) {
    expect(parseCSeq(text).ok, text).toBe(false);
  }
  expect(formatCSeq({ number: 9, method: 'INVITE' })).toBe('9 INVITE');
});

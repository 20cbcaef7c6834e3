import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HmacSha1, SHA1_OCTETS } from './hmac-sha1.ts';

function digest(key: Uint8Array, data: Uint8Array, end: number, word?: number): Buffer {
  const hmac = new HmacSha1(key);
  hmac.digest(Buffer.alloc(300, 7), 300, 1); // what was digested before leaves nothing behind
  hmac.digest(data, end, word);
  const out = Buffer.alloc(SHA1_OCTETS);
  hmac.write(out, 0, SHA1_OCTETS);
  expect(hmac.matches(out, 0, SHA1_OCTETS)).toBe(true);
  return out;
}

test('RFC 2202: HMAC-SHA1 of its second example', () => {
  const out = digest(Buffer.from('Jefe'), Buffer.from('what do ya want for nothing?'), 28);
  expect(out.toString('hex')).toBe('effcdf6ae5eb2fa2d27416d5f184df9c259a7c79');
});

test('every length, with a word behind it and without, is as node:crypto has it', () => {
  const key = Buffer.from('0123456789abcdefghij');
  const data = Buffer.from(Array.from({ length: 300 }, (_, i) => (i * 7) & 0xff));
  for (let end = 0; end <= 300; end++) {
    const word = Buffer.from([0xfe, 0, 1, end & 0xff]);
    const expected = createHmac('sha1', key).update(data.subarray(0, end));
    expect(digest(key, data, end)).toEqual(expected.digest());
    const longer = createHmac('sha1', key).update(data.subarray(0, end)).update(word);
    expect(digest(key, data, end, word.readUInt32BE())).toEqual(longer.digest());
  }
});

test('any key and text', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), fc.uint8Array({ maxLength: 2_000 }), (key, data) => {
      expect(digest(key, data, data.length)).toEqual(createHmac('sha1', key).update(data).digest());
    }),
  );
});

test('one wrong bit does not match, wherever it is', () => {
  const hmac = new HmacSha1(Buffer.alloc(20, 3));
  hmac.digest(Buffer.alloc(172, 1), 172);
  const out = Buffer.alloc(SHA1_OCTETS);
  hmac.write(out, 0, SHA1_OCTETS);
  for (let bit = 0; bit < 80; bit++) {
    const wrong = Buffer.from(out);
    wrong[bit >> 3]! ^= 1 << (bit & 7);
    expect(hmac.matches(wrong, 0, 10)).toBe(false);
  }
});

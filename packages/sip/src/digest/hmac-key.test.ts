import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HmacKey } from './hmac-key.ts';

test('the MAC is the one of RFC 2104 for every key and message', () => {
  const octets = (maxLength: number) => fc.uint8Array({ maxLength }).map((array) => Buffer.from(array));
  fc.assert(
    fc.property(octets(200), octets(300), (key, message) => {
      expect(new HmacKey(key).mac(message)).toEqual(createHmac('sha256', key).update(message).digest());
    }),
  );
});

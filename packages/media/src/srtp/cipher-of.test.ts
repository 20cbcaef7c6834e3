import { expect, test } from 'vitest';
import { keyOctets } from './cipher-of.ts';

test.each([30, 38, 46, 28, 44])('a key of %i octets lies in memory of its own', (length) => {
  const key = Buffer.from(Array.from({ length }, (_, i) => i * 5));
  const octets = keyOctets(key.toString('base64'));
  expect(octets).toEqual(key);
  expect(octets.buffer.byteLength).toBe(length);
});

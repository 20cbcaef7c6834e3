import { expect, test } from 'vitest';
import { DIGIT, isAllOf, isOf, isToken, sameToken, TOKEN } from './chars.ts';

test('tokens are the characters of RFC 3261 §25.1 and no others', () => {
  const tokens = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code)).filter(isToken);
  expect(tokens.join('')).toBe("!%'*+-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_`abcdefghijklmnopqrstuvwxyz~");
});

test('codes outside of an octet belong to no class', () => {
  expect(isOf(-1, TOKEN)).toBe(false);
  expect(isOf(0x100 + 0x61, TOKEN)).toBe(false);
  expect(isAllOf('12', DIGIT)).toBe(true);
  expect(isAllOf('', DIGIT)).toBe(false);
});

test('tokens are compared without regard to the case of ASCII letters alone', () => {
  expect(sameToken('Branch', 'bRANCH')).toBe(true);
  expect(sameToken('a', 'b')).toBe(false);
  expect(sameToken('', '')).toBe(true);
  expect(sameToken('@', '`')).toBe(false);
  expect(sameToken('x[', 'x{')).toBe(false);
  expect(sameToken('tag', 'tags')).toBe(false);
});

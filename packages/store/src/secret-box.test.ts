import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KEY_OCTETS, SecretBox } from './secret-box.ts';

const box = new SecretBox(randomBytes(KEY_OCTETS));

test('what is sealed opens again, for its own context and key only', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (text, context) => {
      const sealed = box.seal(text, context);
      expect(box.open(sealed, context)).toBe(text);
      expect(box.open(sealed, `${context}.`)).toBeUndefined();
      expect(new SecretBox(randomBytes(KEY_OCTETS)).open(sealed, context)).toBeUndefined();
    }),
  );
});

test('the same secret is sealed differently each time, and shows nothing of itself', () => {
  const secret = 'f00dfeed'.repeat(4);
  const one = box.seal(secret, 'a');
  expect(one.equals(box.seal(secret, 'a'))).toBe(false);
  expect(one.includes(secret)).toBe(false);
});

test('a change of any octet is noticed', () => {
  const sealed = box.seal('secret', 'a');
  for (let at = 0; at < sealed.length; at++) {
    const changed = Buffer.from(sealed);
    changed[at] = (changed[at] ?? 0) ^ 1;
    expect(box.open(changed, 'a')).toBeUndefined();
  }
  for (let length = 0; length < sealed.length; length++)
    expect(box.open(sealed.subarray(0, length), 'a')).toBeUndefined();
});

test('a key has 32 octets', () => {
  expect(() => new SecretBox(Buffer.alloc(16))).toThrow(RangeError);
});

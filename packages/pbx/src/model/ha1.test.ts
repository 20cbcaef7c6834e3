import { SeededRandom } from '@vats/kernel/testing';
import { expect, test } from 'vitest';
import { passwordFault } from './account-rules.ts';
import { ha1Of, makePassword } from './ha1.ts';

test('the digests are those of the examples of RFC 2617 §3.5 and of the hash itself', () => {
  const digests = ha1Of('Mufasa', 'host.com', 'testrealm@host.com', 'Circle Of Life');
  expect(digests.md5).toBe('939e7578ed9e3c518a452acee763bce9');
  expect(digests.sha256).toMatch(/^[0-9a-f]{64}$/);
});

test('the username with a domain has digests of its own', () => {
  const { withDomain, ...plain } = ha1Of('anna', 'acme.example', 'acme.example', 'secret');
  expect(withDomain?.domain).toBe('acme.example');
  expect(withDomain?.md5).not.toBe(plain.md5);
  expect(withDomain?.md5).toBe(ha1Of('anna@acme.example', 'other', 'acme.example', 'secret').md5);
});

test('text is hashed as UTF-8 (RFC 7616 §4)', () => {
  // printf 'анна:r:пароль' | md5sum
  expect(ha1Of('анна', 'd', 'r', 'пароль').md5).toBe('5d1b196603296cda32719c2fcb1d8bf9');
});

test('made passwords are strong, differ, and can be read aloud', () => {
  const random = new SeededRandom(1);
  const made = Array.from({ length: 200 }, () => makePassword(random));
  expect(new Set(made).size).toBe(200);
  for (const password of made) {
    expect(password).toMatch(/^[a-zA-Z2-9]{16}$/);
    expect(password).not.toMatch(/[0O1lI]/);
    expect(password).toMatch(/[a-z]/);
    expect(password).toMatch(/[A-Z]/);
    expect(password).toMatch(/[0-9]/);
    expect(passwordFault('anna', password)).toBeUndefined();
    expect(passwordFault('201', password)).toBeUndefined();
  }
});

test('a made password does not hold the login that it is for', () => {
  const held = makePassword(new SeededRandom(1)).slice(3, 7);
  const made = makePassword(new SeededRandom(1), held);
  expect(made).not.toContain(held);
  expect(passwordFault(held, made)).toBeUndefined();
});

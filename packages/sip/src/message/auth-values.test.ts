import { expect, test } from 'vitest';
import { type AuthValue, formatChallenge, formatCredentials, parseAuthValue } from './auth-values.ts';
import { UnsafeValue } from './wire-text.ts';

function authOf(text: string): AuthValue {
  const parsed = parseAuthValue(text);
  if (!parsed.ok) throw new Error(`${text}: ${parsed.error.code}`);
  return parsed.value;
}

test('RFC 3261 §20.7: credentials with blanks, quotes and commas inside of quotes', () => {
  const value = authOf('DIGEST username="a \\"b\\"" ,Realm = "x, y",nc=00000001, uri="sip:h"');
  expect(value.isDigest).toBe(true);
  expect(value.get('username')).toBe('a "b"');
  expect(value.get('realm')).toBe('x, y');
  expect(value.get('nc')).toBe('00000001');
  expect(value.get('opaque')).toBeUndefined();
});

test('another scheme is kept unread', () => {
  const value = authOf('Bearer eyJhbGciOi==.x');
  expect(value.isDigest).toBe(false);
  expect(value.toString()).toBe('Bearer eyJhbGciOi==.x');
});

test.each([
  '',
  'Digest',
  'Digest ',
  'Digest realm',
  'Digest realm=',
  'Digest realm="x',
  'Digest realm="x",',
  'Digest realm="x",,nonce="y"',
  'Digest realm="x" nonce="y"',
  'Digest realm="x", REALM="y"',
  '"Digest" realm="x"',
  `Digest ${Array.from({ length: 65 }, (_, n) => `p${n}=1`).join(',')}`,
])('%j is a fault', (text) => {
  expect(parseAuthValue(text).ok).toBe(false);
});

test('quotes stand where RFC 7616 §3.3 and §3.4 put them', () => {
  const challenge = formatChallenge({
    realm: 'a "b"',
    nonce: 'n',
    stale: 'true',
    algorithm: 'MD5',
    qop: 'auth',
    opaque: undefined,
  });
  expect(challenge).toBe('Digest realm="a \\"b\\"", nonce="n", stale=true, algorithm=MD5, qop="auth"');
  expect(authOf(challenge).get('realm')).toBe('a "b"');
  const credentials = formatCredentials({
    username: 'u',
    uri: 'sip:h',
    algorithm: 'SHA-256',
    qop: 'auth',
    nc: '00000001',
  });
  expect(credentials).toBe('Digest username="u", uri="sip:h", algorithm=SHA-256, qop=auth, nc=00000001');
});

test('what would break out of its place is refused', () => {
  expect(() => formatChallenge({ realm: 'a\r\nb' })).toThrow(UnsafeValue);
  expect(() => formatChallenge({ algorithm: 'MD5, realm="x"' })).toThrow(UnsafeValue);
});

import { expect, test } from 'vitest';
import { parseAuthValue } from '../message/auth-values.ts';
import { answerChallenge } from './client.ts';
import { PASSWORD, URI } from './testing/credentials.ts';

test('a client leaves challenges alone that it cannot answer', () => {
  const client = { username: '201', password: PASSWORD, method: 'REGISTER', uri: URI, count: 1, cnonce: 'c' };
  const answer = (text: string) => {
    const read = parseAuthValue(text);
    return read.ok ? answerChallenge(read.value, client) : 'unreadable';
  };
  expect(answer('Bearer realm="r"')).toBeUndefined();
  expect(answer('Digest realm="r", nonce="n", algorithm=SHA-3')).toBeUndefined();
  expect(answer('Digest realm="r", nonce="n", algorithm=-sess, qop="auth"')).toBeUndefined();
  expect(answer('Digest realm="r", nonce="n", algorithm=MD5-sess')).toBeUndefined();
  expect(answer('Digest realm="r", nonce="n", qop="auth-conf"')).toBeUndefined();
  expect(answer('Digest realm="r", nonce="n"')).not.toContain('cnonce');
  expect(answer('Digest realm="r", nonce="n", opaque="o", qop="auth-int,auth"')).toContain('opaque="o", qop=auth, ');
  expect(answer('Digest realm="r", nonce="n", qop="auth-int"')).toContain('qop=auth-int, ');
});

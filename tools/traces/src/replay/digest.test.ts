import { expect, test } from 'vitest';
import { readSipText } from '../sip-text.ts';
import { challengeOf, credentialsFor, digestParameters } from './digest.ts';

const refusal = (...lines: readonly string[]) =>
  readSipText(Buffer.from(`SIP/2.0 401 Unauthorized\r\n${lines.join('\r\n')}\r\n\r\n`))!;

test('the first challenge that can be answered is taken', () => {
  const challenge = challengeOf(
    refusal(
      'WWW-Authenticate: Basic realm="x"',
      'WWW-Authenticate: Digest realm="x", nonce="n0", algorithm=SHA-512-256',
      'Proxy-Authenticate: Digest realm="a \\"b\\"", nonce="n1", opaque="o", qop="auth-int, auth", algorithm=MD5',
    ),
  );
  expect(challenge).toEqual({
    answerIn: 'Proxy-Authorization',
    realm: 'a \\"b\\"',
    nonce: 'n1',
    algorithm: 'MD5',
    opaque: 'o',
    qop: true,
  });
  expect(challengeOf(refusal('Server: x'))).toBeUndefined();
});

test('credentials without qop are those of the example of RFC 3665 §2.1', () => {
  const challenge = challengeOf(
    refusal(
      'WWW-Authenticate: Digest realm="atlanta.example.com", nonce="ea9c8e88df84f1cec4341ae6cbe5a359", opaque=""',
    ),
  )!;
  const value = credentialsFor(challenge, {
    username: 'bob',
    password: 'zanzibar',
    method: 'REGISTER',
    uri: 'sips:ss2.biloxi.example.com',
    count: 1,
    cnonce: 'unused',
  });
  // MD5 over the values above, reckoned with openssl; RFC 3665's own response is for a password that it does not tell.
  expect(digestParameters(value).get('response')).toBe('b5f508175c6cccc6f0600285b4391fbf');
  expect(digestParameters(value).has('nc')).toBe(false);
});

test.each([
  ['MD5', '8ca523f5e9506fed4657c9700eebdbec'],
  ['SHA-256', '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1'],
])('credentials with qop are those of the example of RFC 7616 §3.9.1: %s', (algorithm, response) => {
  const challenge = challengeOf(
    refusal(
      `WWW-Authenticate: Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=${algorithm}, ` +
        'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"',
    ),
  )!;
  const value = credentialsFor(challenge, {
    username: 'Mufasa',
    password: 'Circle of Life',
    method: 'GET',
    uri: '/dir/index.html',
    count: 1,
    cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
  });
  expect(digestParameters(value).get('response')).toBe(response);
  expect(digestParameters(value).get('nc')).toBe('00000001');
});

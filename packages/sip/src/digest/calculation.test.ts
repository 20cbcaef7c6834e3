import { hash } from 'node:crypto';
import { expect, test } from 'vitest';
import { digestResponse, ha1 } from './calculation.ts';

test('RFC 2617 §3.5: the response of Mufasa', () => {
  const input = {
    algorithm: 'MD5',
    ha1: ha1('MD5', 'Mufasa', 'testrealm@host.com', 'Circle Of Life'),
    method: 'GET',
    uri: '/dir/index.html',
    nonce: 'dcd98b7102dd2f0e8b11d0f600bfb0c093',
    protection: { qop: 'auth', nc: '00000001', cnonce: '0a4f113b' },
  } as const;
  expect(input.ha1).toBe('939e7578ed9e3c518a452acee763bce9');
  expect(digestResponse(input)).toBe('6629fae49393a05397450978507c4ef1');
});

test('RFC 7616 §3.9.1: MD5 and SHA-256 (RFC 7616 §3.4.1, RFC 8760 §2.1, §2.2)', () => {
  const input = {
    method: 'GET',
    uri: '/dir/index.html',
    nonce: '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v',
    protection: { qop: 'auth', nc: '00000001', cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ' },
  };
  const responseBy = (algorithm: 'MD5' | 'SHA-256') =>
    digestResponse({
      ...input,
      algorithm,
      ha1: ha1(algorithm, 'Mufasa', 'http-auth@example.org', 'Circle of Life'),
    });
  expect(responseBy('MD5')).toBe('8ca523f5e9506fed4657c9700eebdbec');
  expect(responseBy('SHA-256')).toBe('753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1');
});

test('RFC 2069 peers leave out the counter', () => {
  // RFC 2069 §2.4 as corrected by its erratum 749
  expect(
    digestResponse({
      algorithm: 'MD5',
      ha1: ha1('MD5', 'Mufasa', 'testrealm@host.com', 'CircleOfLife'),
      method: 'GET',
      uri: '/dir/index.html',
      nonce: 'dcd98b7102dd2f0e8b11d0f600bfb0c093',
    }),
  ).toBe('1949323746fe6a43ef61f9606e7febea');
});

test('RFC 7616 §4: human text is hashed as UTF-8', () => {
  expect(ha1('MD5', 'иван', 'офис', 'пароль')).toBe(hash('md5', Buffer.from('иван:офис:пароль', 'utf8')));
});

test('a wire string is hashed octet for octet', () => {
  const input = { algorithm: 'MD5', ha1: ha1('MD5', 'u', 'r', 'p'), method: 'INVITE', nonce: 'n' } as const;
  const uri = 'sip:иван@офис';
  const wire = Buffer.from(uri).toString('latin1');
  const ha2 = hash('md5', `INVITE:${uri}`);
  expect(digestResponse({ ...input, uri: wire })).toBe(hash('md5', `${input.ha1}:n:${ha2}`));
  const protection = { qop: 'auth', nc: '00000001', cnonce: '\xff' };
  const octets = Buffer.from(`${input.ha1}:n:00000001:\xff:auth:${ha2}`, 'latin1');
  expect(digestResponse({ ...input, uri: wire, protection })).toBe(hash('md5', octets));
});

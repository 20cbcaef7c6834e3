import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readCryptoLine, readCryptoLines, writeCryptoLine } from './crypto-attribute.ts';
import { CRYPTO_SUITES, type CryptoSuite } from './crypto-suite.ts';

const KEY = Buffer.alloc(30, 0xab).toString('base64');
const GCM_KEY = Buffer.alloc(28, 0xcd).toString('base64');
const CM80 = { tag: 1, suite: 'AES_CM_128_HMAC_SHA1_80', key: KEY };

describe('a line that can be used', () => {
  test.each([
    [`a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${KEY}`, CM80],
    [`a=crypto:1 AES_CM_128_HMAC_SHA1_80  inline:${KEY} `, CM80],
    [`a=crypto:01 aes_cm_128_hmac_sha1_80 INLINE:${KEY}`, CM80],
    [`a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${KEY}|2^31`, CM80],
    [`a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${KEY}|2^48`, CM80],
    [`a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${KEY}|1000000`, CM80],
    [`a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${KEY}|2^20|1:4`, { ...CM80, mki: { value: 1, octets: 4 } }],
    [`a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${KEY}|255:1`, { ...CM80, mki: { value: 255, octets: 1 } }],
    [`a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${KEY} WSH=128`, CM80],
    [`a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${KEY} KDR=0 -unheard=of`, CM80],
    [`a=crypto:7 AEAD_AES_128_GCM inline:${GCM_KEY}`, { tag: 7, suite: 'AEAD_AES_128_GCM', key: GCM_KEY }],
    [
      `a=crypto:7 AEAD_AES_128_GCM inline:${GCM_KEY.replace('==', '')}`,
      { tag: 7, suite: 'AEAD_AES_128_GCM', key: GCM_KEY },
    ],
  ])('%s', (line, read) => {
    expect(readCryptoLine(line)).toEqual(read);
  });
});

describe('a line that can not', () => {
  test.each([
    ['another suite', `a=crypto:1 F8_128_HMAC_SHA1_80 inline:${KEY}`],
    ['a name of every object', `a=crypto:1 constructor inline:${KEY}`],
    ['tag 0', `a=crypto:0 AES_CM_128_HMAC_SHA1_80 inline:${KEY}`],
    ['a tag of ten digits', `a=crypto:1234567890 AES_CM_128_HMAC_SHA1_80 inline:${KEY}`],
    ['a key that is too short', `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${GCM_KEY}`],
    ['a key that is too long', `a=crypto:1 AEAD_AES_128_GCM inline:${KEY}`],
    ['a key that is no base64', `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${KEY.slice(0, -1)}-`],
    ['stray bits behind the key', `a=crypto:7 AEAD_AES_128_GCM inline:${GCM_KEY.replace('Q==', 'R==')}`],
    ['two keys', `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${KEY}|2^20|1:4;inline:${KEY}|2^20|2:4`],
    ['another key method', `a=crypto:1 AES_CM_128_HMAC_SHA1_80 kms:${KEY}`],
    ['a lifetime beyond RFC 3711', `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${KEY}|2^49`],
    ['no lifetime at all', `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${KEY}|0`],
    ['a lifetime of no number', `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${KEY}|soon`],
    ['an identifier that does not fit', `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${KEY}|256:1`],
    ['an identifier that is too long', `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${KEY}|1:5`],
    ['no encryption', `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${KEY} UNENCRYPTED_SRTP`],
    ['no encryption of RTCP', `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${KEY} UNENCRYPTED_SRTCP`],
    ['no authentication', `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${KEY} UNAUTHENTICATED_SRTP`],
    ['keys derived anew', `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${KEY} KDR=16`],
    ['forward error correction', `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${KEY} FEC_ORDER=FEC_SRTP`],
    ['an unknown parameter', `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${KEY} WHATEVER`],
    ['no key', 'a=crypto:1 AES_CM_128_HMAC_SHA1_80'],
    ['nothing', 'a=crypto:'],
  ])('%s', (_, line) => {
    expect(readCryptoLine(line)).toBeUndefined();
  });
});

test('of several, those that can be used, in their order, each tag once', () => {
  const [first, second] = [Buffer.alloc(30, 1).toString('base64'), Buffer.alloc(30, 2).toString('base64')];
  const lines = [
    'a=crypto:1 F8_128_HMAC_SHA1_80 inline:AAAA',
    `a=crypto:3 AES_CM_128_HMAC_SHA1_32 inline:${first}`,
    `a=crypto:2 AES_CM_128_HMAC_SHA1_80 inline:${second}`,
    `a=crypto:3 AES_CM_128_HMAC_SHA1_80 inline:${second}`,
  ];
  expect(readCryptoLines(lines.map((line) => `${line}\r\n`).join(''))).toEqual([
    { tag: 3, suite: 'AES_CM_128_HMAC_SHA1_32', key: first },
    { tag: 2, suite: 'AES_CM_128_HMAC_SHA1_80', key: second },
  ]);
});

test('what is written is read again, and a changed octet never makes anything else of it', () => {
  const suites = Object.keys(CRYPTO_SUITES) as CryptoSuite[];
  fc.assert(
    fc.property(
      fc.constantFrom(...suites),
      fc.integer({ min: 1, max: 999_999_999 }),
      fc.uint8Array({ minLength: 46, maxLength: 46 }),
      (suite, tag, octets) => {
        const { key, salt } = CRYPTO_SUITES[suite];
        const base64 = Buffer.from(octets.subarray(0, key + salt)).toString('base64');
        const line = writeCryptoLine(tag, suite, base64);
        expect(line.endsWith('\r\n')).toBe(true);
        expect(readCryptoLine(line.trimEnd())).toEqual({ tag, suite, key: base64 });
      },
    ),
  );
});

test('any text is read or not, and none throws', () => {
  const part = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('inline:', '|', ':', ';', ' ', '2^', KEY, 'WSH=64'),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
      const line = `a=crypto:1 AES_CM_128_HMAC_SHA1_80 ${parts.join('')}`;
      const read = readCryptoLine(line);
      if (read !== undefined) expect(Buffer.from(read.key, 'base64').length).toBe(30);
    }),
  );
});

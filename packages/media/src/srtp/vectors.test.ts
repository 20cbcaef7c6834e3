import { createCipheriv } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { CryptoSuite } from '../sdp/crypto-suite.ts';
import { AesCounter } from './aes-counter.ts';
import { sessionKeys } from './session-keys.ts';
import { SrtpReceiver } from './srtp-receiver.ts';
import { SrtpSender } from './srtp-sender.ts';

const hex = (text: string): Buffer => Buffer.from(text.replace(/\s+/g, ''), 'hex');

test('RFC 3711 B.2: the key stream of AES in counter mode', () => {
  const counter = new AesCounter(hex('2B7E151628AED2A6ABF7158809CF4F3C'), hex('F0F1F2F3F4F5F6F7F8F9FAFBFCFD'));
  const stream = Buffer.alloc(0xff02 * 16);
  counter.apply(stream, 0, stream.length, 0, 0);
  expect(stream.subarray(0, 48)).toEqual(
    hex('E03EAD0935C95E80E166B16DD92B4EB4 D23513162B02D0F72A43A2FE4A5F97AB 41E95B3BB0A2E8DD477901E4FCA894C0'),
  );
  expect(stream.subarray(0xfeff * 16)).toEqual(
    hex('EC8CDF7398607CB0F2D21675EA9EA1E4 362B7C3C6773516318A077D7FC5073AE 6A2CC3787889374FBEB4C81B17BA6C44'),
  );
});

test('RFC 3711 B.3: key derivation', () => {
  const master = hex('E1F97A0D3E018BE0D64FA32C06DE4139 0EC675AD498AFEEBB6960B3AABE6');
  const keys = sessionKeys('AES_CM_128_HMAC_SHA1_80', master, 'rtp');
  expect(keys.cipher).toEqual(hex('C61E7A93744F39EE10734AFE3FF7A087'));
  expect(keys.salt).toEqual(hex('30CBBC08863D8C85D49DB34A9AE1'));
  expect(keys.authentication).toEqual(hex('CEBE321F6FF7716B6FD4AB49AF256A156D38BAA4'));
});

test('RFC 6188 §7.2, §7.3: AES-256 in counter mode, and its key derivation', () => {
  const counter = new AesCounter(
    hex('57f82fe3613fd170a85ec93c40b1f092 2ec4cb0dc025b58272147cc438944a98'),
    hex('f0f1f2f3f4f5f6f7f8f9fafbfcfd'),
  );
  const stream = Buffer.alloc(32);
  counter.apply(stream, 0, 32, 0, 0);
  expect(stream).toEqual(hex('92bdd28a93c3f52511c677d08b5515a4 9da71b2378a854f67050756ded165bac'));
  const master = hex('f0f04914b513f2763a1b1fa130f10e29 98f6f6e43e4309d1e622a0e332b9f1b6 3b04803de51ee7c96423ab5b78d2');
  const keys = sessionKeys('AES_256_CM_HMAC_SHA1_80', master, 'rtp');
  expect(keys.cipher).toEqual(hex('5ba1064e30ec51613cad926c5a28ef73 1ec7fb397f70a960653caf06554cd8c4'));
  expect(keys.salt).toEqual(hex('fa31791685ca444a9e07c6c64e93'));
  expect(keys.authentication).toEqual(hex('fd9c32d39ed5fbb5a9dc96b30818454d1313dc05'));
});

// Packets as libsrtp's own validation has them (test/srtp_driver.c).
const PLAIN_RTP = hex('800f1234decafbadcafebabe abababababababababababababababab');
const PLAIN_RTCP = hex('81c8000bcafebabe abababababababababababababababab');
const CM_KEY = hex('e1f97a0d3e018be0d64fa32c06de4139 0ec675ad498afeebb6960b3aabe6');
const GCM_KEY = hex('000102030405060708090a0b0c0d0e0f a0a1a2a3a4a5a6a7a8a9aaab');

describe.each<[CryptoSuite, Buffer, string, string]>([
  [
    'AES_CM_128_HMAC_SHA1_80',
    CM_KEY,
    '800f1234decafbadcafebabe 4e55dc4ce79978d88ca4d215949d2402 b78d6acc99ea179b8dbb',
    '81c8000bcafebabe 7128035be487b9bdbef89041f977a5a8 80000001 993e08cd54d6c1230798',
  ],
  [
    'AES_CM_128_HMAC_SHA1_32',
    CM_KEY,
    '800f1234decafbadcafebabe 4e55dc4ce79978d88ca4d215949d2402 b78d6acc',
    '81c8000bcafebabe 7128035be487b9bdbef89041f977a5a8 80000001 993e08cd54d6c1230798',
  ],
  [
    'AEAD_AES_128_GCM',
    GCM_KEY,
    '800f1234decafbadcafebabe c5002ede04cfdd2eb91159e0880aa06e d2976826f796b201df3131a127e8a392',
    '81c8000bcafebabe c98b8b5df0392a55852b6c21ac8e7025 c52c6fbea2b3b446ea31123ba88ce61e 80000001',
  ],
])('libsrtp, %s', (suite, key, rtp, rtcp) => {
  const keySalt = key.toString('base64');

  test('RTP', () => {
    const sealed = new SrtpSender(suite, keySalt).protectRtp(PLAIN_RTP);
    expect(sealed).toEqual(hex(rtp));
    expect(new SrtpReceiver(suite, keySalt).openRtp(hex(rtp))).toEqual(PLAIN_RTP);
  });

  test('RTCP', () => {
    expect(new SrtpSender(suite, keySalt).protectRtcp(PLAIN_RTCP)).toEqual(hex(rtcp));
    expect(new SrtpReceiver(suite, keySalt).openRtcp(hex(rtcp))).toEqual(PLAIN_RTCP);
  });
});

test('AES-256-GCM: a packet is what node:crypto makes of it with the IV of RFC 7714 §8.1', () => {
  const master = Buffer.alloc(44, 0x5a);
  const { cipher: key, salt } = sessionKeys('AEAD_AES_256_GCM', master, 'rtp');
  const iv = Buffer.alloc(12);
  iv.writeUInt32BE(0xcafebabe, 2);
  iv.writeUInt16BE(0x1234, 10);
  for (let i = 0; i < 12; i++) iv[i]! ^= salt[i]!;
  const gcm = createCipheriv('aes-256-gcm', key, iv);
  gcm.setAAD(PLAIN_RTP.subarray(0, 12));
  const text = Buffer.concat([gcm.update(PLAIN_RTP.subarray(12)), gcm.final()]);
  const sender = new SrtpSender('AEAD_AES_256_GCM', master.toString('base64'));
  expect(sender.protectRtp(PLAIN_RTP)).toEqual(Buffer.concat([PLAIN_RTP.subarray(0, 12), text, gcm.getAuthTag()]));
});

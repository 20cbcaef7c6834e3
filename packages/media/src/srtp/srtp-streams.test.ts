import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rtpSequence } from '../rtp/packet.ts';
import { CRYPTO_SUITES, type CryptoSuite } from '../sdp/crypto-suite.ts';
import type { Mki } from '../sdp/srtp-keys.ts';
import { rtcpPacket, rtpPacket } from '../testing/udp-phone.ts';
import { cipherOf } from './cipher-of.ts';
import { MOST_HEARD_STREAMS, SrtpReceiver } from './srtp-receiver.ts';
import { MOST_SENT_STREAMS, SrtpSender } from './srtp-sender.ts';

const SUITES = Object.keys(CRYPTO_SUITES) as CryptoSuite[];

function keyOf(suite: CryptoSuite, octet = 7): string {
  const { key, salt } = CRYPTO_SUITES[suite];
  return Buffer.alloc(key + salt, octet).toString('base64');
}

function ends(suite: CryptoSuite) {
  return { sender: new SrtpSender(suite, keyOf(suite)), receiver: new SrtpReceiver(suite, keyOf(suite)) };
}

function take(receiver: SrtpReceiver, sealed: Buffer) {
  const opened = receiver.openRtp(Buffer.from(sealed));
  if (typeof opened !== 'string') receiver.taken();
  return opened;
}

describe.each(SUITES)('%s', (suite) => {
  test('any packet comes through as it was: CSRCs, extension, padding, no payload, a large one', () => {
    const { sender, receiver } = ends(suite);
    let sequence = 0;
    fc.assert(
      fc.property(
        fc.nat(15),
        fc.boolean(),
        fc.boolean(),
        fc.uint8Array({ maxLength: 2_000 }),
        (csrcs, extended, padded, payload) => {
          const head = rtpPacket({ sequence: sequence++, payload: Buffer.alloc(0) });
          head[0] = 0x80 | csrcs | (extended ? 0x10 : 0) | (padded ? 0x20 : 0);
          const more = Buffer.alloc(4 * csrcs, 1);
          const extension = extended ? Buffer.from([0xbe, 0xde, 0, 1, 1, 2, 3, 4]) : Buffer.alloc(0);
          const padding = padded ? Buffer.from([0, 0, 3]) : Buffer.alloc(0);
          const packet = Buffer.concat([head, more, extension, payload, padding]);
          const sealed = sender.protectRtp(packet)!;
          const clear = head.length + more.length + extension.length;
          expect(sealed.subarray(0, clear)).toEqual(packet.subarray(0, clear));
          if (payload.length >= 16) expect(sealed.indexOf(payload.subarray(0, 16))).toBe(-1);
          expect(take(receiver, sealed)).toEqual(packet);
        },
      ),
    );
  });

  test('no bit of it may be changed, and what is not opened is left as it was', () => {
    const { sender, receiver } = ends(suite);
    const sealed = sender.protectRtp(rtpPacket({ sequence: 5, payload: Buffer.alloc(20, 1) }))!;
    for (let bit = 0; bit < 8 * sealed.length; bit++) {
      const wrong = Buffer.from(sealed);
      wrong[bit >> 3]! ^= 1 << (bit & 7);
      const before = Buffer.from(wrong);
      expect(typeof receiver.openRtp(wrong)).toBe('string');
      expect(wrong).toEqual(before);
    }
    expect(take(receiver, sealed)).toHaveLength(32);
  });

  test('RTCP: encrypted, numbered, each once', () => {
    const { sender, receiver } = ends(suite);
    const report = Buffer.concat([rtcpPacket(1), rtcpPacket(2)]);
    const [one, two] = [sender.protectRtcp(report)!, sender.protectRtcp(report)!];
    expect(one).not.toEqual(two);
    for (const sealed of [two, one]) {
      expect(receiver.openRtcp(Buffer.from(sealed))).toEqual(report);
      receiver.taken();
      expect(receiver.openRtcp(Buffer.from(sealed))).toBe('replayed');
    }
    for (let bit = 0; bit < 8 * one.length; bit++) {
      const wrong = sender.protectRtcp(report)!;
      wrong[bit >> 3]! ^= 1 << (bit & 7);
      expect(typeof receiver.openRtcp(wrong)).toBe('string');
    }
  });

  test('a stream goes on over two roll-overs, lossy and out of order; nothing is heard twice', () => {
    const { sender, receiver } = ends(suite);
    let [sent, heard] = [0, 0];
    const wave: Buffer[] = [];
    for (let index = 65_000; index < 65_000 + 140_000; index += 31) {
      sent++;
      wave.push(sender.protectRtp(rtpPacket({ sequence: index, payload: Buffer.alloc(3) }))!);
      if (wave.length < 3) continue;
      for (const sealed of [wave[2]!, wave[1]!, wave[0]!]) if (typeof take(receiver, sealed) !== 'string') heard++;
      for (const sealed of wave) expect(take(receiver, sealed)).toBe('replayed');
      wave.length = 0;
    }
    expect(heard).toBe(sent - wave.length);
  });
});

test('an identifier of the key stands where each kind of suite has it, and must be the one that was said', () => {
  const mki: Mki = { value: 0x0102, octets: 2 };
  for (const suite of SUITES) {
    const { rtpTag, rtcpTag, tagIsLast } = cipherOf(suite, keyOf(suite));
    const sender = new SrtpSender(suite, keyOf(suite));
    const withMki = (sealed: Buffer, tag: number, value: number) => {
      const at = tagIsLast ? sealed.length - tag : sealed.length;
      return Buffer.concat([sealed.subarray(0, at), Buffer.from([value >> 8, value & 0xff]), sealed.subarray(at)]);
    };
    const packet = rtpPacket({ sequence: 1 });
    const sealed = sender.protectRtp(packet)!;
    const receiver = new SrtpReceiver(suite, keyOf(suite), mki);
    expect(receiver.openRtp(withMki(sealed, rtpTag, 0x0103))).toBe('unauthentic');
    expect(receiver.openRtp(withMki(sealed, rtpTag, 0x0102))).toEqual(packet);
    const report = sender.protectRtcp(rtcpPacket())!;
    expect(receiver.openRtcp(withMki(report, rtcpTag, 0x0103))).toBe('unauthentic');
    expect(receiver.openRtcp(withMki(report, rtcpTag, 0x0102))).toEqual(rtcpPacket());
  }
});

test('what is opened counts only when it is taken', () => {
  const { sender, receiver } = ends('AES_CM_128_HMAC_SHA1_80');
  const sealed = sender.protectRtp(rtpPacket({ sequence: 1 }))!;
  expect(receiver.openRtp(Buffer.from(sealed))).toBeInstanceOf(Buffer);
  expect(receiver.openRtp(Buffer.from(sealed))).toBeInstanceOf(Buffer);
  receiver.taken();
  expect(receiver.openRtp(Buffer.from(sealed))).toBe('replayed');
});

test('a report that is not encrypted is not believed, though its tag be right', () => {
  const suite = 'AES_CM_128_HMAC_SHA1_80';
  const sealed = new SrtpSender(suite, keyOf(suite)).protectRtcp(rtcpPacket())!;
  sealed[sealed.length - 14]! &= 0x7f;
  expect(new SrtpReceiver(suite, keyOf(suite)).openRtcp(sealed)).toBe('unauthentic');
});

test('no piece of key stream is used twice: a number that was sent, or is too old to tell, is not sent', () => {
  const { sender } = ends('AES_CM_128_HMAC_SHA1_80');
  const send = (sequence: number) => sender.protectRtp(rtpPacket({ sequence, payload: Buffer.alloc(4) }));
  expect(send(1_000)).toBeDefined();
  expect(send(1_000)).toBeUndefined();
  expect(send(999)).toBeDefined();
  expect(send(999)).toBeUndefined();
  expect(send(800)).toBeUndefined();
  for (let ssrc = 1; ssrc < MOST_SENT_STREAMS; ssrc++)
    expect(sender.protectRtp(rtpPacket({ sequence: 1, ssrc }))).toBeDefined();
  expect(sender.protectRtp(rtpPacket({ sequence: 1, ssrc: 99_999 }))).toBeUndefined();
  expect(send(1_001)).toBeDefined();
});

test('streams that are heard are bounded; without the key nobody begins one', () => {
  const suite = 'AES_CM_128_HMAC_SHA1_80';
  const { sender, receiver } = ends(suite);
  const stranger = new SrtpSender(suite, keyOf(suite, 8));
  const first = sender.protectRtp(rtpPacket({ sequence: 1, ssrc: 1 }))!;
  take(receiver, first);
  for (let ssrc = 1; ssrc <= MOST_SENT_STREAMS; ssrc++) {
    expect(take(receiver, stranger.protectRtp(rtpPacket({ sequence: 9, ssrc: 1_000 + ssrc }))!)).toBe('unauthentic');
  }
  expect(take(receiver, first)).toBe('replayed');
  for (let ssrc = 2; ssrc <= MOST_HEARD_STREAMS; ssrc++)
    take(receiver, sender.protectRtp(rtpPacket({ sequence: 1, ssrc }))!);
  expect(take(receiver, first)).toBe('replayed');
});

test('any octets are no packet, and none throws', () => {
  fc.assert(
    fc.property(fc.constantFrom(...SUITES), fc.uint8Array({ maxLength: 120 }), (suite, octets) => {
      const receiver = new SrtpReceiver(suite, keyOf(suite), { value: 1, octets: 4 });
      expect(typeof receiver.openRtp(Buffer.from(octets))).toBe('string');
      expect(typeof receiver.openRtcp(Buffer.from(octets))).toBe('string');
    }),
  );
});

test('under another key the roll-over counter goes on, or begins anew', () => {
  const suite = 'AES_CM_128_HMAC_SHA1_80';
  const former = new SrtpReceiver(suite, keyOf(suite, 1));
  const old = new SrtpSender(suite, keyOf(suite, 1));
  for (const sequence of [65_500, 65_535, 3]) take(former, old.protectRtp(rtpPacket({ sequence }))!);
  const cipher = cipherOf(suite, keyOf(suite, 2));
  for (const index of [4, 65_540]) {
    const packet = rtpPacket({ sequence: index });
    const sealed = Buffer.concat([packet, Buffer.alloc(cipher.rtpTag)]);
    cipher.sealRtp(sealed, 12, packet.length, 0x1234, index);
    const opened = new SrtpReceiver(suite, keyOf(suite, 2)).openRtp(sealed, former);
    expect(typeof opened === 'string' ? opened : rtpSequence(opened)).toBe(index & 0xffff);
  }
});

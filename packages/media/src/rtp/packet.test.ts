import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as packet from './packet.ts';

function rtp(first: number, ...rest: number[]): Buffer {
  return Buffer.from([first, 0x88, 0x12, 0x34, 0, 0, 0, 160, 0xde, 0xad, 0xbe, 0xef, ...rest]);
}

test('fields are read where RFC 3550 §5.1 puts them', () => {
  const one = rtp(0x80, 1, 2, 3);
  expect(packet.rtpPayloadAt(one)).toBe(12);
  expect(packet.rtpPayloadEnd(one)).toBe(15);
  expect(packet.rtpPayloadType(one)).toBe(8);
  expect(packet.rtpMarker(one)).toBe(true);
  expect(packet.rtpSequence(one)).toBe(0x1234);
  expect(packet.rtpTimestamp(one)).toBe(160);
  expect(packet.rtpSsrc(one)).toBe(0xdeadbeef);
  packet.setRtpPayloadType(one, 101);
  expect([packet.rtpPayloadType(one), packet.rtpMarker(one)]).toEqual([101, true]);
});

test('CSRCs, a header extension and padding are stepped over', () => {
  const one = rtp(0xb2, 0, 0, 0, 1, 0, 0, 0, 2, 0xbe, 0xde, 0, 1, 9, 9, 9, 9, 77, 78, 0, 0, 3);
  expect(packet.rtpPayloadAt(one)).toBe(28);
  expect(one.subarray(packet.rtpPayloadAt(one), packet.rtpPayloadEnd(one))).toEqual(Buffer.from([77, 78]));
});

test.each([
  ['nothing', Buffer.alloc(0)],
  ['11 octets', rtp(0x80).subarray(0, 11)],
  ['version 1', rtp(0x40)],
  ['CSRCs that are not there', rtp(0x81)],
  ['an extension that is not there', rtp(0x90)],
  ['an extension longer than the packet', rtp(0x90, 0xbe, 0xde, 0, 2, 1, 2, 3, 4)],
  ['padding longer than the packet', rtp(0xa0, 1, 2, 4)],
  ['padding of nothing', rtp(0xa0, 1, 2, 0)],
  ['padding without an octet to count it', rtp(0xa0)],
])('checklist 4: no RTP: %s', (_, datagram) => {
  expect(packet.rtpPayloadAt(datagram)).toBe(packet.NOT_RTP);
});

const REPORT = [0x80, 201, 0, 1, 0, 0, 0, 7];
const SDES = [0x81, 202, 0, 2, 0, 0, 0, 7, 1, 1, 0x61, 0];

test('an RTCP compound is walked to its end', () => {
  expect(packet.isRtcp(Buffer.from(REPORT))).toBe(true);
  expect(packet.isRtcp(Buffer.from([...REPORT, ...SDES]))).toBe(true);
  expect(packet.isRtcp(Buffer.from([...REPORT, 0xa0, 203, 0, 2, 0, 0, 0, 7, 0, 0, 0, 4]))).toBe(true);
  expect(packet.looksLikeRtcp(Buffer.from(REPORT))).toBe(true);
  expect(packet.looksLikeRtcp(rtp(0x80))).toBe(false);
});

test.each([
  ['4 octets', REPORT.slice(0, 4)],
  ['a length beyond the datagram', [0x80, 201, 0, 9, 0, 0, 0, 7]],
  ['octets behind the last part', [...REPORT, 0, 0, 0, 0]],
  ['a torn second part', [...REPORT, 0x81, 202, 0, 2]],
  ['an RTP payload type', [0x80, 8, 0, 1, 0, 0, 0, 7]],
  ['version 0', [0, 201, 0, 1, 0, 0, 0, 7]],
  ['padding before the end', [0xa0, 201, 0, 1, 0, 0, 0, 4, ...REPORT]],
  ['padding larger than its part', [0xa0, 201, 0, 1, 0, 0, 0, 8]],
])('checklist 4: no RTCP: %s', (_, octets) => {
  expect(packet.isRtcp(Buffer.from(octets))).toBe(false);
});

test('checklist 4: no datagram makes a reader throw or point outside', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (octets) => {
      const at = packet.rtpPayloadAt(octets);
      expect(typeof packet.isRtcp(octets)).toBe('boolean');
      if (at === packet.NOT_RTP) return;
      expect(at).toBeGreaterThanOrEqual(12);
      expect(packet.rtpPayloadEnd(octets)).toBeGreaterThanOrEqual(at);
      expect(packet.rtpPayloadEnd(octets)).toBeLessThanOrEqual(octets.length);
    }),
  );
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Renumbering } from './outgoing-stream.ts';
import { isRtcp } from './packet.ts';
import { translateReports } from './translate-reports.ts';

const SOURCE = 0x1111_1111;
const OWN = 0x2222_2222;
const OTHER = 0x3333_3333;
const AHEAD: Renumbering = { sourceSsrc: SOURCE, ownSsrc: OWN, sequence: 500, timestamp: 8_000 };
/** Of the stream that the sender of the report hears. */
const BACK: Renumbering = { sourceSsrc: 0x4444_4444, ownSsrc: 0x5555_5555, sequence: 70, timestamp: 9 };

function part(kind: number, count: number, ...words: number[]): Buffer {
  const packet = Buffer.alloc(4 + 4 * words.length);
  packet[0] = 0x80 | count;
  packet[1] = kind;
  packet.writeUInt16BE(words.length, 2);
  words.forEach((word, i) => void packet.writeUInt32BE(word >>> 0, 4 + 4 * i));
  return packet;
}

function words(packet: Buffer): number[] {
  return Array.from({ length: packet.length / 4 }, (_, i) => packet.readUInt32BE(4 * i));
}

const BLOCK_OF_OWN = [BACK.ownSsrc, 0x0100_0002, 0x0001_0050, 3, 4, 5];
const BLOCK_OF_SOURCE = [BACK.sourceSsrc, 0x0100_0002, 0x0001_0050 - 70, 3, 4, 5];
const BLOCK_OF_ANOTHER = [OTHER, 1, 0x0001_0050, 3, 4, 5];

test('a sender report: its SSRC and RTP time go ahead, its blocks back, blocks of others stay', () => {
  const packet = part(200, 2, SOURCE, 10, 11, 0xffff_ff00, 12, 13, ...BLOCK_OF_OWN, ...BLOCK_OF_ANOTHER);
  expect(translateReports(packet, AHEAD, BACK)).toBe(packet.length);
  const time = (0xffff_ff00 + 8_000) % 2 ** 32;
  expect(words(packet).slice(1)).toEqual([OWN, 10, 11, time, 12, 13, ...BLOCK_OF_SOURCE, ...BLOCK_OF_ANOTHER]);
});

test('a receiver report with a source description, and feedback', () => {
  const name = [0x0107_6162, 0x6364_6566, 0x6700_0000]; // CNAME "abcdefg", ended, padded
  const packet = Buffer.concat([
    part(201, 1, SOURCE, ...BLOCK_OF_OWN),
    part(202, 2, SOURCE, ...name, SOURCE, ...name),
    part(205, 1, SOURCE, BACK.ownSsrc, 7),
    part(206, 1, OTHER, OTHER, 7),
  ]);
  translateReports(packet, AHEAD, BACK);
  const expected = Buffer.concat([
    part(201, 1, OWN, ...BLOCK_OF_SOURCE),
    part(202, 2, OWN, ...name, OWN, ...name),
    part(205, 1, OWN, BACK.sourceSsrc, 7),
    part(206, 1, OTHER, OTHER, 7),
  ]);
  expect(words(packet)).toEqual(words(expected));
});

test('a goodbye of a source whose stream goes on is left out; that of one which passes as it comes is not', () => {
  const packet = Buffer.concat([part(201, 0, SOURCE), part(203, 1, SOURCE)]);
  expect(translateReports(Buffer.from(packet), AHEAD, undefined)).toBe(8);
  expect(translateReports(Buffer.from(packet.subarray(8)), AHEAD, undefined)).toBe(0);
  expect(translateReports(Buffer.from(packet), { ...AHEAD, sourceSsrc: OWN }, undefined)).toBe(packet.length);
  expect(translateReports(Buffer.from(packet), undefined, BACK)).toBe(packet.length);
});

test('what stands before such a goodbye and is no report by itself is left out with it', () => {
  expect(translateReports(Buffer.concat([part(200, 0), part(203, 0), part(200, 0)]), AHEAD, BACK)).toBe(0);
});

test('whatever is RTCP stays RTCP: nothing is read or written beyond it', () => {
  const any = fc.tuple(
    fc.constantFrom(200, 201, 202, 203, 204, 205, 206, 207),
    fc.nat(31),
    fc.array(fc.nat(), { maxLength: 20 }),
  );
  fc.assert(
    fc.property(fc.array(any, { minLength: 1, maxLength: 4 }), (parts) => {
      const whole = Buffer.concat(parts.map(([kind, count, content]) => part(kind, count, ...content)));
      fc.pre(isRtcp(whole));
      const left = translateReports(whole, AHEAD, BACK);
      expect(left === 0 || isRtcp(whole.subarray(0, left))).toBe(true);
    }),
  );
});

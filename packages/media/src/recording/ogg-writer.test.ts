import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readOgg } from '../testing/ogg-pages.ts';
import { OggWriter, oggChecksum } from './ogg-writer.ts';

test('the checksum is that of Ogg: the check value of CRC-32 with this polynomial, from zero and not reflected', () => {
  expect(oggChecksum(Buffer.from('123456789')).toString(16)).toBe('89a1897f');
});

test('whatever packets go in come out, page by page', () => {
  // Around the lengths at which another lacing value is needed.
  const length = fc.oneof(fc.integer({ min: 0, max: 2_000 }), fc.constantFrom(0, 254, 255, 256, 509, 510, 511));
  fc.assert(
    fc.property(fc.array(length, { minLength: 1, maxLength: 60 }), fc.nat(2 ** 32 - 1), (lengths, serial) => {
      const ogg = new OggWriter(serial);
      const packets = lengths.map((octets, index) => Buffer.alloc(octets, index));
      const file: Buffer[] = [];
      for (const [index, packet] of packets.entries()) {
        if (!ogg.hasRoomFor(packet.length)) file.push(ogg.page(index));
        ogg.add(packet);
      }
      file.push(ogg.page(packets.length, true));
      const pages = readOgg(Buffer.concat(file));
      expect(pages.flatMap((page) => page.packets)).toEqual(packets);
      expect(pages.map(({ sequence }) => sequence)).toEqual(pages.map((_, index) => index));
      expect(pages.every((page) => page.serial === serial)).toBe(true);
      expect(pages.map(({ flags }) => flags & 2)).toEqual(pages.map((_, index) => (index === 0 ? 2 : 0)));
      expect(pages.map(({ flags }) => flags & 4)).toEqual(
        pages.map((_, index) => (index === pages.length - 1 ? 4 : 0)),
      );
      expect(pages.at(-1)?.granule).toBe(packets.length);
    }),
  );
});

test('a page holds 255 lacing values', () => {
  const ogg = new OggWriter(1);
  for (let packet = 0; packet < 254; packet++) ogg.add(Buffer.alloc(1));
  expect([ogg.hasRoomFor(254), ogg.hasRoomFor(255)]).toEqual([true, false]);
});

import fc from 'fast-check';
import { createDecoder } from 'libopus-wasm';
import { expect, test } from 'vitest';
import { G711_TO_LINEAR } from '../rtp/g711.ts';
import { type OggPage, readOgg } from '../testing/ogg-pages.ts';
import { opusEncoder, selfDelimited } from './opus-encoder.ts';

const LINEAR = G711_TO_LINEAR.PCMA;

/** The octet of the A-law that is nearest to a sample. */
const NEAREST = (sample: number): number =>
  LINEAR.reduce(
    (best, value, octet) => (Math.abs(value - sample) < Math.abs(LINEAR[best]! - sample) ? octet : best),
    0,
  );
const [QUIET, LOUD, LOW] = [NEAREST(0), NEAREST(12_000), NEAREST(-12_000)];

/** Sound of so many frames: `left` and `right` say the octets. */
function sound(frames: number, left: (frame: number) => number, right: (frame: number) => number): Buffer {
  const octets = Buffer.alloc(frames * 2);
  for (let frame = 0; frame < frames; frame++) octets.set([left(frame), right(frame)], frame * 2);
  return octets;
}

/** A square wave of 400 Hz, whose edges are easily found. */
const tone = (frame: number): number => (Math.floor(frame / 10) % 2 === 0 ? LOUD : LOW);

async function encoded(octets: Buffer, portion = 4_000): Promise<OggPage[]> {
  const encoder = await opusEncoder(LINEAR, octets.length / 2, 77);
  const file = [Buffer.from(encoder.head)];
  for (let at = 0; at < octets.length; at += portion)
    file.push(Buffer.from(encoder.encode(octets.subarray(at, at + portion))));
  file.push(Buffer.from(encoder.finish()));
  return readOgg(Buffer.concat(file));
}

/** The two voices by their own decoders, as RFC 7845 §4 and §5.1.1 say; samples of 48 kHz. */
async function decoded(pages: readonly OggPage[]): Promise<[Int16Array, Int16Array]> {
  const preSkip = pages[0]!.packets[0]!.readUInt16LE(10);
  const decoders = await Promise.all([1, 2].map(() => createDecoder({ channels: 1, sampleRate: 48_000 })));
  const voices: [number[], number[]] = [[], []];
  for (const packet of pages.slice(2).flatMap((page) => page.packets)) {
    const long = packet[1]! >= 252;
    const octets = long ? packet[1]! + 4 * packet[2]! : packet[1]!;
    const from = long ? 3 : 2;
    const first = Buffer.concat([packet.subarray(0, 1), packet.subarray(from, from + octets)]);
    voices[0].push(...decoders[0]!.decode(first));
    voices[1].push(...decoders[1]!.decode(packet.subarray(from + octets)));
  }
  const end = pages.at(-1)!.granule;
  return [Int16Array.from(voices[0].slice(preSkip, end)), Int16Array.from(voices[1].slice(preSkip, end))];
}

const power = (samples: Int16Array): number => samples.reduce((sum, each) => sum + each * each, 0) / samples.length;

test('headers are those of two streams of one channel, each on its page', async () => {
  const pages = await encoded(sound(100, tone, tone));
  const [head] = pages[0]!.packets;
  expect(head!.toString('latin1', 0, 8)).toBe('OpusHead');
  expect([...head!.subarray(8, 10), head!.readUInt32LE(12), ...head!.subarray(16)]).toEqual([
    ...[1, 2],
    8_000,
    ...[0, 0, 1, 2, 0, 0, 1],
  ]);
  expect(head!.readUInt16LE(10)).toBeGreaterThan(0);
  expect(pages[1]!.packets.map((packet) => packet.toString('latin1'))).toEqual(['OpusTags\x04\0\0\0VATS\0\0\0\0']);
  expect(pages.slice(0, 2).map(({ granule, packets }) => [granule, packets.length])).toEqual([
    [0, 1],
    [0, 1],
  ]);
});

test('as many samples come out as went in, however many and however given', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 20_000 }), fc.integer({ min: 1, max: 3_000 }), async (frames, half) => {
      const pages = await encoded(sound(frames, tone, tone), half * 2);
      const [left, right] = await decoded(pages);
      expect([left.length, right.length]).toEqual([frames * 6, frames * 6]);
      // Each page but the last ends where its packets do, and none holds more than a second.
      let granule = 0;
      for (const page of pages.slice(2, -1)) {
        granule += page.packets.length * 960;
        expect([page.granule, page.packets.length]).toEqual([granule, 50]);
      }
      const last = pages.at(-1)!;
      expect(last.granule).toBeGreaterThan(granule);
      expect(last.granule).toBeLessThanOrEqual(granule + last.packets.length * 960);
    }),
    { numRuns: 15 },
  );
});

test('each is heard on its side alone, and when it was', async () => {
  const half = 8_000;
  const pages = await encoded(
    sound(
      2 * half,
      (frame) => (frame < half ? tone(frame) : QUIET),
      (frame) => (frame < half ? QUIET : tone(frame)),
    ),
  );
  const [left, right] = await decoded(pages);
  const away = 6 * 200;
  const middle = half * 6;
  for (const [heard, silent] of [
    [left.subarray(away, middle - away), right.subarray(away, middle - away)],
    [right.subarray(middle + away), left.subarray(middle + away)],
  ] as const) {
    expect(power(heard)).toBeGreaterThan(3e7);
    expect(power(silent)).toBeLessThan(power(heard) / 1e5);
  }
  // The voice on the right begins within 5 ms of where it was recorded.
  const begins = right.findIndex((sample) => Math.abs(sample) > 3_000);
  expect(Math.abs(begins - middle)).toBeLessThan(240);
});

test('a packet that says its own length says it in one octet, or in two from 252 on', () => {
  const packet = (octets: number) => Buffer.concat([Buffer.from([0x08]), Buffer.alloc(octets, 9)]);
  expect([...selfDelimited(packet(251)).subarray(0, 2)]).toEqual([0x08, 251]);
  expect([...selfDelimited(packet(252)).subarray(0, 3)]).toEqual([0x08, 252, 0]);
  expect([...selfDelimited(packet(255)).subarray(0, 3)]).toEqual([0x08, 255, 0]);
  expect([...selfDelimited(packet(1_274)).subarray(0, 3)]).toEqual([0x08, 254, 255]);
  expect(selfDelimited(packet(1_274)).length).toBe(1_277);
  expect(() => selfDelimited(Buffer.from([0x09, 0, 0]))).toThrow('several frames');
});

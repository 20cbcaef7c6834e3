import { readFileSync } from 'node:fs';
import alawmulaw from 'alawmulaw';
import { expect, test } from 'vitest';
import { PCMA, PCMU } from './g711.ts';
import { longestPacket } from './sound-codec.ts';

const OCTETS = Uint8Array.from({ length: 256 }, (_, octet) => octet);

function fixture(name: string): Int16Array {
  const octets = readFileSync(new URL(`../../../../fixtures/codecs/${name}`, import.meta.url));
  return Int16Array.from({ length: octets.length / 2 }, (_, i) => octets.readInt16LE(2 * i));
}

test.each([
  [PCMA, 'alaw-octets.raw'],
  [PCMU, 'mulaw-octets.raw'],
])('every octet of %o is decoded as ffmpeg decodes it', (codec, name) => {
  const out = new Int16Array(longestPacket(codec.rate));
  expect(codec.decoder().decode(OCTETS, 0, 256, out)).toBe(256);
  expect(out.subarray(0, 256)).toEqual(fixture(name));
});

test.each([
  [PCMA, alawmulaw.alaw],
  [PCMU, alawmulaw.mulaw],
] as const)('every sample is encoded as alawmulaw encodes it', (codec, { encodeSample }) => {
  const encoder = codec.encoder();
  const samples = Int16Array.from({ length: 65_536 }, (_, i) => i - 32_768);
  const out = new Uint8Array(65_536);
  expect(encoder.encode(samples, samples.length, out, 0)).toBe(65_536);
  expect(out).toEqual(Uint8Array.from(samples, (sample) => encodeSample(sample)));
});

test('a payload is read from and written to where it stands', () => {
  const out = new Int16Array(longestPacket(8_000));
  expect(PCMA.decoder().decode(Uint8Array.of(1, 2, 0xd5, 0x55, 9), 2, 4, out)).toBe(2);
  expect([...out.subarray(0, 2)]).toEqual([8, -8]);
  const packet = new Uint8Array(4);
  expect(PCMU.encoder().encode(Int16Array.of(0, 0), 2, packet, 1)).toBe(3);
  expect([...packet]).toEqual([0, 0xff, 0xff, 0]);
});

test('a payload longer than any packet is cut, an empty one is none', () => {
  const out = new Int16Array(5_760);
  expect(PCMA.decoder().decode(new Uint8Array(5_000), 0, 5_000, out)).toBe(960);
  expect(PCMA.decoder().decode(new Uint8Array(12), 12, 12, out)).toBe(0);
});

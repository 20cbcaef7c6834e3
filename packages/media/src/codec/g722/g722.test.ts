import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { longestPacket } from '../sound-codec.ts';
import { difficultSound } from '../testing/sounds.ts';
import { G722 } from './g722.ts';

function fixture(name: string): Buffer {
  return readFileSync(new URL(`../../../../../fixtures/codecs/${name}`, import.meta.url));
}

function encoded(sound: Int16Array, frame: number): Uint8Array {
  const encoder = G722.encoder();
  const out = new Uint8Array(sound.length / 2);
  let at = 0;
  for (let i = 0; i < sound.length; i += frame) {
    const samples = Math.min(frame, sound.length - i);
    at = encoder.encode(sound.subarray(i, i + samples), samples, out, at);
  }
  expect(at).toBe(out.length);
  return out;
}

function decoded(octets: Uint8Array, frame: number): Int16Array {
  const decoder = G722.decoder();
  const sound = new Int16Array(2 * octets.length);
  const out = new Int16Array(longestPacket(16_000));
  for (let at = 0; at < octets.length; at += frame) {
    const samples = decoder.decode(octets, at, Math.min(at + frame, octets.length), out);
    sound.set(out.subarray(0, samples), 2 * at);
  }
  return sound;
}

test.each([320, 160, 962])('encodes octet for octet as ffmpeg does, in packets of %i samples', (frame) => {
  expect(Buffer.compare(encoded(difficultSound(), frame), fixture('difficult.g722'))).toBe(0);
});

test.each([160, 80, 481])('decodes bit by bit as ffmpeg does, in packets of %i octets', (frame) => {
  const expected = fixture('difficult-decoded.raw');
  const sound = decoded(fixture('difficult.g722'), frame);
  expect(Buffer.compare(Buffer.from(sound.buffer), expected)).toBe(0);
});

test('any octets at all decode to something, as many as a packet may hold', () => {
  const out = new Int16Array(5_760);
  const noise = Uint8Array.from({ length: 4_000 }, (_, i) => (i * 7_919) >> 3);
  expect(G722.decoder().decode(noise, 0, 4_000, out)).toBe(1_920);
  expect(G722.decoder().decode(noise, 12, 12, out)).toBe(0);
});

test('of an odd number of samples the last one is left out', () => {
  expect(G722.encoder().encode(new Int16Array(321), 321, new Uint8Array(200), 0)).toBe(160);
});

import { expect, test } from 'vitest';
import { soundCodec } from '../codec/sound-codecs.ts';
import { EncodedClip, encodedClip } from './encoded-clip.ts';

const CLIP = Int16Array.from({ length: 5_000 }, (_, i) => (i * 13) % 65_536);

test.each(['pcma/8000/1', 'pcmu/8000/1'])(
  'a clip in %s is what the encoder makes of it, wherever it is asked for',
  (encoding) => {
    const codec = soundCodec(encoding)!;
    const expected = new Uint8Array(CLIP.length);
    codec.encoder().encode(CLIP, CLIP.length, expected, 0);
    for (const [from, to] of [
      [0, 160],
      [1_000, 1_160],
      [2_047, 2_049],
      [4_900, 5_000],
      [0, 5_000],
    ] as const) {
      const octets = new EncodedClip(CLIP, codec.octets!()).octets(from, to);
      expect(octets.subarray(from, to)).toEqual(expected.subarray(from, to));
    }
  },
);

test('all who play a clip share it, each codec has its own', () => {
  const [alaw, mulaw] = ['pcma/8000/1', 'pcmu/8000/1'].map((encoding) => soundCodec(encoding)!.octets!());
  expect(encodedClip(CLIP, alaw!)).toBe(encodedClip(CLIP, alaw!));
  expect(encodedClip(CLIP, alaw!)).not.toBe(encodedClip(CLIP, mulaw!));
  expect(encodedClip(CLIP, mulaw!).octets(0, 1)).not.toBe(encodedClip(CLIP, alaw!).octets(0, 1));
});

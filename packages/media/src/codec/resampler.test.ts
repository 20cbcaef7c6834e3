import { expect, test } from 'vitest';
import { Resampler } from './resampler.ts';
import { longestPacket, type SamplingRate } from './sound-codec.ts';
import { amplitudeAt, loudness, tone } from './testing/sounds.ts';

/** Through a resampler, 20 ms at a time. */
function resampled(sound: Int16Array, from: SamplingRate, to: SamplingRate, frame = from / 50): Int16Array {
  const resampler = new Resampler(from, to);
  const out = new Int16Array(longestPacket(to));
  const all: number[] = [];
  for (let at = 0; at < sound.length; at += frame) {
    const part = sound.subarray(at, at + frame);
    const made = resampler.resample(part, part.length, out);
    for (let i = 0; i < made; i++) all.push(out[i]!);
  }
  return Int16Array.from(all);
}

const PAIRS = [
  [8_000, 16_000],
  [8_000, 48_000],
  [16_000, 48_000],
  [16_000, 8_000],
  [48_000, 8_000],
  [48_000, 16_000],
] as const;

/** Up to where sound must pass as it is, and from where on nothing may be left of it. */
const BANDS = { 8000: [3_400, 4_600], 16000: [7_000, 9_000] } as const;

test.each(PAIRS)('%i to %i Hz: what a voice has of it passes within 0.1 dB', (from, to) => {
  const [passes] = BANDS[Math.min(from, to) as 8000 | 16000];
  for (const hertz of [100, 300, 1_000, 2_000, passes - 400, passes]) {
    const heard = resampled(tone(hertz, from, from), from, to).subarray(to / 10);
    const decibels = 20 * Math.log10(amplitudeAt(heard.subarray(0, to / 2), hertz, to) / 10_000);
    expect(Math.abs(decibels), `${hertz} Hz`).toBeLessThan(0.1);
  }
});

test.each(PAIRS.filter(([from, to]) => from > to))('%i to %i Hz: what would fold back is 66 dB down', (from, to) => {
  const [, stops] = BANDS[to as 8000 | 16000];
  for (const hertz of [stops, stops + 800, to, to + 1_000].filter((each) => each < from / 2)) {
    const heard = resampled(tone(hertz, from, from, 30_000), from, to).subarray(to / 10);
    expect(20 * Math.log10(Math.max(1, loudness(heard)) / (30_000 / Math.SQRT2)), `${hertz} Hz`).toBeLessThan(-66);
  }
});

test.each(PAIRS.filter(([from, to]) => from < to))(
  '%i to %i Hz: no image of it stands above the old band',
  (from, to) => {
    for (const hertz of [300, 1_000, 3_000]) {
      const heard = resampled(tone(hertz, from, from, 30_000), from, to).subarray(to / 10, to / 10 + to / 2);
      expect(20 * Math.log10((amplitudeAt(heard, from - hertz, to) + 1) / 30_000)).toBeLessThan(-66);
    }
  },
);

test.each(PAIRS)('%i to %i Hz: frames of any length make the same sound as one', (from, to) => {
  const sound = tone(440, from, from / 10);
  const whole = resampled(sound, from, to, from / 10);
  expect(whole).toHaveLength(to / 10);
  expect(resampled(sound, from, to)).toEqual(whole);
  expect(resampled(sound, from, to, 7)).toEqual(whole);
});

test('full scale does not wrap', () => {
  const square = Int16Array.from({ length: 1_600 }, (_, i) => (i & 16 ? 32_767 : -32_768));
  const heard = resampled(square, 16_000, 48_000);
  for (let i = 1; i < heard.length; i++) expect(Math.abs(heard[i]! - heard[i - 1]!)).toBeLessThan(50_000);
});

test('a packet of the longest kind fits, and it delays by less than 3 ms', () => {
  for (const [from, to] of PAIRS) {
    const resampler = new Resampler(from, to);
    const made = resampler.resample(new Int16Array(longestPacket(from)), longestPacket(from), new Int16Array(5_760));
    expect(made).toBe(longestPacket(to));
    expect(resampler.delaySeconds).toBeLessThan(0.003);
  }
});

test.each([
  [16_000, 8_000],
  [48_000, 16_000],
  [8_000, 48_000],
] as const)('who follows what another resampled from %i to %i Hz goes on as if it had done so itself', (from, to) => {
  const sound = Int16Array.from({ length: 3 * 321 }, (_, i) => 9_000 * Math.sin(i / 7) + (i % 50));
  const frames = [0, 1, 2].map((frame) => sound.subarray(frame * 321, (frame + 1) * 321));
  const [whole, following] = [new Resampler(from, to), new Resampler(from, to)];
  const [out, other] = [new Int16Array(2_000), new Int16Array(2_000)];
  for (const [frame, each] of frames.entries()) {
    const made = whole.resample(each, each.length, out);
    if (frame === 1) following.follow(each, each.length);
    else {
      expect(following.resample(each, each.length, other)).toBe(made);
      expect(other.subarray(0, made)).toEqual(out.subarray(0, made));
    }
  }
  expect(() => following.follow(sound, 3)).toThrow(RangeError);
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SamplingRate } from '../codec/sound-codec.ts';
import { type CallTone, callTone, TONE_COUNTRIES } from './call-tones.ts';
import { amplitudeOf } from './level.ts';
import { loudness, strength } from './testing/tones.ts';
import { type Beat, Tone } from './tone.ts';

function render(
  beats: readonly Beat[],
  milliseconds: number,
  rate: SamplingRate = 8_000,
  frame = rate / 50,
): Int16Array {
  const tone = new Tone(beats, rate);
  const sound = new Int16Array((milliseconds * rate) / 1_000);
  for (let at = 0; at < sound.length; at += frame) tone.read(sound.subarray(at, at + frame));
  return sound;
}

/** How long sound and pause are by turns, in milliseconds: what a person with a stop-watch would write down. */
function cadence(sound: Int16Array, rate = 8_000): number[] {
  const step = rate / 200;
  const lengths: number[] = [];
  let loud: boolean | undefined;
  for (let at = 0; at + step <= sound.length; at += step) {
    const now = loudness(sound, at, at + step) > 300;
    if (now === loud) lengths[lengths.length - 1]! += 5;
    else lengths.push(5);
    loud = now;
  }
  return lengths;
}

test.each<[CallTone, string, number[], number[]]>([
  ['ringback', 'RU', [425], [1_000, 4_000, 1_000, 4_000]],
  ['busy', 'RU', [425], [350, 350, 350, 350]],
  ['congestion', 'RU', [425], [175, 175, 175, 175]],
  ['ringback', 'US', [440, 480], [2_000, 4_000]],
  ['busy', 'US', [480, 620], [500, 500]],
  ['ringback', 'GB', [400, 450], [400, 200, 400, 2_000]],
  ['congestion', 'GB', [400], [400, 350, 225, 525]],
  ['busy', 'DE', [425], [480, 480]],
  ['ringback', 'FR', [440], [1_500, 3_500]],
  ['call-waiting', 'DE', [425], [200, 200, 200, 5_000]],
  ['ringback', 'nowhere', [425], [1_000, 4_000]],
])('%s of %s', (tone, country, hertz, times) => {
  const whole = times.reduce((sum, each) => sum + each, 0);
  const sound = render(callTone(tone, country), whole);
  const heard = cadence(sound);
  expect(heard).toHaveLength(times.length);
  for (const [i, time] of times.entries()) expect(Math.abs(heard[i]! - time)).toBeLessThanOrEqual(5);
  const loud = sound.subarray(80, (times[0]! - 20) * 8);
  const expected = amplitudeOf(hertz.length === 1 ? -10 : -13);
  for (const each of hertz) expect(Math.abs(strength(loud, 8_000, each) / expected - 1)).toBeLessThan(0.1);
  expect(strength(loud, 8_000, 1_000)).toBeLessThan(expected / 100);
});

/**
 * What the networks' own papers say, as ITU-T E.180's supplement gathers it: Hz, then sound and pause in milliseconds by turns. Written
 * down apart from the table that is tested: dial, ringback, busy, congestion.
 */
const PUBLISHED: Readonly<Record<string, readonly [string, string, string, string]>> = {
  RU: ['425', '425 1000 4000', '425 350 350', '425 175 175'],
  US: ['350+440', '440+480 2000 4000', '480+620 500 500', '480+620 250 250'],
  CA: ['350+440', '440+480 2000 4000', '480+620 500 500', '480+620 250 250'],
  GB: ['350+440', '400+450 400 200 400 2000', '400 375 375', '400 400 350 225 525'],
  DE: ['425', '425 1000 4000', '425 480 480', '425 240 240'],
  FR: ['440', '440 1500 3500', '440 500 500', '440 250 250'],
  IT: ['425 200 200 600 1000', '425 1000 4000', '425 500 500', '425 200 200'],
  ES: ['425', '425 1500 3000', '425 200 200', '425 200 200 200 200 200 600'],
  NL: ['425', '425 1000 4000', '425 500 500', '425 250 250'],
  PL: ['425', '425 1000 4000', '425 500 500', '425 500 500'],
  SE: ['425', '425 1000 5000', '425 250 250', '425 250 750'],
  NO: ['425', '425 1000 4000', '425 500 500', '425 200 200'],
  FI: ['425', '425 1000 4000', '425 300 300', '425 200 200'],
  CZ: ['425 330 330 660 660', '425 1000 4000', '425 330 330', '425 165 165'],
  CH: ['425', '425 1000 4000', '425 500 500', '425 200 200'],
  CN: ['450', '450 1000 4000', '450 350 350', '450 700 700'],
};

test.each(TONE_COUNTRIES)('every tone of %s has the frequencies and times that are published', (country) => {
  const published = PUBLISHED[country];
  expect(published, `${country} is not in the list of this test`).toBeDefined();
  for (const [i, tone] of (['dial', 'ringback', 'busy', 'congestion'] as const).entries()) {
    const [frequencies = '', ...said] = published![i]!.split(' ');
    const hertz = frequencies.split('+').map(Number);
    const times = said.map(Number);
    const whole = times.reduce((sum, each) => sum + each, 0) || 2_000;
    const sound = render(callTone(tone, country), whole);
    const heard = cadence(sound);
    const expected = times.length === 0 ? [whole] : times;
    expect(heard, tone).toHaveLength(expected.length);
    for (const [j, time] of expected.entries()) expect(Math.abs(heard[j]! - time), tone).toBeLessThanOrEqual(5);
    const loud = sound.subarray(80, 80 + 8 * 160);
    const all = [350, 400, 425, 440, 450, 480, 620];
    const found = all.filter((each) => strength(loud, 8_000, each) > amplitudeOf(-16));
    expect(found, tone).toEqual(expect.arrayContaining(hertz));
    expect(
      found.every((each) => hertz.some((other) => Math.abs(each - other) <= 30)),
      tone,
    ).toBe(true);
  }
});

test('a dial tone goes on without a break, and stays as loud for an hour', () => {
  const tone = new Tone(callTone('dial'), 8_000);
  const frame = new Int16Array(8_000);
  for (let second = 0; second < 3_600; second++) tone.read(frame);
  expect(loudness(frame)).toBeCloseTo(amplitudeOf(-10) / Math.SQRT2, 0);
  expect(cadence(render(callTone('dial'), 5_000))).toEqual([5_000]);
  expect(strength(render(callTone('dial'), 5_000), 8_000, 425)).toBeGreaterThan(amplitudeOf(-10) * 0.99);
});

test('the information tone rises in three steps', () => {
  const sound = render(callTone('information'), 1_990);
  for (const [i, hertz] of [950, 1_400, 1_800].entries()) {
    const part = sound.subarray(i * 2_640 + 80, (i + 1) * 2_640 - 80);
    expect(strength(part, 8_000, hertz)).toBeGreaterThan(amplitudeOf(-10) * 0.95);
  }
  expect(loudness(sound, 8_000)).toBe(0);
});

test('no step between samples is larger than the sine itself makes: nothing clicks', () => {
  for (const country of TONE_COUNTRIES) {
    for (const tone of ['dial', 'ringback', 'busy', 'congestion', 'call-waiting', 'recording'] as const) {
      const sound = render(callTone(tone, country), 6_000);
      let largest = 0;
      for (let i = 1; i < sound.length; i++) {
        const bend = sound[i]! - 2 * sound[i - 1]! + (sound[i - 2] ?? 0);
        largest = Math.max(largest, Math.abs(bend));
      }
      const steepest = Math.max(
        ...callTone(tone, country).flatMap(({ partials }) => partials.map(({ hertz }) => hertz)),
      );
      expect(largest).toBeLessThan(2 * amplitudeOf(-10) * ((2 * Math.PI * steepest) / 8_000) ** 2 + 50);
    }
  }
});

describe('ends', () => {
  test('a beep sounds once and says how long it was', () => {
    const tone = new Tone(callTone('beep'), 8_000, 1);
    const out = new Int16Array(1_500).fill(9);
    expect(tone.read(out)).toBe(1_500);
    expect(tone.read(out)).toBe(500);
    expect(loudness(out, 500)).toBe(0);
    expect(tone.read(out)).toBe(0);
    expect(loudness(out)).toBe(0);
  });

  test('no beats are no sound', () => {
    expect(new Tone([], 8_000).read(new Int16Array(10))).toBe(0);
  });
});

test('how it is pulled makes no difference', () => {
  const beat = fc.record({
    partials: fc.array(
      fc.record({ hertz: fc.integer({ min: 100, max: 3_400 }), level: fc.integer({ min: -40, max: 0 }) }),
      {
        maxLength: 2,
      },
    ),
    milliseconds: fc.integer({ min: 1, max: 60 }),
  });
  fc.assert(
    fc.property(fc.array(beat, { minLength: 1, maxLength: 4 }), fc.integer({ min: 1, max: 400 }), (beats, frame) => {
      expect(render(beats, 400, 8_000, frame)).toEqual(render(beats, 400, 8_000, 3_200));
    }),
    { numRuns: 50 },
  );
});

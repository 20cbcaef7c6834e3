import { readFileSync } from 'node:fs';
import { SeededRandom } from '@vats/kernel/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SamplingRate } from '../codec/sound-codec.ts';
import type { DtmfKey } from '../rtp/telephone-event.ts';
import { builtInPrompt } from './built-in-prompts.ts';
import { DtmfDetector } from './dtmf-detector.ts';
import { COLUMNS, KEYPAD, keyTones, ROWS } from './dtmf-tones.ts';
import { amplitudeOf } from './level.ts';
import { recordedTexts } from './prompt-texts.ts';
import { Tone } from './tone.ts';
import { WavDecoding } from './wav-decoding.ts';
import { readWavForm } from './wav-form.ts';

const KEYS = [...KEYPAD.join('')] as DtmfKey[];
const random = new SeededRandom(5);

/** What is heard in a sound, fed 20 ms at a time. */
function heardIn(sound: Int16Array, rate: number): { keys: string; lengths: number[] } {
  const keys: string[] = [];
  const lengths: number[] = [];
  const detector = new DtmfDetector(rate, (key, milliseconds) => {
    keys.push(key);
    lengths.push(milliseconds);
  });
  const frame = rate / 50;
  for (let at = 0; at < sound.length; at += frame) detector.hear(sound.subarray(at, at + frame));
  detector.end();
  return { keys: keys.join(''), lengths };
}

function evenly(from: number, to: number): number {
  return from + ((to - from) * random.below(1_000_000)) / 1_000_000;
}

interface Presses {
  rate: SamplingRate;
  /** Of the lower tone, in dBm0. */
  level?: () => number;
  twist?: () => number;
  /** Of both frequencies, from what they should be. */
  offset?: () => number;
  pressMs?: () => number;
  pauseMs?: () => number;
  /** Of white noise, in dB below the lower tone. */
  noise?: number;
  count?: number;
}

/** Presses of random keys, one after the other. */
function pressed(options: Presses): { sound: Int16Array; keys: string } {
  const { rate, count = 1_000, noise } = options;
  const keys: DtmfKey[] = [];
  const beats = Array.from({ length: count }, () => {
    const key = KEYS[random.below(16)]!;
    keys.push(key);
    const row = KEYPAD.findIndex((line) => line.includes(key));
    const level = options.level?.() ?? -10;
    const off = () => 1 + (options.offset?.() ?? 0);
    const partials = [
      { hertz: ROWS[row]! * off(), level },
      { hertz: COLUMNS[KEYPAD[row]!.indexOf(key)]! * off(), level: level + (options.twist?.() ?? 0) },
    ];
    return [
      { partials, milliseconds: options.pressMs?.() ?? 50 },
      { partials: [], milliseconds: options.pauseMs?.() ?? 50 },
    ];
  }).flat();
  const samples = beats.reduce(
    (sum, { milliseconds }) => sum + Math.max(1, Math.round((milliseconds * rate) / 1_000)),
    0,
  );
  const sound = new Int16Array(samples);
  new Tone(beats, rate, 1).read(sound);
  if (noise !== undefined) {
    const amplitude = amplitudeOf((options.level?.() ?? -10) - noise) * Math.sqrt(1.5);
    for (let i = 0; i < samples; i++)
      sound[i] = Math.round(Math.max(-32_768, Math.min(32_767, sound[i]! + evenly(-amplitude, amplitude))));
  }
  return { sound, keys: keys.join('') };
}

describe.each([8_000, 16_000, 48_000] as const)('1,000 presses at %d Hz: none lost, none doubled', (rate) => {
  test.each<[string, Omit<Presses, 'rate'>]>([
    ['as short as they may be', { pressMs: () => 40, pauseMs: () => 40 }],
    ['of any length', { pressMs: () => evenly(40, 250), pauseMs: () => evenly(40, 200) }],
    ['from -30 to 0 dBm0', { level: () => evenly(-30, 0) }],
    ['off pitch by up to 1.5 %', { offset: () => evenly(-0.015, 0.015) }],
    ['with a twist of 8 dB, and of 4 the other way', { level: () => -12, twist: () => evenly(-4, 8) }],
    ['in noise 15 dB below', { noise: 15 }],
    [
      'all of it',
      {
        pressMs: () => evenly(45, 120),
        pauseMs: () => evenly(45, 120),
        offset: () => evenly(-0.015, 0.015),
        twist: () => evenly(-3, 6),
        noise: 20,
      },
    ],
  ])('%s', (_, options) => {
    const { sound, keys } = pressed({ rate, ...options });
    expect(heardIn(sound, rate).keys).toBe(keys);
  });

  test('what we make ourselves is heard, and how long it was', () => {
    const presses = Array.from({ length: 1_000 }, () => ({ key: KEYS[random.below(16)]!, milliseconds: 100 }));
    const sound = new Int16Array(rate * 170);
    expect(keyTones(presses, rate).read(sound)).toBe(sound.length);
    const heard = heardIn(sound, rate);
    expect(heard.keys).toBe(presses.map(({ key }) => key).join(''));
    for (const length of heard.lengths) expect(Math.abs(length - 100)).toBeLessThan(26);
  });

  test('shorter than 20 ms is no press', () => {
    const { sound } = pressed({ rate, pressMs: () => 18, pauseMs: () => 60 });
    expect(heardIn(sound, rate).keys).toBe('');
  });

  test('off pitch by 6 % is no press', () => {
    const { sound } = pressed({ rate, offset: () => 0.06 });
    expect(heardIn(sound, rate).keys).toBe('');
  });

  test('one tone alone is no press', () => {
    const { sound } = pressed({ rate, twist: () => 40, level: () => -40 });
    expect(heardIn(sound, rate).keys).toBe('');
  });
});

test('a press with a break of 10 ms in it is one', () => {
  const partials = [
    { hertz: 770, level: -10 },
    { hertz: 1_336, level: -10 },
  ];
  for (let shift = 0; shift < 13; shift++) {
    const sound = new Int16Array(8_000);
    const beats = [
      { partials: [], milliseconds: 1 + shift },
      { partials, milliseconds: 60 },
      { partials: [], milliseconds: 10 },
      { partials, milliseconds: 60 },
    ];
    new Tone(beats, 8_000, 1).read(sound);
    expect(heardIn(sound, 8_000).keys).toBe('5');
  }
});

test('speech is no press: all that the two recorded sets say, together over five minutes', () => {
  let seconds = 0;
  let heard = '';
  for (const language of ['ru', 'en'] as const) {
    for (const name of recordedTexts(language).keys()) {
      const file = readFileSync(builtInPrompt(language, name));
      const form = readWavForm(file);
      if (!form.ok) throw new Error(name);
      for (const rate of [8_000, 16_000]) {
        const decoding = new WavDecoding(file, form.value, rate);
        decoding.step(Number.POSITIVE_INFINITY);
        seconds += rate === 8_000 ? decoding.sound.length / rate : 0;
        heard += heardIn(decoding.sound, rate).keys;
      }
    }
  }
  expect(seconds).toBeGreaterThan(300);
  expect(heard).toBe('');
});

test('noise and music of pure chords are no press', () => {
  const noise = Int16Array.from({ length: 80_000 }, () => Math.round(evenly(-8_000, 8_000)));
  expect(heardIn(noise, 8_000).keys).toBe('');
  const chord = [262, 330, 392, 523, 659, 784, 1_047, 1_319].map((hertz) => ({ hertz, level: -20 }));
  const sound = new Int16Array(80_000);
  new Tone([{ partials: chord, milliseconds: 500 }], 8_000).read(sound);
  expect(heardIn(sound, 8_000).keys).toBe('');
});

test('a flash hook has no tone', () => {
  const sound = new Int16Array(4_000);
  keyTones([{ key: '!', milliseconds: 100 }], 8_000).read(sound);
  expect(sound.every((sample) => sample === 0)).toBe(true);
});

test('any sound is heard without an error, and no more presses than can be', () => {
  fc.assert(
    fc.property(fc.int16Array({ maxLength: 4_000 }), (sound) => {
      expect(heardIn(sound, 8_000).keys.length).toBeLessThanOrEqual(sound.length / 200);
    }),
    { numRuns: 100 },
  );
});

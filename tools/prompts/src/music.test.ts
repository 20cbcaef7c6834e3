import { readFileSync } from 'node:fs';
import { BUILT_IN_MUSIC, readWavForm } from '@vats/media';
import { expect, test } from 'vitest';
import { ALAW_RATE, alawWav } from './alaw-wav.ts';
import { music } from './music.ts';

const sound = music(ALAW_RATE);

test('the music that comes with the switch is what this makes', () => {
  const file = readFileSync(BUILT_IN_MUSIC);
  expect(readWavForm(file)).toMatchObject({ ok: true, value: { rate: ALAW_RATE, frames: sound.length } });
  // Sines may differ in their last place from machine to machine.
  const differing = alawWav(sound).filter((octet, at) => octet !== file[at]).length;
  expect(differing).toBeLessThan(file.length / 100);
});

test('it begins where it ends: no step is larger there than within', () => {
  let largest = 0;
  for (let i = 1; i < sound.length; i++) largest = Math.max(largest, Math.abs(sound[i]! - sound[i - 1]!));
  expect(Math.abs(sound[0]! - sound.at(-1)!)).toBeLessThanOrEqual(largest);
});

test('it is heard all through, and nowhere loud', () => {
  const second = ALAW_RATE;
  for (let from = 0; from + second <= sound.length; from += second) {
    const mean = Math.sqrt(sound.subarray(from, from + second).reduce((sum, sample) => sum + sample ** 2, 0) / second);
    expect(20 * Math.log10(mean / 32_768)).toBeGreaterThan(-34);
    expect(20 * Math.log10(mean / 32_768)).toBeLessThan(-15);
  }
});

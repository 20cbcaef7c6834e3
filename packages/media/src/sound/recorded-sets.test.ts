import { readdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect, test } from 'vitest';
import { builtInPrompt, saidItems } from './built-in-prompts.ts';
import { BUILT_IN_PROMPTS, recordedTexts } from './prompt-texts.ts';
import { loudness } from './testing/tones.ts';
import { WavDecoding } from './wav-decoding.ts';
import { readWavForm } from './wav-form.ts';

test.each(['ru', 'en'] as const)(
  'every clip of the set in %s is there, can be heard, and nothing else is',
  (language) => {
    const names = [...recordedTexts(language).keys()];
    const files = readdirSync(dirname(builtInPrompt(language, 'greeting')));
    expect(files.toSorted()).toEqual(names.map((name) => `${name}.wav`).toSorted());
    for (const name of names) {
      const file = readFileSync(builtInPrompt(language, name));
      const form = readWavForm(file);
      if (!form.ok) throw new Error(`${name}: ${form.error.code}`);
      expect(form.value).toMatchObject({ form: 'alaw', rate: 8_000, channels: 1 });
      const decoding = new WavDecoding(file, form.value, 8_000);
      decoding.step(Number.POSITIVE_INFINITY);
      // A word takes a quarter of a second at least, and no prompt a quarter of a minute.
      expect(decoding.sound.length, name).toBeGreaterThan(2_000);
      expect(decoding.sound.length, name).toBeLessThan(120_000);
      expect(loudness(decoding.sound), name).toBeGreaterThan(800);
      expect(loudness(decoding.sound), name).toBeLessThan(4_500);
    }
  },
);

test('the prompts that a company of the contract names are built in', () => {
  expect(BUILT_IN_PROMPTS).toEqual(expect.arrayContaining(['greeting', 'main-menu', 'closed']));
});

test('a value becomes files to be played', () => {
  expect(saidItems('ru', { count: 22, of: 'minute' })).toEqual(
    ['20', '2f', 'minute-2'].map((name) => ({ file: builtInPrompt('ru', name) })),
  );
});

/**
 * Makes the recorded sets of packages/media/prompts anew, from the texts in the code: espeak-ng (Debian's package) speaks, this
 * brings it to 8 kHz A-law, cuts the silence around it and makes all clips equally loud.
 *
 *     node tools/prompts/src/make-prompts.ts [--language ru|en] [--out FOLDER] [--missing]
 *
 * With --missing only those are made that are not there yet.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Language, readWavForm, recordedTexts, WavDecoding } from '@vats/media';
import { ALAW_RATE, alawWav } from './alaw-wav.ts';
import { equallyLoud, trimmed } from './shape.ts';

/** Words a minute; a caller on a poor line must still understand. */
const SPEED = '145';
const VOICES: Readonly<Record<Language, string>> = { ru: 'ru', en: 'en-gb' };

const { values: flags } = parseArgs({
  options: { language: { type: 'string' }, out: { type: 'string' }, missing: { type: 'boolean' } },
});
const out = flags.out ?? fileURLToPath(new URL('../../../packages/media/prompts', import.meta.url));
for (const language of ['ru', 'en'] as const) {
  if (flags.language !== undefined && flags.language !== language) continue;
  const folder = join(out, language);
  mkdirSync(folder, { recursive: true });
  if (flags.missing !== true) {
    for (const old of readdirSync(folder)) if (old.endsWith('.wav')) rmSync(join(folder, old));
  }
  let octets = 0;
  let made = 0;
  for (const [name, text] of recordedTexts(language)) {
    const path = join(folder, `${name}.wav`);
    if (existsSync(path)) continue;
    const file = alawWav(equallyLoud(trimmed(spoken(language, text))));
    writeFileSync(path, file);
    made++;
    octets += file.length;
  }
  console.log(`${language}: ${made} clips, ${(octets / 1024).toFixed(0)} KiB`);
}

function spoken(language: Language, text: string): Int16Array {
  const made = execFileSync('espeak-ng', ['-v', VOICES[language], '-s', SPEED, '--stdout', '--', text], {
    maxBuffer: 32 * 2 ** 20,
  });
  const form = readWavForm(made);
  if (!form.ok) throw new Error(`espeak-ng made no WAV of "${text}": ${form.error.code}`);
  const decoding = new WavDecoding(made, form.value, ALAW_RATE);
  decoding.step(Number.POSITIVE_INFINITY);
  return decoding.sound;
}

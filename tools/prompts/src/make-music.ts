/**
 * Makes packages/media/prompts/music.wav anew: what somebody on hold hears.
 *
 *     node tools/prompts/src/make-music.ts [--out FILE]
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ALAW_RATE, alawWav } from './alaw-wav.ts';
import { music } from './music.ts';

const { values: flags } = parseArgs({ options: { out: { type: 'string' } } });
const out = flags.out ?? fileURLToPath(new URL('../../../packages/media/prompts/music.wav', import.meta.url));
const file = alawWav(music(ALAW_RATE));
writeFileSync(out, file);
console.log(`${out}: ${(file.length / 1024).toFixed(0)} KiB`);

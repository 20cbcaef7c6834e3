import { fileURLToPath } from 'node:url';
import type { PlayedItem } from './played-item.ts';
import type { Language, Said } from './said.ts';
import { say } from './say.ts';

/** The folder of the recorded sets, one for each language; made by tools/prompts. */
const FOLDER = fileURLToPath(new URL('../../prompts/', import.meta.url));

/** The sound file of a built-in prompt, or of a word that `say` names. */
export function builtInPrompt(language: Language, name: string): string {
  return `${FOLDER}${language}/${name}.wav`;
}

/** The sound file of the built-in music; made by tools/prompts. */
export const BUILT_IN_MUSIC = `${FOLDER}music.wav`;

/**
 * A value as it is said, to be played.
 * @throws RangeError as `say` does
 */
export function saidItems(language: Language, said: Said): PlayedItem[] {
  return say(language, said).map((name) => ({ file: builtInPrompt(language, name) }));
}

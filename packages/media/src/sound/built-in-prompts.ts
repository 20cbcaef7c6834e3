import { fileURLToPath } from 'node:url';
import type { Language } from './said.ts';

/** The folder of the recorded sets, one for each language; made by tools/prompts. */
const FOLDER = fileURLToPath(new URL('../../prompts/', import.meta.url));

/** The sound file of a built-in prompt, or of a word that `say` names. */
export function builtInPrompt(language: Language, name: string): string {
  return `${FOLDER}${language}/${name}.wav`;
}

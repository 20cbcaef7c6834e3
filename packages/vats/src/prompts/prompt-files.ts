import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { BUILT_IN_MUSIC, BUILT_IN_PROMPTS, builtInPrompt, type Language } from '@vats/media';
import { type Domain, setting } from '@vats/pbx';

/** A prompt that there is. */
export interface PromptFile {
  readonly name: string;
  readonly path: string;
  /** Whether an operator put it there; it goes before the built-in one of that name. */
  readonly own: boolean;
}

const SUFFIX = '.wav';

/** Where an operator's own prompts are: those of one language in a folder of its name. */
export function promptFolder(data: string, language?: Language): string {
  return language === undefined ? join(data, 'prompts') : join(data, 'prompts', language);
}

/** The file of a prompt: the operator's own for this language, the operator's own for all, the built-in one; undefined for none. */
export function promptFile(data: string, language: Language, name: string): PromptFile | undefined {
  for (const folder of [promptFolder(data, language), promptFolder(data)]) {
    const path = join(folder, `${name}${SUFFIX}`);
    if (existsSync(path)) return { name, path, own: true };
  }
  if (!BUILT_IN_PROMPTS.includes(name)) return undefined;
  return { name, path: builtInPrompt(language, name), own: false };
}

/** What somebody on hold hears in a domain; undefined where that is silence, or what the domain names is not there. */
export function musicFile(data: string, domain: Domain): string | undefined {
  const name = setting(domain, 'holdMusic');
  if (name === 'none') return undefined;
  return name === 'default' ? BUILT_IN_MUSIC : promptFile(data, setting(domain, 'language'), name)?.path;
}

/** All prompts of a language, by name. */
export function promptFiles(data: string, language: Language): PromptFile[] {
  const names = new Set(BUILT_IN_PROMPTS);
  for (const folder of [promptFolder(data, language), promptFolder(data)]) {
    if (existsSync(folder)) for (const name of namesIn(folder)) names.add(name);
  }
  return [...names].sort().map((name) => promptFile(data, language, name)!);
}

/** Names of all prompts of a language, to check a PBX file by; a folder that can't be read has none that could be played. */
export function promptNames(data: string, language: Language): Set<string> {
  const names = new Set(BUILT_IN_PROMPTS);
  for (const folder of [promptFolder(data, language), promptFolder(data)]) {
    try {
      for (const name of namesIn(folder)) names.add(name);
    } catch {
      // Most operators have no prompts of their own, and no folder for them.
    }
  }
  return names;
}

/** Names of the prompts that every data directory has. */
export function builtInNames(): Set<string> {
  return new Set(BUILT_IN_PROMPTS);
}

function namesIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(SUFFIX))
    .map((file) => file.slice(0, -SUFFIX.length));
}

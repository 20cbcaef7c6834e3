import { existsSync, readFileSync, rmSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import type { Language } from '@vats/media';
import { type Command, Option } from 'commander';
import { looking, type Print, type Where } from './asking.ts';
import { dataDirectory } from './data-directory.ts';
import { CliFailure, configurationFailure, EXIT } from './exit-codes.ts';
import { duration, table } from './table.ts';

/** As a PBX file names prompts. */
const NAME = /^[\p{L}\p{N}][\p{L}\p{N}._-]{0,63}$/u;

interface PromptRow {
  readonly name: string;
  readonly from: 'built in' | 'own';
  readonly milliseconds?: number;
  readonly says?: string;
  readonly fault?: string;
  readonly file: string;
}

/** The commands about prompts. They read and write files of the data directory; the switch need not run. */
export function addPromptCommands(vats: Command, print: Print): void {
  const prompts = vats.command('prompts').description('what callers are told: the built-in prompts and your own');
  looking(prompts.command('list').description('prompts that a PBX file may name'))
    .addOption(languageOption().default('ru'))
    .action(async (options: Where & { language: Language }) => {
      const rows = await promptRows(dataDirectory(options), options.language);
      print(options, { raw: rows, read: rows }, promptsText);
    });
  looking(prompts.command('import').description('make a prompt of a sound file: WAV, or what ffmpeg reads'))
    .argument('<file>')
    .option('--name <name>', "what a PBX file calls it; the file's name unless given")
    .addOption(languageOption())
    .addOption(
      new Option('--rate <hertz>', '8000 is what the telephone network carries, 16000 what G.722 does')
        .choices(['8000', '16000', '48000'])
        .default('16000'),
    )
    .action(async (file: string, options: Where & { name?: string; language?: Language; rate: string }) => {
      const name = options.name ?? basename(file, extname(file));
      if (!NAME.test(name)) throw configurationFailure(`${noName(name)} with --name`);
      const { importPrompt, ImportFailure } = await import('../prompts/import-prompt.ts');
      const { promptFolder } = await import('../prompts/prompt-files.ts');
      const into = join(promptFolder(dataDirectory(options), options.language), `${name}.wav`);
      try {
        const replaced = existsSync(into);
        const made = importPrompt(file, into, Number(options.rate) as 8_000 | 16_000 | 48_000);
        const raw = { name, file: into, ...made, replaced };
        const told = `${name}: ${duration(made.milliseconds)} in ${into}${replaced ? ', replaced' : ''}\n`;
        print(options, { raw, read: raw }, () => told);
      } catch (error) {
        if (error instanceof ImportFailure) throw new CliFailure(EXIT.runtime, error.message);
        throw error;
      }
    });
  looking(
    prompts.command('remove').description('remove a prompt of your own; a built-in one of its name is heard again'),
  )
    .argument('<name>')
    .addOption(languageOption())
    .action(async (name: string, options: Where & { language?: Language }) => {
      if (!NAME.test(name)) throw configurationFailure(noName(name));
      const { promptFile, promptFolder } = await import('../prompts/prompt-files.ts');
      const data = dataDirectory(options);
      const { language } = options;
      const file = join(promptFolder(data, language), `${name}.wav`);
      if (!existsSync(file)) {
        const where = language === undefined ? '' : ` for ${language}`;
        const is = promptFile(data, language ?? 'ru', name)?.own === false ? 'it is a built-in one' : 'there is none';
        throw new CliFailure(EXIT.runtime, `${name} is no prompt of your own${where}: ${is}; see vats prompts list`);
      }
      try {
        rmSync(file);
      } catch (error) {
        throw new CliFailure(
          EXIT.runtime,
          `${file} can't be removed: ${error instanceof Error ? error.message : error}`,
        );
      }
      const left = promptFile(data, language ?? 'ru', name);
      const now = left === undefined ? 'steps that say it are passed over' : `${left.path} is heard in its place`;
      const raw = { name, file, ...(left !== undefined && { instead: left.path }) };
      print(options, { raw, read: raw }, () => `${name}: ${file} is removed; ${now}\n`);
    });
}

function noName(text: string): string {
  return `${text} is not a name: write 1 to 64 letters, digits, dots, hyphens and underscores`;
}

function languageOption(): Option {
  return new Option('--language <language>', 'of the prompt').choices(['ru', 'en']);
}

async function promptRows(data: string, language: Language): Promise<PromptRow[]> {
  // Only this command needs the media package; the others start faster without it.
  const { readWavForm, recordedTexts, WAV_FAULTS } = await import('@vats/media');
  const { promptFiles } = await import('../prompts/prompt-files.ts');
  const texts = recordedTexts(language);
  return promptFiles(data, language).map(({ name, path, own }): PromptRow => {
    const row = { name, from: own ? ('own' as const) : ('built in' as const), file: path };
    let octets: Buffer;
    try {
      octets = readFileSync(path);
    } catch (error) {
      return { ...row, fault: error instanceof Error ? error.message : String(error) };
    }
    const form = readWavForm(octets);
    if (!form.ok) return { ...row, fault: WAV_FAULTS[form.error.code] };
    const milliseconds = Math.round((1_000 * form.value.frames) / form.value.rate);
    const says = own ? undefined : texts.get(name);
    return { ...row, milliseconds, ...(says !== undefined && { says }) };
  });
}

function promptsText(rows: readonly PromptRow[]): string {
  return table(
    ['name', 'from', 'length', 'says'],
    rows.map(({ name, from, milliseconds, says, fault, file }) => [
      name,
      from,
      milliseconds === undefined ? '-' : duration(milliseconds),
      fault ?? says ?? file,
    ]),
    'no prompts',
  );
}

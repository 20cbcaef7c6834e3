import { checkPbx, type Problem, type PromptNames } from '@vats/pbx';
import { checkSettings } from '../settings/index.ts';
import { knownRegions } from './answers-regions.ts';
import { ask, type Where } from './asking.ts';
import { dataDirectory } from './data-directory.ts';
import { CliFailure } from './exit-codes.ts';
import { isSettingsFile } from './file-kind.ts';

type Checked = { readonly ok: boolean; readonly problems: readonly Problem[] };

/**
 * Everything that can be said of a settings or PBX file. Where the caller names a running switch, its numbering register is asked for the
 * regions that the file does not describe. Prompts are those of the data directory that `vats prompts` would speak of.
 */
export async function checkFile(text: string, file: string, where: Where): Promise<Checked> {
  const now = Date.now();
  if (isSettingsFile(text)) return told(checkSettings(text, file, now));
  const beside = { now, prompts: await promptsFor(where) };
  if (!namesSwitch(where)) return told(checkPbx(text, file, beside));
  const named = new Set<string>();
  // Takes down what the file names, and lets it pass.
  const has = (region: string): boolean => named.add(region).has(region);
  const first = checkPbx(text, file, { ...beside, register: { has, all: () => [] } });
  if (named.size === 0) return told(first);
  const { read } = await ask(where, 'POST', '/regions/known', knownRegions, { names: [...named] });
  const { known = [], all = [] } = read;
  return told(
    checkPbx(text, file, { ...beside, register: { has: (region) => known.includes(region), all: () => all } }),
  );
}

async function promptsFor(where: Where): Promise<PromptNames> {
  // It brings the media package, without which the other commands start faster.
  const { builtInNames, promptNames } = await import('../prompts/prompt-files.ts');
  try {
    const data = dataDirectory(where);
    return (language) => promptNames(data, language);
  } catch (error) {
    // A file by itself is judged by itself, whatever is wrong with the settings of this machine.
    if (namesSwitch(where) || !(error instanceof CliFailure)) throw error;
    return builtInNames;
  }
}

function namesSwitch({ data, config }: Where): boolean {
  return data !== undefined || config !== undefined;
}

function told(checked: ReturnType<typeof checkPbx> | ReturnType<typeof checkSettings>): Checked {
  return { ok: checked.ok, problems: checked.ok ? checked.warnings : checked.problems };
}

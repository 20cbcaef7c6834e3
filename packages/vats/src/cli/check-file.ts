import { checkPbx, type Problem } from '@vats/pbx';
import { checkSettings } from '../settings/index.ts';
import { knownRegions } from './answers-regions.ts';
import { ask, type Where } from './asking.ts';
import { isSettingsFile } from './file-kind.ts';

type Checked = { readonly ok: boolean; readonly problems: readonly Problem[] };

/**
 * Everything that can be said of a settings or PBX file. Where the caller names a running switch, its numbering register is asked for the
 * regions that the file does not describe.
 */
export async function checkFile(text: string, file: string, where: Where): Promise<Checked> {
  if (isSettingsFile(text)) return told(checkSettings(text, file));
  const now = Date.now();
  if (where.data === undefined && where.config === undefined) return told(checkPbx(text, file, { now }));
  const named = new Set<string>();
  // Takes down what the file names, and lets it pass.
  const has = (region: string): boolean => named.add(region).has(region);
  const first = checkPbx(text, file, { now, register: { has, all: () => [] } });
  if (named.size === 0) return told(first);
  const { read } = await ask(where, 'POST', '/regions/known', knownRegions, { names: [...named] });
  const { known = [], all = [] } = read;
  return told(checkPbx(text, file, { now, register: { has: (region) => known.includes(region), all: () => all } }));
}

function told(checked: ReturnType<typeof checkPbx> | ReturnType<typeof checkSettings>): Checked {
  return { ok: checked.ok, problems: checked.ok ? checked.warnings : checked.problems };
}

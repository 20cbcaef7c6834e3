import { atOnce, type Steps } from '@vats/kernel';
import { type ApplyOptions, type PbxSource, planApply } from '../model/apply.ts';
import { EMPTY_MODEL, type Model } from '../model/model.ts';
import { type Checked, sortProblems } from '../problems/problem.ts';
import { LONG_LISTS, type PbxFile, pbxFile } from '../schema/pbx-file.ts';
import type { EntryMemory } from '../yaml/entry-memory.ts';
import { readingLists } from '../yaml/read-yaml.ts';

/** A PBX file that makes sense by itself. */
export interface CheckedPbx {
  readonly source: PbxSource;
  /** What applying it to an empty switch makes. */
  readonly model: Model;
}

/**
 * Everything that can be said of a PBX file without a switch: what `vats check` does.
 *
 * @param file the name to show in problems; nothing is opened
 */
export function checkPbx(
  text: string | Uint8Array,
  file: string,
  options: Pick<ApplyOptions, 'prompts' | 'judgeAccounts' | 'now' | 'register'> = {},
): Checked<CheckedPbx> {
  const read = readPbx(text, file);
  if (!read.ok) return read;
  // No key is at hand to open sealed passwords with, and none is needed to see that the file makes sense.
  const alone = { managedBy: 'cli', isFileAlone: true, unseal: (sealed: string) => sealed } as const;
  const applied = planApply(EMPTY_MODEL, read.value, { ...options, ...alone });
  if (!applied.ok) return { ok: false, problems: sortProblems([...applied.problems, ...read.warnings]) };
  return {
    ok: true,
    value: { source: read.value, model: applied.next },
    warnings: sortProblems([...read.warnings, ...applied.warnings]),
  };
}

/** Reads a PBX file as far as its schema goes, for `planApply` to judge against the model that it meets. */
export function readPbx(text: string | Uint8Array, file: string): Checked<PbxSource> {
  return atOnce(readingPbx(text, file));
}

/** `readPbx` in steps, for a switch with calls. */
export function readingPbx(
  text: string | Uint8Array,
  file: string,
  memory?: EntryMemory<PbxFile>,
): Steps<Checked<PbxSource>> {
  return readingLists(text, file, pbxFile, LONG_LISTS, memory);
}

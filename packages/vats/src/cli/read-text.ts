import { readFileSync } from 'node:fs';
import { formatProblem, readPbx } from '@vats/pbx';
import { checkSettings } from '../settings/index.ts';
import { configurationFailure } from './exit-codes.ts';

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EACCES: 'permission denied',
  EISDIR: 'this is a directory',
};

/** A file that the operator named. @throws CliFailure (exit code 3) when it can't be read */
export function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw configurationFailure(`${path}: ${reasonOf(error)}: name a file that can be read`);
  }
}

/** Why a file could not be opened, in words. */
export function reasonOf(error: unknown): string {
  const { code = '' } = error as NodeJS.ErrnoException;
  return REASONS[code] ?? code;
}

/**
 * A PBX file for the running switch. What is no such file, or a monstrous one, is refused here, where nobody's calls wait for it.
 *
 * @throws CliFailure (exit code 3) when it can't be read, or is none
 */
export function readPbxText(path: string): string {
  return checkedPbx(readText(path), path);
}

/** A PBX file for the running switch that was read already. @throws as `readPbxText` */
export function checkedPbx(text: string, path: string): string {
  const read = readPbx(text, path);
  if (!read.ok) throw configurationFailure(read.problems.map(formatProblem).join('\n'));
  return text;
}

/** A machine's settings for the running switch that were read already. @throws as `readPbxText` */
export function checkedSettings(text: string, path: string): string {
  const read = checkSettings(text, path);
  if (!read.ok) throw configurationFailure(read.problems.map(formatProblem).join('\n'));
  return text;
}

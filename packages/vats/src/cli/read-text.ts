import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { formatProblem, readPbx } from '@vats/pbx';
import { checkSettings } from '../settings/index.ts';
import { configurationFailure } from './exit-codes.ts';

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EACCES: 'permission denied',
  EISDIR: 'this is a directory',
};

/** A file that the operator named. @throws CliFailure (exit code 3) when it can't be read, or is no text */
export function readText(path: string): string {
  let octets: Buffer;
  try {
    octets = readFileSync(path);
  } catch (error) {
    throw configurationFailure(`${path}: ${reasonOf(error)}: name a file that can be read`);
  }
  if (!isUtf8(octets)) {
    throw configurationFailure(`${path}:${lineNotUtf8(octets)}: error: the text is not UTF-8; save the file as UTF-8`);
  }
  return octets.toString('utf8');
}

/** The first line that is none. No octet of a longer character is a newline, so lines can be judged by themselves. */
function lineNotUtf8(octets: Buffer): number {
  let line = 1;
  for (let start = 0; ; line++) {
    const newline = octets.indexOf(0x0a, start);
    if (newline < 0 || !isUtf8(octets.subarray(start, newline))) return line;
    start = newline + 1;
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
  const read = checkSettings(text, path, Date.now());
  if (!read.ok) throw configurationFailure(read.problems.map(formatProblem).join('\n'));
  return text;
}

import { readFileSync } from 'node:fs';
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
    const { code = '' } = error as NodeJS.ErrnoException;
    throw configurationFailure(`${path}: ${REASONS[code] ?? code}: name a file that can be read`);
  }
}

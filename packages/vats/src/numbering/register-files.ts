import { readFileSync, statSync } from 'node:fs';
import { atOnce } from '@vats/kernel';
import { type Checked, type Problem, type ReadRegister, type RegisterSource, readingRegister } from '@vats/pbx';

/** A file to read, and how the operator named it. */
export interface NamedFile {
  /** Absolute. */
  readonly path: string;
  readonly name: string;
}

/** The largest of the regulator's files has a quarter of it. */
const LARGEST_OCTETS = 64 * 1024 * 1024;

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EACCES: "the switch's user may not read it",
};

/** Reads the files of the register, all of it in one go: for a thread of its own. */
export function readRegisterFiles(files: readonly NamedFile[]): Checked<ReadRegister> {
  const problems: Problem[] = [];
  const sources: RegisterSource[] = [];
  for (const { path, name } of files) {
    const fault = (message: string, remedy: string): void => {
      problems.push({ severity: 'error', file: name, line: 0, column: 0, path: '', message, remedy });
    };
    try {
      const stat = statSync(path);
      if (!stat.isFile()) fault('this is no file', 'name a file that the switch can read');
      else if (stat.size > LARGEST_OCTETS) fault('the file is too large', 'keep it under 64 MB');
      else sources.push({ name, octets: readFileSync(path) });
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException;
      fault(REASONS[code] ?? code, 'name a file that the switch can read');
    }
  }
  // What can be read is judged too: everything that is wrong is told at once.
  const read = atOnce(readingRegister(sources));
  if (problems.length === 0) return read;
  return { ok: false, problems: [...problems, ...(read.ok ? read.warnings : read.problems)] };
}

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Where inputs are kept: a folder for each target. */
export const FUZZ_FOLDER = fileURLToPath(new URL('../../../fixtures/fuzz/', import.meta.url));

/** The inputs that are kept for a target, in the order of their names. */
export function readCorpus(target: string, folder: string = FUZZ_FOLDER): { file: string; octets: Buffer }[] {
  const at = `${folder}${target}`;
  if (!existsSync(at)) return [];
  return readdirSync(at)
    .sort()
    .map((file) => ({ file, octets: readFileSync(`${at}/${file}`) }));
}

/** Keeps these in the place of what was kept; faults stay. */
export function writeCorpus(target: string, inputs: readonly Buffer[], folder: string = FUZZ_FOLDER): void {
  const at = `${folder}${target}`;
  mkdirSync(at, { recursive: true });
  for (const file of readdirSync(at)) if (!file.startsWith(FAULT)) rmSync(`${at}/${file}`);
  for (const octets of inputs) writeFileSync(`${at}/${nameOf(octets)}`, octets);
}

/** Keeps an input that broke something, for good: it is run with the tests from now on. Answers its file's name. */
export function writeFault(target: string, octets: Buffer, folder: string = FUZZ_FOLDER): string {
  const at = `${folder}${target}`;
  const file = `${FAULT}${nameOf(octets)}`;
  mkdirSync(at, { recursive: true });
  writeFileSync(`${at}/${file}`, octets);
  return file;
}

const FAULT = 'fault-';

/** The same input has the same name, wherever it was found. */
function nameOf(octets: Buffer): string {
  return createHash('sha256').update(octets).digest('hex').slice(0, 12);
}

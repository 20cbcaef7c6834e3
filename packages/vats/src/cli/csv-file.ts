import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { CliFailure, configurationFailure, EXIT } from './exit-codes.ts';
import { reasonOf } from './read-text.ts';

/**
 * A table that the operator named. One in another encoding would have wrong names and no other fault, so it is refused here.
 *
 * @throws CliFailure (exit code 3) when it can't be read, or is not UTF-8
 */
export function readCsv(path: string): string {
  let octets: Buffer;
  try {
    octets = readFileSync(path);
  } catch (error) {
    throw configurationFailure(`${path}: ${reasonOf(error)}: name a file that can be read`);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(octets);
  } catch {
    const before = octets.toString('utf8').split('\ufffd', 1)[0] ?? '';
    const lines = before.split(/\r\n|\n|\r/);
    const place = `${path}:${lines.length}:${(lines.at(-1) ?? '').length + 1}`;
    throw configurationFailure(`${place}: error: the file is not in UTF-8; save it as "CSV UTF-8"`);
  }
}

export interface FileWriter {
  write(text: string): void;
  close(): void;
}

/**
 * Writes a file that is its owner's alone.
 *
 * @param flags `w` writes over what is there, `wx` refuses to
 * @throws CliFailure with the reason
 */
export function writerTo(file: string, flags: 'w' | 'wx' = 'w'): FileWriter {
  const failure = (error: unknown): CliFailure => {
    const { code } = error as NodeJS.ErrnoException;
    const why = error instanceof Error ? error.message : String(error);
    const reason = code === 'EEXIST' ? 'it is there already: name a new file' : why;
    return new CliFailure(EXIT.runtime, `${file} can not be written: ${reason}`);
  };
  let descriptor: number;
  try {
    descriptor = openSync(file, flags, 0o600);
  } catch (error) {
    throw failure(error);
  }
  return {
    write: (text) => {
      try {
        const octets = Buffer.from(text);
        for (let at = 0; at < octets.length; ) at += writeSync(descriptor, octets, at);
      } catch (error) {
        throw failure(error);
      }
    },
    close: () => closeSync(descriptor),
  };
}

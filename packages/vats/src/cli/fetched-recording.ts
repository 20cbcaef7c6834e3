import { closeSync, copyFileSync, existsSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { manifestPathOf } from '@vats/media';
import type { PlacedRecording } from './answers.ts';

/** Why a recording can't be had from where it lies: one line. */
export class NotFetchedError extends Error {
  override readonly name = 'NotFetchedError';
}

/**
 * Does something with a recording's file. One that lies elsewhere is fetched into a folder of its own first, its manifest beside it,
 * and the folder is gone when `use` is done.
 *
 * @throws NotFetchedError
 */
export async function withFile<T>(placed: PlacedRecording, use: (file: string) => T): Promise<T> {
  const { url, file, trouble } = placed;
  if (trouble !== undefined) throw new NotFetchedError(trouble);
  if (url === undefined) return use(file);
  const folder = mkdtempSync(join(tmpdir(), 'vats-recording-'));
  try {
    const here = join(folder, basename(file));
    await fetchInto(here, placed);
    const manifest = manifestPathOf(file);
    if (existsSync(manifest)) copyFileSync(manifest, manifestPathOf(here));
    return use(here);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function fetchInto(path: string, { url = '', place = '' }: PlacedRecording): Promise<void> {
  const file = openSync(path, 'wx', 0o600);
  try {
    const answer = await fetch(url, { redirect: 'error' });
    // What it says may repeat the URL, which opens the recording to whoever reads it.
    if (!answer.ok || answer.body === null) throw new NotFetchedError(`${place}: the server answered ${answer.status}`);
    for await (const octets of answer.body) {
      for (let at = 0; at < octets.length; ) at += writeSync(file, octets, at);
    }
  } catch (error) {
    if (error instanceof NotFetchedError) throw error;
    const { cause, code = (cause as NodeJS.ErrnoException | undefined)?.code } = error as NodeJS.ErrnoException;
    throw new NotFetchedError(`${place}: ${code ?? 'the way there broke off'}`);
  } finally {
    closeSync(file);
  }
}

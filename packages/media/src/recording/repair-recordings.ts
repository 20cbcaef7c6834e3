import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { G711_RATE } from '../rtp/g711.ts';
import type { Law } from '../sdp/codec.ts';
import { FRAME_OCTETS, readWavHeader, WAV_HEADER_OCTETS, wavHeader } from './wav-header.ts';

/** A recording that a killed process left with an untrue header, and that plays to its end now. */
export interface RepairedRecording {
  readonly path: string;
  readonly law: Law;
  readonly durationMs: number;
  readonly octets: number;
}

/** A recording that could not be looked at or mended. */
export interface UnrepairedRecording {
  readonly path: string;
  readonly detail: string;
}

const FRAMES_PER_MS = G711_RATE / 1000;

/**
 * Mends the recordings under a directory after a kill: gives each WAV of ours whose header does not say its true size a
 * header that does. Other files are left alone. A directory that does not exist has nothing to mend. Never throws.
 *
 * @param since only files written to at or after this time (milliseconds since the epoch) are opened: the last clean stop
 */
export async function repairRecordings(
  directory: string,
  since = 0,
): Promise<{ readonly repaired: readonly RepairedRecording[]; readonly unrepaired: readonly UnrepairedRecording[] }> {
  const repaired: RepairedRecording[] = [];
  const unrepaired: UnrepairedRecording[] = [];
  for await (const path of wavFilesUnder(directory, unrepaired)) {
    try {
      if (since > 0 && (await stat(path)).mtimeMs < since) continue;
      const mended = await repair(path);
      if (mended !== undefined) repaired.push(mended);
    } catch (error) {
      unrepaired.push({ path, detail: messageOf(error) });
    }
  }
  return { repaired, unrepaired };
}

async function repair(path: string): Promise<RepairedRecording | undefined> {
  const file = await open(path, 'r+');
  try {
    const { size } = await file.stat();
    const head = Buffer.alloc(WAV_HEADER_OCTETS);
    const { bytesRead } = await file.read(head, 0, WAV_HEADER_OCTETS, 0);
    // A file that ends inside its header was killed while it was made: an empty recording is what it was.
    const torn = bytesRead < WAV_HEADER_OCTETS && 'RIFF'.startsWith(head.toString('latin1', 0, Math.min(4, bytesRead)));
    const said = torn ? { law: 'PCMA' as const, frames: -1 } : readWavHeader(head);
    if (said === undefined) return undefined;
    const frames = Math.max(0, Math.floor((size - WAV_HEADER_OCTETS) / FRAME_OCTETS));
    if (said.frames === frames) return undefined;
    await file.write(wavHeader(said.law, frames), 0, WAV_HEADER_OCTETS, 0);
    const octets = WAV_HEADER_OCTETS + frames * FRAME_OCTETS;
    if (size !== octets) await file.truncate(octets);
    return { path, law: said.law, durationMs: frames / FRAMES_PER_MS, octets };
  } finally {
    await file.close();
  }
}

async function* wavFilesUnder(directory: string, unread: UnrepairedRecording[]): AsyncGenerator<string> {
  let entries: Awaited<ReturnType<typeof list>>;
  try {
    entries = await list(directory);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) {
      unread.push({ path: directory, detail: messageOf(error) });
    }
    return;
  }
  for (const entry of entries) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) yield* wavFilesUnder(path, unread);
    else if (entry.isFile() && entry.name.endsWith('.wav')) yield path;
  }
}

function list(directory: string) {
  return readdir(directory, { withFileTypes: true });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

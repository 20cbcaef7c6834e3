import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { G711_RATE } from '../rtp/g711.ts';
import type { Law } from '../sdp/codec.ts';
import { DISK, type Disk, withFile } from './disk.ts';
import { isFinished, readManifest } from './finish-recording.ts';
import { manifestPathOf, other, SEALED, setAsideOf } from './recording-files.ts';
import { openWav, readLayout } from './sound-file.ts';
import { FRAME_OCTETS } from './wav-header.ts';

/** A recording that a killed process left, and that plays to its end now. */
export interface RepairedRecording {
  readonly path: string;
  /** Undefined where it is encrypted, and was cut off before anything was written. */
  readonly law: Law | undefined;
  readonly durationMs: number;
  readonly octets: number;
}

/** A recording that could not be looked at or mended, or was changed since it was finished. */
export interface UnrepairedRecording {
  readonly path: string;
  readonly detail: string;
}

/** What a look at the recordings after a start found. */
export interface FoundRecordings {
  readonly repaired: readonly RepairedRecording[];
  readonly unrepaired: readonly UnrepairedRecording[];
  /** Sound files that `finishRecording` has something left to do with, the repaired ones among them. */
  readonly unfinished: readonly string[];
}

const FRAMES_PER_MS = G711_RATE / 1000;

/**
 * Looks for what a kill left under a directory: gives each WAV of ours whose header does not say its true size a header that
 * does, finds the recordings that are not finished, removes drafts. Finished ones and those set aside are not opened, and told where they have another
 * length now; other files are left alone. A directory that does not exist
 * has nothing to mend. Never throws.
 *
 * @param since only files written to at or after this time (milliseconds since the epoch) are opened: the last clean stop
 */
export async function repairRecordings(directory: string, since = 0, disk: Disk = DISK): Promise<FoundRecordings> {
  const repaired: RepairedRecording[] = [];
  const unrepaired: UnrepairedRecording[] = [];
  const unfinished = new Set<string>();
  for await (const path of filesUnder(directory, unrepaired)) {
    try {
      if (path.endsWith('.part')) {
        disk.remove(path);
      } else if (path.endsWith('.journal')) {
        unfinished.add(soundOf(path, disk));
      } else if (path.endsWith('.wav') || path.endsWith(SEALED)) {
        if (disk.exists(setAsideOf(path))) continue;
        if (since > 0 && (await stat(path)).mtimeMs < since) continue;
        if (isFinished(path, disk)) {
          const detail = await changedSince(path, disk);
          if (detail !== undefined) unrepaired.push({ path, detail });
          continue;
        }
        const mended = path.endsWith(SEALED) ? cutOff(path, disk) : mend(path, disk);
        if (mended === undefined) continue;
        repaired.push(mended);
        unfinished.add(path);
      }
    } catch (error) {
      unrepaired.push({ path, detail: messageOf(error) });
    }
  }
  return { repaired, unrepaired, unfinished: [...unfinished] };
}

/**
 * What has become of a file since it was finished; undefined for one that is as it was, or whose manifest is of its successor.
 * A manifest is written after its sound: only where that is not older, it is worth a look.
 */
async function changedSince(path: string, disk: Disk): Promise<string | undefined> {
  const manifestPath = manifestPathOf(path);
  const [sound, manifest] = await Promise.all([stat(path), stat(manifestPath)]);
  if (sound.mtimeMs < manifest.mtimeMs) return undefined;
  const said = readManifest(disk, manifestPath);
  if (said === undefined || said.file !== basename(path) || said.octets === sound.size) return undefined;
  return `it was finished with ${said.octets} octets, and has ${sound.size} now: it is left as it is`;
}

function mend(path: string, disk: Disk): RepairedRecording | undefined {
  const sound = openWav(disk, path);
  if (sound === undefined || !sound.mended) return undefined;
  const octets = withFile(disk, path, 'r', (file) => disk.size(file));
  return { path, law: sound.law, durationMs: sound.frames / FRAMES_PER_MS, octets };
}

/** An encrypted file without its end: how much of it opens. Its end is put there once the key is at hand. */
function cutOff(path: string, disk: Disk): RepairedRecording | undefined {
  const layout = withFile(disk, path, 'r', (file) => readLayout(disk, file));
  if (layout === undefined) return { path, law: undefined, durationMs: 0, octets: 0 };
  const { content, textOctets, octets, end } = layout;
  if (end !== 'more') return undefined;
  const law = content === 'PCMA' || content === 'PCMU' ? content : undefined;
  return { path, law, durationMs: textOctets / FRAME_OCTETS / FRAMES_PER_MS, octets };
}

/** The sound that a journal is about; a name where there is none. */
function soundOf(journal: string, disk: Disk): string {
  const sealed = other(journal, SEALED);
  return disk.exists(sealed) ? sealed : other(journal, '.wav');
}

async function* filesUnder(directory: string, unread: UnrepairedRecording[]): AsyncGenerator<string> {
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
    if (entry.isDirectory()) yield* filesUnder(path, unread);
    else if (entry.isFile()) yield path;
  }
}

function list(directory: string) {
  return readdir(directory, { withFileTypes: true });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

import { basename } from 'node:path';
import { DISK, type Disk, withFile } from './disk.ts';
import { digestOf, readManifest } from './finish-recording.ts';
import type { Manifest } from './manifest.ts';
import { openRecording } from './open-recording.ts';
import { journalOf, manifestPathOf, SEALED, setAsideOf } from './recording-files.ts';
import { readLayout } from './sound-file.ts';
import { readWavHeader, WAV_HEADER_OCTETS } from './wav-header.ts';

/** What was found of one recording: no problems where it is what was recorded. */
export interface VerifiedRecording {
  readonly path: string;
  readonly manifest: Manifest | undefined;
  readonly problems: readonly string[];
}

/** How far sound and manifest may be apart. */
const APART_MS = 100;
const G711_OCTETS_PER_MS = 16;
const PCM_OCTETS_PER_MS = 32;

/**
 * Compares a recording with its manifest: that both are there, length and SHA-256, the duration, and of an encrypted one each
 * segment and its end.
 *
 * @param key of an encrypted file: its own
 */
export function verifyRecording(path: string, key: Buffer | undefined, disk: Disk = DISK): VerifiedRecording {
  const manifestPath = manifestPathOf(path);
  const manifest = readManifest(disk, manifestPath);
  const problems: string[] = [];
  try {
    if (!disk.exists(path)) problems.push('the sound file is missing');
    if (disk.exists(journalOf(path))) problems.push('it is not finished: it is being recorded, or waits for that');
    else if (disk.exists(setAsideOf(path))) problems.push('its header is lost: it was set aside, and is as it was');
    else if (!disk.exists(manifestPath)) problems.push('the manifest is missing');
    else if (manifest === undefined) problems.push('the manifest can not be read');
    if (disk.exists(path)) {
      if (manifest !== undefined) compare(path, manifest, disk, problems);
      if (path.endsWith(SEALED)) openAll(path, key, manifest, disk, problems);
    }
  } catch (error) {
    problems.push(error instanceof Error ? error.message : String(error));
  }
  return { path, manifest, problems };
}

function compare(path: string, manifest: Manifest, disk: Disk, problems: string[]): void {
  if (manifest.file !== basename(path)) problems.push(`the manifest is of ${manifest.file}`);
  const { octets, sha256 } = digestOf(disk, path);
  if (octets !== manifest.octets) problems.push(`it has ${octets} octets, and ${manifest.octets} in its manifest`);
  else if (sha256 !== manifest.sha256) problems.push('its SHA-256 is not that of its manifest: it was changed');
  const durationMs = durationOf(path, manifest, octets, disk);
  if (durationMs !== undefined && Math.abs(durationMs - manifest.durationMs) > APART_MS) {
    problems.push(`it lasts ${Math.round(durationMs)} ms, and ${Math.round(manifest.durationMs)} ms in its manifest`);
  }
}

/** Undefined for formats whose length tells nothing. */
function durationOf(path: string, { format }: Manifest, octets: number, disk: Disk): number | undefined {
  if (path.endsWith(SEALED)) {
    const layout = withFile(disk, path, 'r', (file) => readLayout(disk, file));
    return format === 'wav-g711' && layout !== undefined ? layout.textOctets / G711_OCTETS_PER_MS : undefined;
  }
  if (format === 'wav-pcm16') return (octets - 44) / PCM_OCTETS_PER_MS;
  if (format !== 'wav-g711') return undefined;
  const head = Buffer.alloc(WAV_HEADER_OCTETS);
  withFile(disk, path, 'r', (file) => disk.read(file, head, WAV_HEADER_OCTETS, 0));
  return (readWavHeader(head)?.frames ?? 0) / 8;
}

function openAll(
  path: string,
  key: Buffer | undefined,
  manifest: Manifest | undefined,
  disk: Disk,
  problems: string[],
): void {
  const { octets, end } = openRecording(path, key, disk);
  for (const _ of octets()) {
    // Each opens, or throws.
  }
  if (end === 'more') problems.push('its end is missing: it was cut off');
  // A fault may leave a file without its end, too: its manifest says `failed`.
  if (end === 'cut' && manifest?.state === 'complete')
    problems.push('it was cut off, and its manifest says nothing of it');
}

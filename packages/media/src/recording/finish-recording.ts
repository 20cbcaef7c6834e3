import { createHash } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { type Clock, SystemClock } from '@vats/kernel';
import { G711_RATE } from '../rtp/g711.ts';
import { DISK, type Disk, portionsOf, putWhole, readText, withFile } from './disk.ts';
import { encodeSound } from './encode-sound.ts';
import type { EncodedFormat } from './encoder.ts';
import { type Manifest, manifestOf, manifestText, type SoundFacts } from './manifest.ts';
import { readNotes } from './note.ts';
import { journalOf, manifestPathOf, other, SEALED, setAsideOf } from './recording-files.ts';
import { LostHeaderError, openSealed, openWav, type RawSound, SealedFileError } from './sound-file.ts';
import { WAV_HEADER_OCTETS } from './wav-header.ts';

/** A recording that has ended, or that a kill cut off. */
export interface FinishOrder {
  /** The sound file as it was recorded. */
  readonly path: string;
  /** The domain's key, of an encrypted recording. */
  readonly key?: Uint8Array | undefined;
  /** Leaves the sound in the format that it is in, and says this in the manifest: why it could not be converted. */
  readonly unconverted?: string | undefined;
}

/**
 * `kept`: sound and manifest are in their places, `path` is the sound's. `set-aside`: nothing can be done with it, all of it is kept,
 * and no start looks at it again. Else there is nothing left of it.
 */
export type FinishedRecording =
  | { readonly what: 'kept'; readonly path: string; readonly manifest: Manifest }
  | { readonly what: 'too-short'; readonly path: string; readonly durationMs: number }
  | { readonly what: 'set-aside'; readonly path: string; readonly detail: string }
  | { readonly what: 'nothing'; readonly path: string };

/** The sound could not be put into its format; it lies there as it was recorded, with its journal. */
export class NotEncodedError extends Error {
  override readonly name = 'NotEncodedError';
}

const TEXT_OCTETS_AT_MOST = 8_388_608;
const FRAMES_PER_MS = G711_RATE / 1000;
const EXTENSION: Readonly<Record<EncodedFormat, string>> = {
  pcm: '.pcm16.wav',
  mp3: '.mp3',
  ogg: '.ogg',
  opus: '.opus',
};
const NAMED: Readonly<Record<EncodedFormat, Manifest['format']>> = {
  pcm: 'wav-pcm16',
  mp3: 'mp3',
  ogg: 'ogg-vorbis',
  opus: 'ogg-opus',
};

/**
 * Does what is left to do with a recording when it has ended: mends what a kill left, drops what is too short, encodes, writes
 * the manifest, removes the journal. Whatever interrupts it, doing it again comes to the same end; until the manifest is there
 * the sound stays as it was recorded.
 *
 * @throws NotEncodedError, or what the file system says, with the journal in its place
 */
export async function finishRecording(
  order: FinishOrder,
  disk: Disk = DISK,
  clock: Pick<Clock, 'now'> = new SystemClock(),
): Promise<FinishedRecording> {
  const { path, key } = order;
  const journal = journalOf(path);
  if (isFinished(path, disk)) {
    // It may have been cut off or changed since: its manifest must go on to say what it was.
    const manifest = readManifest(disk, manifestPathOf(path));
    if (manifest === undefined) throw new Error('it is finished, and its manifest can not be read');
    return { what: 'kept', path: join(dirname(path), manifest.file), manifest };
  }
  if (!disk.exists(path)) {
    // Its last step was interrupted, or there never was any sound.
    const done = readManifest(disk, manifestPathOf(path));
    const kept = done && join(dirname(path), done.file);
    remove(disk, journal);
    if (done === undefined || kept === undefined) return { what: 'nothing', path };
    // It may lie elsewhere by now.
    if (!disk.exists(kept) && done.stored === undefined) return { what: 'nothing', path };
    return { what: 'kept', path: kept, manifest: done };
  }
  const notes = disk.exists(journal) ? readNotes(readText(disk, journal, TEXT_OCTETS_AT_MOST)) : [];
  const begun = notes.find((note) => note.note === 'begun');
  const sound = openSound(disk, path, key);
  if (sound === 'lost') return setAside(disk, path);
  if (sound === undefined) {
    remove(disk, path, journal);
    return { what: 'nothing', path };
  }
  const durationMs = sound.frames / FRAMES_PER_MS;
  if (durationMs < (begun?.minimumMs ?? 0)) {
    remove(disk, path, journal);
    return { what: 'too-short', path, durationMs };
  }
  const { path: kept, facts } = await convert(order, begun?.format ?? 'wav', sound, disk);
  const manifest = manifestOf(notes, facts, { call: basename(other(path, '')), at: clock.now() - durationMs });
  const text = Buffer.from(manifestText(manifest));
  putWhole(disk, manifestPathOf(path), (file) => disk.write(file, text, 0));
  if (kept !== path) remove(disk, path);
  remove(disk, journal);
  return { what: 'kept', path: kept, manifest };
}

/** Nothing is left to do with it: the manifest is there, and the journal, which goes last, is gone. */
export function isFinished(path: string, disk: Disk = DISK): boolean {
  return !disk.exists(journalOf(path)) && disk.exists(path) && disk.exists(manifestPathOf(path));
}

/** `Domain.id` as the journal of an unfinished recording tells it: whose key it is under. */
export function recordedDomain(path: string, disk: Disk = DISK): string | undefined {
  try {
    return readNotes(readText(disk, journalOf(path), TEXT_OCTETS_AT_MOST)).find((note) => note.note === 'begun')
      ?.domain;
  } catch {
    return undefined;
  }
}

/** A manifest as it lies beside its sound; undefined where there is none, or none that can be read. */
export function readManifest(disk: Disk, path: string): Manifest | undefined {
  if (!disk.exists(path)) return undefined;
  try {
    return manifestFrom(readText(disk, path, TEXT_OCTETS_AT_MOST));
  } catch {
    return undefined;
  }
}

/** A manifest from its text; undefined for what is none. */
export function manifestFrom(text: string): Manifest | undefined {
  try {
    const said: unknown = JSON.parse(text);
    const isOne = typeof said === 'object' && said !== null && 'manifest' in said && 'file' in said && 'sha256' in said;
    return isOne && said.manifest === 1 && isPlainName(said.file) && saysWhatItMay(said)
      ? (said as Manifest)
      : undefined;
  } catch {
    return undefined;
  }
}

/** A name and nothing more: a manifest leads nowhere but to its neighbour. */
function isPlainName(file: unknown): boolean {
  return typeof file === 'string' && basename(file) === file && !/^\.{0,2}$|\0/.test(file);
}

const NUMBERS = ['durationMs', 'octets'];
const TEXTS = ['call', 'state', 'startedAt', 'end', 'format', 'sha256'];
const LISTS = ['parties', 'heard', 'gaps', 'codecs', 'pauses'];

function saysWhatItMay(said: object): boolean {
  return Object.entries(said).every(([name, value]) => {
    if (NUMBERS.includes(name)) return Number.isFinite(value);
    if (TEXTS.includes(name)) return typeof value === 'string';
    if (name === 'stored') return isPlace(value);
    return !LISTS.includes(name) || Array.isArray(value);
  });
}

/** An object of the bucket that is named, and of no other. */
function isPlace(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { endpoint, bucket, key, at } = value as Partial<Record<string, unknown>>;
  if (typeof endpoint !== 'string' || typeof at !== 'string' || typeof key !== 'string') return false;
  return isPlainName(bucket) && key !== '' && key.split('/').every((part) => !/^\.{1,2}$/.test(part));
}

/** SHA-256 of a file in hexadecimal, and its length. */
export function digestOf(disk: Disk, path: string): { readonly octets: number; readonly sha256: string } {
  return withFile(disk, path, 'r', (file) => {
    const octets = disk.size(file);
    const hash = createHash('sha256');
    for (const portion of portionsOf(disk, file, 0, octets)) hash.update(portion);
    return { octets, sha256: hash.digest('hex') };
  });
}

/** `lost`: its header is, and there is something behind it. Undefined: there never was any sound. */
function openSound(disk: Disk, path: string, key: Uint8Array | undefined): RawSound | 'lost' | undefined {
  if (!path.endsWith(SEALED)) {
    const sound = openWav(disk, path);
    if (sound !== undefined) return sound;
    return withFile(disk, path, 'r', (file) => disk.size(file)) > WAV_HEADER_OCTETS ? 'lost' : undefined;
  }
  if (key === undefined) throw new SealedFileError('there is no key for it');
  try {
    return openSealed(disk, path, key);
  } catch (error) {
    if (error instanceof LostHeaderError) return 'lost';
    throw error;
  }
}

/** Nothing of it is deleted or changed; its journal tells under another name that it was looked at. */
function setAside(disk: Disk, path: string): FinishedRecording {
  const journal = journalOf(path);
  const octets = withFile(disk, path, 'r', (file) => disk.size(file));
  if (disk.exists(journal)) disk.rename(journal, setAsideOf(path));
  else putWhole(disk, setAsideOf(path), () => {});
  const detail = `its header is not that of a recording, and all of its ${octets} octets are kept`;
  return { what: 'set-aside', path, detail };
}

async function convert(
  { path, key, unconverted }: FinishOrder,
  format: EncodedFormat | 'wav',
  sound: RawSound,
  disk: Disk,
): Promise<{ readonly path: string; readonly facts: SoundFacts }> {
  const encrypted = path.endsWith(SEALED);
  const common = { encrypted, durationMs: sound.frames / FRAMES_PER_MS };
  if (format !== 'wav' && unconverted === undefined) {
    const to = other(path, EXTENSION[format] + (encrypted ? SEALED : ''));
    try {
      await encodeSound(disk, to, sound, format, encrypted ? key : undefined);
      return { path: to, facts: { file: basename(to), format: NAMED[format], ...common, ...digestOf(disk, to) } };
    } catch (error) {
      throw new NotEncodedError(error instanceof Error ? error.message : String(error), { cause: error });
    }
  }
  withFile(disk, path, 'r+', (file) => disk.sync(file));
  return {
    path,
    facts: {
      ...({ file: basename(path), format: 'wav-g711', law: sound.law, ...common } as const),
      ...digestOf(disk, path),
      ...(format !== 'wav' && unconverted !== undefined && { unconverted }),
    },
  };
}

function remove(disk: Disk, ...paths: string[]): void {
  for (const path of paths) if (disk.exists(path)) disk.remove(path);
}

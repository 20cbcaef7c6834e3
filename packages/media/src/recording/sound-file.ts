import type { Law } from '../sdp/codec.ts';
import { type Disk, portionsOf, withFile } from './disk.ts';
import {
  fileKey,
  HEADER_OCTETS,
  LENGTH_OCTETS,
  openSegment,
  readLength,
  readSealedHeader,
  type SealedContent,
  type SegmentEnd,
  sealSegment,
  TAG_OCTETS,
} from './sealed-format.ts';
import { FRAME_OCTETS, readWavHeader, WAV_HEADER_OCTETS, wavHeader } from './wav-header.ts';

/** G.711 of a recording as it was recorded, two channels interleaved, wherever it lies. */
export interface RawSound {
  readonly law: Law;
  readonly frames: number;
  /** Use one before the next: they are each other's memory. */
  portions(): Generator<Buffer>;
}

/** Why an encrypted file is not what was sealed. */
export class SealedFileError extends Error {
  override readonly name = 'SealedFileError';
}

/** An encrypted file that does not begin as one: its key can't be made, so nothing of it opens. */
export class LostHeaderError extends SealedFileError {}

/**
 * The sound of a WAV of ours, which gets a true header first if a kill left it without; undefined for another file.
 */
export function openWav(disk: Disk, path: string): (RawSound & { readonly mended: boolean }) | undefined {
  const found = withFile(disk, path, 'r+', (file) => {
    const size = disk.size(file);
    const head = Buffer.alloc(WAV_HEADER_OCTETS);
    const got = disk.read(file, head, WAV_HEADER_OCTETS, 0);
    // A file that ends inside its header was killed while it was made: an empty recording is what it was.
    const torn = got < WAV_HEADER_OCTETS && 'RIFF'.startsWith(head.toString('latin1', 0, Math.min(4, got)));
    const said = torn ? { law: 'PCMA' as const, frames: -1 } : readWavHeader(head);
    if (said === undefined) return undefined;
    const frames = Math.max(0, Math.floor((size - WAV_HEADER_OCTETS) / FRAME_OCTETS));
    if (said.frames === frames) return { ...said, mended: false };
    disk.write(file, wavHeader(said.law, frames), 0);
    const octets = WAV_HEADER_OCTETS + frames * FRAME_OCTETS;
    if (size !== octets) disk.truncate(file, octets);
    return { law: said.law, frames, mended: true };
  });
  return found && { ...found, portions: () => wavPortions(disk, path, found.frames) };
}

/**
 * The sound of an encrypted file, which gets an end first if a kill left it without. Undefined where not even its header
 * was written. @throws SealedFileError
 */
export function openSealed(disk: Disk, path: string, domainKey: Uint8Array): RawSound | undefined {
  const layout = withFile(disk, path, 'r+', (file) => {
    const found = readLayout(disk, file);
    if (found?.end === 'more') {
      const key = fileKey(domainKey, found.salt);
      // The torn segment behind it had this number too, and another end: no nonce is used twice.
      disk.write(file, sealSegment(key, found.header, found.segments.length, 'cut', new Uint8Array()), found.octets);
      disk.truncate(file, found.octets + LENGTH_OCTETS + TAG_OCTETS);
    }
    return found;
  });
  if (layout === undefined) return undefined;
  const { content, textOctets } = layout;
  if (content !== 'PCMA' && content !== 'PCMU') throw new SealedFileError(`it holds ${content} and no recorded sound`);
  const frames = Math.floor(textOctets / FRAME_OCTETS);
  return { law: content, frames, portions: () => sealedPortions(disk, path, domainKey) };
}

function* wavPortions(disk: Disk, path: string, frames: number): Generator<Buffer> {
  const file = disk.open(path, 'r');
  try {
    yield* portionsOf(disk, file, WAV_HEADER_OCTETS, WAV_HEADER_OCTETS + frames * FRAME_OCTETS);
  } finally {
    disk.close(file);
  }
}

function* sealedPortions(disk: Disk, path: string, domainKey: Uint8Array): Generator<Buffer> {
  const file = disk.open(path, 'r');
  try {
    const layout = readLayout(disk, file);
    if (layout !== undefined) yield* openSegments(disk, file, layout, fileKey(domainKey, layout.salt));
  } finally {
    disk.close(file);
  }
}

/** What an encrypted file looks like without its key. */
export interface SealedLayout {
  readonly content: SealedContent;
  readonly header: Buffer;
  readonly salt: Buffer;
  /** Where each whole segment begins. */
  readonly segments: readonly number[];
  /** Octets of the header and the whole segments; what is behind them was cut off. */
  readonly octets: number;
  /** Of the text. */
  readonly textOctets: number;
  /** How the last whole segment ends the file. */
  readonly end: SegmentEnd;
}

/** Undefined for a file that has not even a header: a kill cut it off at its beginning. @throws LostHeaderError */
export function readHeader(disk: Disk, file: number) {
  const header = Buffer.alloc(HEADER_OCTETS);
  if (disk.read(file, header, HEADER_OCTETS, 0) < HEADER_OCTETS) return undefined;
  const said = readSealedHeader(header);
  if (said === undefined) throw new LostHeaderError('it does not begin as an encrypted recording does');
  return { ...said, header };
}

/** Reads where each segment begins. Undefined where there is no header. @throws SealedFileError */
export function readLayout(disk: Disk, file: number): SealedLayout | undefined {
  const size = disk.size(file);
  const said = readHeader(disk, file);
  if (said === undefined) return undefined;
  const segments: number[] = [];
  const length = Buffer.alloc(LENGTH_OCTETS);
  let at = HEADER_OCTETS;
  let textOctets = 0;
  let end: SegmentEnd = 'more';
  while (end === 'more' && disk.read(file, length, LENGTH_OCTETS, at) === LENGTH_OCTETS) {
    const next = readLength(length);
    const behind = at + LENGTH_OCTETS + next.octets + TAG_OCTETS;
    if (next.octets > said.segment || behind > size) break;
    segments.push(at);
    textOctets += next.octets;
    end = next.end;
    at = behind;
  }
  return { content: said.content, salt: said.salt, header: said.header, segments, octets: at, textOctets, end };
}

/** The text, segment after segment, by the file's own key. @throws SealedFileError when one is not what was sealed there, or the key is another */
export function* openSegments(disk: Disk, file: number, layout: SealedLayout, key: Buffer): Generator<Buffer> {
  const length = Buffer.alloc(LENGTH_OCTETS);
  for (const [number, at] of layout.segments.entries()) {
    disk.read(file, length, LENGTH_OCTETS, at);
    const sealed = Buffer.alloc(LENGTH_OCTETS + readLength(length).octets + TAG_OCTETS);
    disk.read(file, sealed, sealed.length, at);
    const text = openSegment(key, layout.header, number, sealed);
    if (text === undefined) {
      const what = number === 0 ? 'the key is another, or its beginning was changed' : 'it was changed';
      throw new SealedFileError(`segment ${number + 1} of ${layout.segments.length} does not open: ${what}`);
    }
    yield text;
  }
}

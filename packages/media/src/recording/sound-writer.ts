import type { Law } from '../sdp/codec.ts';

/** no-space: disk full or over quota. unwritable: path, permission or read-only. too-slow: the disk fell too far behind. */
export type RecordingFault = 'no-space' | 'unwritable' | 'exists' | 'too-slow' | 'failed';

/** How a file ended: `fault` undefined when it holds all that it was given. */
export interface SoundOutcome {
  readonly fault: RecordingFault | undefined;
  readonly detail: string;
  /** Frames and octets that are on disk, whole and playable. */
  readonly frames: number;
  readonly octets: number;
}

/** Where a recording's sound goes, two channels interleaved; nobody ever waits for it. */
export interface SoundWriter {
  /** The law of all that follows; to be called before any sound. */
  law: Law;
  /** Puts `octets`, which are the writer's from now on, to be given back to `soundBlocks`, at `frame`. What is written first must be the recording's beginning. */
  write(frame: number, octets: Buffer): void;
  /** Silence from the beginning up to `frame`. */
  writeSilence(frame: number): void;
  /** Ends the file because of a fault elsewhere. Idempotent. */
  fail(error: Error): void;
  /** Writes what is queued, closes, and tells the outcome. */
  finish(): void;
}

/** Sound that may wait for the disk, about a minute. */
export const MAX_PENDING_OCTETS = 1_048_576;

/** What an error of the file system means for a recording. */
export function faultOf(error: Error & { code?: unknown }): RecordingFault {
  switch (error.code) {
    case 'ENOSPC':
    case 'EDQUOT':
    case 'EFBIG':
      return 'no-space';
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
    case 'ENOENT':
    case 'ENOTDIR':
    case 'ENAMETOOLONG':
    case 'ELOOP':
      return 'unwritable';
    case 'EEXIST':
      return 'exists';
    default:
      return 'failed';
  }
}

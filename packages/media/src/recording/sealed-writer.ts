import { randomBytes } from 'node:crypto';
import { SILENCE } from '../rtp/g711.ts';
import type { Law } from '../sdp/codec.ts';
import type { OutputFiles } from './output-file.ts';
import { fileKey, SALT_OCTETS, SEGMENT_OCTETS, sealedHeader, sealSegment } from './sealed-format.ts';
import { SerialFile } from './serial-file.ts';
import { soundBlocks } from './sound-blocks.ts';
import {
  faultOf,
  MAX_PENDING_OCTETS,
  type RecordingFault,
  type SoundOutcome,
  type SoundWriter,
} from './sound-writer.ts';
import { FRAME_OCTETS } from './wav-header.ts';

/** The key of this one file and the salt that it was made with. */
export interface Seal {
  readonly key: Buffer;
  readonly salt: Buffer;
}

/** A seal for one new file, of the domain's key. */
export function newSeal(domainKey: Uint8Array): Seal {
  const salt = randomBytes(SALT_OCTETS);
  return { key: fileKey(domainKey, salt), salt };
}

/** What came last stays open for packets that are late: 300 ms. What comes later than that is lost to the recording. */
const OPEN_OCTETS = 2_400 * FRAME_OCTETS;

/**
 * Segments in a write at most: a flush brings two, which cost as much to write as one; what waited for a slow disk goes in pieces
 * that it may fail at.
 */
const WRITTEN_AT_ONCE = 16;

/**
 * Writes one encrypted file, segment after segment: nothing that was sealed is written again, as a nonce may be used once
 * only. One operation is under way at a time, the rest queued and bounded; a failure ends the file after its last whole segment.
 */
export class SealedWriter implements SoundWriter {
  law: Law = 'PCMA';
  readonly #seal: Seal;
  readonly #ended: (outcome: SoundOutcome) => void;
  readonly #file: SerialFile;
  /** Sealed, not written: a segment, and the frames that the file has with it. */
  readonly #queue: { readonly octets: Buffer; readonly frames: number }[] = [];
  #pendingOctets = 0;
  /** The text from `#sealed` up to `#end`, in octets of the recording. */
  #open: Buffer = Buffer.alloc(4 * SEGMENT_OCTETS);
  #sealed = 0;
  #end = 0;
  #header: Buffer | undefined;
  #segments = 0;
  #position = 0;
  #frames = 0;
  #finishing = false;
  #fault: RecordingFault | undefined;
  #detail = '';

  constructor(options: { path: string; files: OutputFiles; seal: Seal; ended: (outcome: SoundOutcome) => void }) {
    this.#seal = options.seal;
    this.#ended = options.ended;
    this.#file = new SerialFile(
      options,
      () => this.#next(),
      (error) => {
        this.fail(error);
        this.#tell();
      },
    );
  }

  write(frame: number, octets: Buffer): void {
    if (this.#fault !== undefined) return;
    const from = frame * FRAME_OCTETS;
    const skip = Math.max(0, this.#sealed - from);
    if (skip >= octets.length) return;
    this.#reserve(from + octets.length);
    if (from > this.#end) this.#fillSilence(from);
    octets.copy(this.#open, from + skip - this.#sealed, skip);
    soundBlocks.giveBack(octets);
    this.#end = Math.max(this.#end, from + octets.length);
    this.#sealOld();
    this.#next();
  }

  writeSilence(frame: number): void {
    if (this.#fault !== undefined) return;
    const until = frame * FRAME_OCTETS;
    while (this.#end < until) {
      this.#fillSilence(Math.min(until, this.#end + SEGMENT_OCTETS));
      this.#sealOld();
    }
    this.#next();
  }

  finish(): void {
    if (this.#finishing) return;
    this.#finishing = true;
    if (this.#fault === undefined) {
      while (this.#end - this.#sealed > SEGMENT_OCTETS) this.#sealNext('more', SEGMENT_OCTETS);
      this.#sealNext('end', this.#end - this.#sealed);
    }
    this.#next();
  }

  fail(error: Error): void {
    this.#stop(faultOf(error), error.message);
  }

  #fillSilence(until: number): void {
    this.#reserve(until);
    this.#open.fill(SILENCE[this.law], this.#end - this.#sealed, until - this.#sealed);
    this.#end = until;
  }

  #reserve(until: number): void {
    if (until - this.#sealed <= this.#open.length) return;
    const larger = Buffer.alloc(2 * (until - this.#sealed));
    this.#open.copy(larger, 0, 0, this.#end - this.#sealed);
    this.#open = larger;
  }

  #sealOld(): void {
    while (this.#end - this.#sealed >= SEGMENT_OCTETS + OPEN_OCTETS) this.#sealNext('more', SEGMENT_OCTETS);
  }

  #sealNext(end: 'more' | 'end', octets: number): void {
    const isFirst = this.#header === undefined;
    this.#header ??= sealedHeader(this.law, this.#seal.salt);
    const segment = sealSegment(this.#seal.key, this.#header, this.#segments++, end, this.#open.subarray(0, octets));
    this.#open.copyWithin(0, octets, this.#end - this.#sealed);
    this.#sealed += octets;
    this.#enqueue(isFirst ? Buffer.concat([this.#header, segment]) : segment, this.#sealed / FRAME_OCTETS);
  }

  #enqueue(octets: Buffer, frames: number): void {
    // Silence at the beginning of a long call comes at once; it is bounded by the call's length, and its disk keeps up.
    if (this.#pendingOctets > MAX_PENDING_OCTETS && this.#position > 0) {
      this.#stop('too-slow', `${this.#pendingOctets} octets wait for the disk`);
      return;
    }
    if (this.#fault !== undefined) return;
    this.#pendingOctets += octets.length;
    this.#queue.push({ octets, frames });
  }

  #next(): void {
    if (!this.#file.isFree) return;
    const jobs = this.#queue.splice(0, WRITTEN_AT_ONCE);
    const last = jobs.at(-1);
    if (last !== undefined) {
      const octets = jobs.length === 1 ? last.octets : Buffer.concat(jobs.map((job) => job.octets));
      this.#file.write(octets, this.#position, (error) => {
        this.#pendingOctets -= octets.length;
        if (error === undefined) {
          this.#position += octets.length;
          this.#frames = last.frames;
        } else {
          this.fail(error);
        }
        this.#next();
      });
    } else if (this.#finishing || this.#fault !== undefined) {
      this.#file.close((error) => {
        if (error !== undefined) this.fail(error);
        this.#tell();
      });
    }
  }

  #stop(fault: RecordingFault, detail: string): void {
    if (this.#fault !== undefined) return;
    this.#fault = fault;
    this.#detail = detail;
    this.#queue.length = 0;
    this.#next();
  }

  #tell(): void {
    this.#ended({ fault: this.#fault, detail: this.#detail, frames: this.#frames, octets: this.#position });
  }
}

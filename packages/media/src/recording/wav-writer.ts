import type { Clock } from '@vats/kernel';
import { SILENCE } from '../rtp/g711.ts';
import type { Law } from '../sdp/codec.ts';
import type { OutputFiles } from './output-file.ts';
import { SerialFile } from './serial-file.ts';
import { soundBlocks } from './sound-blocks.ts';
import {
  faultOf,
  MAX_PENDING_OCTETS,
  type RecordingFault,
  type SoundOutcome,
  type SoundWriter,
} from './sound-writer.ts';
import { FRAME_OCTETS, WAV_HEADER_OCTETS, wavHeader } from './wav-header.ts';

/** How often the header gets the file's true size, behind the sound that it counts. */
const HEADER_EVERY_MS = 900;
const HEADER_AT_LEAST_EVERY_MS = 2_000;
const SILENCE_BLOCK_OCTETS = 65_536;

interface Job {
  readonly octets: Buffer;
  readonly position: number;
  /** Counts against MAX_PENDING_OCTETS: memory of its own. */
  readonly own: boolean;
}

/**
 * Writes one WAV file without ever making anyone wait: one operation under way at a time, the rest queued and bounded. A
 * failure ends the file, with a true header over what was written before. What is written first must be the beginning of
 * the recording; until then the file is empty.
 */
export class WavWriter implements SoundWriter {
  readonly #clock: Clock;
  readonly #ended: (outcome: SoundOutcome) => void;
  readonly #file: SerialFile;
  readonly #jobs: Job[] = [];
  #law: Law = 'PCMA';
  #pendingOctets = 0;
  #frames = 0;
  #headerFrames = -1;
  #headerAt = 0;
  #finishing = false;
  #lastHeader = false;
  #fault: RecordingFault | undefined;
  #detail = '';

  constructor(options: { path: string; files: OutputFiles; clock: Clock; ended: (outcome: SoundOutcome) => void }) {
    this.#clock = options.clock;
    this.#ended = options.ended;
    this.#file = new SerialFile(
      options,
      () => this.#next(),
      (error) => {
        this.#fail(error);
        this.#end();
      },
    );
  }

  /** The law of all that follows; to be called before any sound. */
  set law(law: Law) {
    this.#law = law;
    this.#headerFrames = -1;
  }

  write(frame: number, octets: Buffer): void {
    if (this.#fault !== undefined) return;
    if (this.#pendingOctets + octets.length > MAX_PENDING_OCTETS) {
      this.#stop('too-slow', `${this.#pendingOctets} octets wait for the disk`);
      return;
    }
    this.#pendingOctets += octets.length;
    this.#jobs.push({ octets, position: positionOf(frame), own: true });
    this.#next();
  }

  /** Silence from the beginning up to `frame`. */
  writeSilence(frame: number): void {
    const block = Buffer.alloc(Math.min(SILENCE_BLOCK_OCTETS, frame * FRAME_OCTETS), SILENCE[this.#law]);
    for (let at = 0; at < frame * FRAME_OCTETS; at += block.length) {
      const octets = block.subarray(0, frame * FRAME_OCTETS - at);
      this.#jobs.push({ octets, position: WAV_HEADER_OCTETS + at, own: false });
    }
    this.#next();
  }

  /** Writes what is queued and the last header, closes, and tells the outcome. */
  finish(): void {
    this.#finishing = true;
    this.#next();
  }

  /** Ends the file because of a fault elsewhere. Idempotent. */
  fail(error: Error): void {
    if (this.#fault === undefined) this.#fail(error);
  }

  #next(): void {
    if (!this.#file.isFree) return;
    if (this.#fault === undefined) {
      if (this.#frames > 0 && this.#headerFrames !== this.#frames && this.#headerIsDue()) {
        this.#writeHeader();
        return;
      }
      const job = this.#jobs.shift();
      if (job !== undefined) {
        this.#writeJob(job);
        return;
      }
      if (!this.#finishing) return;
    }
    if (this.#headerFrames !== this.#frames && !this.#lastHeader) {
      this.#lastHeader = true;
      this.#writeHeader();
    } else {
      this.#close();
    }
  }

  #headerIsDue(): boolean {
    const every = this.#jobs.length === 0 ? HEADER_EVERY_MS : HEADER_AT_LEAST_EVERY_MS;
    return this.#clock.monotonic() - this.#headerAt >= every;
  }

  #writeHeader(): void {
    const frames = this.#frames;
    this.#file.write(wavHeader(this.#law, frames), 0, (error) => {
      this.#headerAt = this.#clock.monotonic();
      if (error === undefined) this.#headerFrames = frames;
      else if (this.#fault === undefined) this.#fail(error);
      this.#next();
    });
  }

  // The first sound is the recording's beginning, so the first header goes with it in one write.
  #writeJob({ octets, position, own }: Job): void {
    const frames = Math.max(this.#frames, frameAt(position + octets.length));
    const isFirst = this.#headerFrames < 0;
    const written = (error?: Error): void => {
      if (own) {
        this.#pendingOctets -= octets.length;
        soundBlocks.giveBack(octets);
      }
      if (error === undefined) {
        this.#frames = frames;
        if (isFirst) this.#headerFrames = frames;
      } else {
        this.#fail(error);
      }
      this.#next();
    };
    if (isFirst) {
      this.#headerAt = this.#clock.monotonic();
      this.#file.write(Buffer.concat([wavHeader(this.#law, frames), octets]), 0, written);
    } else {
      this.#file.write(octets, position, written);
    }
  }

  #close(): void {
    this.#file.close((error) => {
      if (error !== undefined && this.#fault === undefined) this.#fail(error);
      this.#end();
    });
  }

  #fail(error: Error): void {
    this.#stop(faultOf(error), error.message);
  }

  #stop(fault: RecordingFault, detail: string): void {
    this.#fault = fault;
    this.#detail = detail;
    this.#jobs.length = 0;
    this.#next();
  }

  #end(): void {
    const octets = this.#headerFrames < 0 ? 0 : positionOf(this.#frames);
    this.#ended({ fault: this.#fault, detail: this.#detail, frames: this.#frames, octets });
  }
}

function positionOf(frame: number): number {
  return WAV_HEADER_OCTETS + frame * FRAME_OCTETS;
}

function frameAt(position: number): number {
  return Math.floor((position - WAV_HEADER_OCTETS) / FRAME_OCTETS);
}

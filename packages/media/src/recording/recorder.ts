import type { Clock } from '@vats/kernel';
import { G711_RATE } from '../rtp/g711.ts';
import { rtpMarker, rtpSsrc, rtpTimestamp } from '../rtp/packet.ts';
import type { Law } from '../sdp/codec.ts';
import type { OutputFiles } from './output-file.ts';
import { SoundWindow, WINDOW_FRAMES } from './sound-window.ts';
import { TalkspurtAnchor } from './talkspurt-anchor.ts';
import { type RecordingFault, WavWriter } from './wav-writer.ts';

/** Which channel of the file a leg is on; `both` when it is recorded alone with its own echo. */
export type Side = 'left' | 'right' | 'both';

/** How a recording ended. */
export interface RecordingOutcome {
  readonly path: string;
  readonly law: Law;
  readonly durationMs: number;
  readonly octets: number;
  /** Why it ended before it was finished. */
  readonly fault: RecordingFault | undefined;
  readonly detail: string;
}

/** How often sound goes to disk. */
const FLUSH_EVERY_MS = 500;
/** A packet that holds more than a second of sound is not telephony. */
const LONGEST_PACKET = G711_RATE;
/** What may come before the first packet once another one was late. */
const LEAD_FRAMES = G711_RATE / 5;
const FRAMES_PER_MS = G711_RATE / 1000;

/**
 * One recording of one call: takes RTP as it arrives, puts it on the call's time line, and has it written. The file's
 * law is that of the first sound; what comes in the other one is converted.
 */
export class Recorder {
  readonly #path: string;
  readonly #clock: Clock;
  readonly #startedAt: number;
  readonly #writer: WavWriter;
  readonly #left = new TalkspurtAnchor();
  readonly #right = new TalkspurtAnchor();
  #window: SoundWindow | undefined;
  #flushedAt: number;
  #finished = false;

  constructor(options: {
    path: string;
    files: OutputFiles;
    clock: Clock;
    ended: (outcome: RecordingOutcome) => void;
  }) {
    this.#path = options.path;
    this.#clock = options.clock;
    this.#startedAt = options.clock.monotonic();
    this.#flushedAt = this.#startedAt;
    this.#writer = new WavWriter({
      path: options.path,
      files: options.files,
      clock: options.clock,
      ended: ({ frames, ...outcome }) => {
        this.#finished = true;
        const law = this.#window?.law ?? 'PCMA';
        options.ended({ path: this.#path, law, durationMs: frames / FRAMES_PER_MS, ...outcome });
      },
    });
  }

  /** A G.711 packet of one side: its payload is octets `at` up to `end`. */
  hear(side: Side, law: Law, packet: Uint8Array, at: number, end: number): void {
    const frames = end - at;
    if (this.#finished || frames <= 0 || frames > LONGEST_PACKET) return;
    const arrival = this.#now();
    const anchor = side === 'right' ? this.#right : this.#left;
    const frame = anchor.place(rtpSsrc(packet), rtpTimestamp(packet), rtpMarker(packet), frames, arrival);
    const window = this.#advance(Math.max(frame, 0), this.#window ?? this.#begin(law, frame));
    if (side !== 'right') window.write(0, frame, packet, at, end, law);
    if (side !== 'left') window.write(1, frame, packet, at, end, law);
  }

  /** To be called a few times a second: writes what has come together. */
  tick(): void {
    const now = this.#clock.monotonic();
    if (this.#finished || this.#window === undefined || now - this.#flushedAt < FLUSH_EVERY_MS) return;
    this.#flushedAt = now;
    this.#advance(this.#now(), this.#window).extend(this.#now());
    this.#flush(this.#window);
  }

  /** The call is over: the file gets its true length, silence up to now included. Idempotent. */
  finish(): void {
    if (this.#finished) return;
    this.#finished = true;
    const window = this.#window;
    if (window === undefined) this.#writer.writeSilence(this.#now());
    else {
      this.#advance(this.#now(), window).extend(this.#now());
      this.#flush(window);
    }
    this.#writer.finish();
  }

  #now(): number {
    return Math.floor((this.#clock.monotonic() - this.#startedAt) * FRAMES_PER_MS);
  }

  // Before the first sound nothing is written, so that the file can be in the law of the call.
  #begin(law: Law, frame: number): SoundWindow {
    const start = Math.max(0, frame - LEAD_FRAMES);
    this.#writer.law = law;
    this.#writer.writeSilence(start);
    this.#window = new SoundWindow(law, start);
    return this.#window;
  }

  // Hands on in portions what would not fit into the window otherwise, which takes a worker that was stopped for seconds.
  #advance(frame: number, window: SoundWindow): SoundWindow {
    while (frame - window.changedFrom > WINDOW_FRAMES / 2) {
      window.extend(window.changedFrom + WINDOW_FRAMES / 2);
      this.#flush(window);
    }
    return window;
  }

  #flush(window: SoundWindow): void {
    const changed = window.take();
    if (changed !== undefined) this.#writer.write(changed.frame, changed.octets);
  }
}

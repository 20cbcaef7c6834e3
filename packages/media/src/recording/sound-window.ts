import { conversion, SILENCE } from '../rtp/g711.ts';
import type { Law } from '../sdp/codec.ts';
import { soundBlocks } from './sound-blocks.ts';
import { FRAME_OCTETS } from './wav-header.ts';

/** Frames kept in memory, about two seconds: a packet that comes later than that is lost to the recording. */
export const WINDOW_FRAMES = 16_384;
const MASK = WINDOW_FRAMES - 1;

/**
 * The last two seconds of a recording: silence where nothing was written. Sound may be written anywhere in it, in any order and twice; `take`
 * hands out what changed since it was last called, both channels interleaved, so that a late packet mends what has gone to disk already. Each channel
 * lies apart until then, for a packet to touch little memory.
 */
export class SoundWindow {
  readonly law: Law;
  readonly #left: ChannelWindow;
  readonly #right: ChannelWindow;
  readonly #start: number;
  #end: number;
  #changedFrom: number;

  /** `start` is the frame that the window begins with; there is none before it. */
  constructor(law: Law, start: number) {
    this.law = law;
    this.#left = new ChannelWindow(law, start);
    this.#right = new ChannelWindow(law, start);
    this.#start = start;
    this.#end = start;
    this.#changedFrom = start;
  }

  /** Frames of the recording so far. */
  get end(): number {
    return this.#end;
  }

  /** The first frame that `take` would hand out; `end` when nothing changed. */
  get changedFrom(): number {
    return this.#changedFrom;
  }

  /**
   * Lengthens the recording to `frame` with silence. What was not taken must still fit into the window: the caller takes
   * often enough.
   */
  extend(frame: number): void {
    if (frame <= this.#end) return;
    if (frame - this.#changedFrom > WINDOW_FRAMES)
      throw new RangeError('sound would be overwritten before it was taken');
    this.#end = frame;
  }

  /** Takes back what was written from `frame` on, of both channels; silence stands there. */
  silence(frame: number): void {
    const from = Math.max(frame, this.#start, this.#end - WINDOW_FRAMES);
    if (from >= this.#end) return;
    this.#left.cut(from);
    this.#right.cut(from);
    this.#changedFrom = Math.min(this.#changedFrom, from);
  }

  /** Writes one channel (0 left, 1 right) of `packet` from octet `at` to `end`; what lies before the window is left out. */
  write(channel: 0 | 1, frame: number, packet: Uint8Array, at: number, end: number, law: Law): void {
    this.extend(frame + end - at);
    const first = Math.max(this.#start, this.#end - WINDOW_FRAMES);
    const skip = Math.max(0, first - frame);
    if (skip >= end - at) return;
    this.#changedFrom = Math.min(this.#changedFrom, frame + skip);
    const table = conversion(law, this.law);
    (channel === 0 ? this.#left : this.#right).write(frame + skip, packet, at + skip, end, table);
  }

  /** What changed, in a block of `soundBlocks`, and the frame it begins with; undefined when nothing did. */
  take(): { readonly frame: number; readonly octets: Buffer } | undefined {
    const frame = this.#changedFrom;
    const end = this.#end;
    if (frame === end) return undefined;
    const left = this.#left.upTo(end);
    const right = this.#right.upTo(end);
    const octets = soundBlocks.take((end - frame) * FRAME_OCTETS);
    interleave(left, right, frame, end, octets);
    this.#changedFrom = end;
    return { frame, octets };
  }
}

/** One channel. Silence is put where none of its sound came when something behind that is written, or all is read: mostly there is none. */
class ChannelWindow {
  readonly #octets: Uint8Array;
  readonly #silence: number;
  /** Behind what was written; what stands there is two seconds old. */
  #end: number;

  constructor(law: Law, start: number) {
    this.#silence = SILENCE[law];
    this.#octets = new Uint8Array(WINDOW_FRAMES).fill(this.#silence);
    this.#end = start;
  }

  write(frame: number, packet: Uint8Array, at: number, end: number, table: Uint8Array | undefined): void {
    if (frame > this.#end) this.upTo(frame);
    if (table === undefined) copy(packet, at, end, this.#octets, frame);
    else convert(packet, at, end, this.#octets, frame, table);
    this.#end = Math.max(this.#end, frame + end - at);
  }

  /** Forgets what was written from `frame` on. */
  cut(frame: number): void {
    this.#end = Math.min(this.#end, frame);
  }

  /** All of it, written or silent up to `frame`; each frame in its place modulo the window. */
  upTo(frame: number): Uint8Array {
    if (frame <= this.#end) return this.#octets;
    const first = Math.max(this.#end, frame - WINDOW_FRAMES) & MASK;
    const last = first + Math.min(frame - this.#end, WINDOW_FRAMES);
    this.#octets.fill(this.#silence, first, last);
    if (last > WINDOW_FRAMES) this.#octets.fill(this.#silence, 0, last - WINDOW_FRAMES);
    this.#end = frame;
    return this.#octets;
  }
}

// Nothing stands behind these loops: V8 enters them in the middle, in code that knows nothing of what comes after them, and falls back out of it each
// time.

function interleave(left: Uint8Array, right: Uint8Array, from: number, end: number, into: Uint8Array): void {
  let place = 0;
  for (let frame = from; frame < end; frame++) {
    into[place++] = left[frame & MASK]!;
    into[place++] = right[frame & MASK]!;
  }
}

function copy(packet: Uint8Array, at: number, end: number, into: Uint8Array, frame: number): void {
  for (let i = at; i < end; i++) into[frame++ & MASK] = packet[i]!;
}

function convert(
  packet: Uint8Array,
  at: number,
  end: number,
  into: Uint8Array,
  frame: number,
  table: Uint8Array,
): void {
  for (let i = at; i < end; i++) into[frame++ & MASK] = table[packet[i]!]!;
}

import { conversion, SILENCE } from '../rtp/g711.ts';
import type { Law } from '../sdp/codec.ts';
import { FRAME_OCTETS } from './wav-header.ts';

/** Frames kept in memory, about two seconds: a packet that comes later than that is lost to the recording. */
export const WINDOW_FRAMES = 16_384;
const MASK = WINDOW_FRAMES - 1;

/**
 * The last two seconds of a recording, both channels interleaved: silence where nothing was written. Sound may be
 * written anywhere in it, in any order and twice; `take` hands out what changed since it was last called, so that a late
 * packet mends what has gone to disk already.
 */
export class SoundWindow {
  readonly law: Law;
  readonly #octets: Buffer;
  readonly #start: number;
  #end: number;
  #changedFrom: number;

  /** `start` is the frame that the window begins with; there is none before it. */
  constructor(law: Law, start: number) {
    this.law = law;
    this.#octets = Buffer.alloc(WINDOW_FRAMES * FRAME_OCTETS, SILENCE[law]);
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
    this.#fillSilence(this.#end, frame);
    this.#end = frame;
  }

  /** Takes back what was written from `frame` on, of both channels; silence stands there. */
  silence(frame: number): void {
    const from = Math.max(frame, this.#start, this.#end - WINDOW_FRAMES);
    if (from >= this.#end) return;
    this.#fillSilence(from, this.#end);
    this.#changedFrom = Math.min(this.#changedFrom, from);
  }

  /** Writes one channel (0 left, 1 right) of `packet` from octet `at` to `end`; what lies before the window is left out. */
  write(channel: 0 | 1, frame: number, packet: Uint8Array, at: number, end: number, law: Law): void {
    this.extend(frame + end - at);
    const first = Math.max(this.#start, this.#end - WINDOW_FRAMES);
    const skip = Math.max(0, first - frame);
    if (skip >= end - at) return;
    const table = conversion(law, this.law);
    const from = at + skip;
    const to = frame + skip;
    this.#changedFrom = Math.min(this.#changedFrom, to);
    const octets = this.#octets;
    let place = (to & MASK) * FRAME_OCTETS + channel;
    for (let i = from; i < end; i++) {
      const octet = packet[i]!;
      octets[place] = table === undefined ? octet : table[octet]!;
      place += FRAME_OCTETS;
      if (place >= octets.length) place = channel;
    }
  }

  /** A copy of what changed, and the frame it begins with; undefined when nothing did. */
  take(): { readonly frame: number; readonly octets: Buffer } | undefined {
    const frame = this.#changedFrom;
    if (frame === this.#end) return undefined;
    const octets = Buffer.allocUnsafe((this.#end - frame) * FRAME_OCTETS);
    const from = (frame & MASK) * FRAME_OCTETS;
    const copied = this.#octets.copy(octets, 0, from, Math.min(from + octets.length, this.#octets.length));
    if (copied < octets.length) this.#octets.copy(octets, copied, 0, octets.length - copied);
    this.#changedFrom = this.#end;
    return { frame, octets };
  }

  #fillSilence(from: number, to: number): void {
    const count = Math.min(to - from, WINDOW_FRAMES);
    const first = ((to - count) & MASK) * FRAME_OCTETS;
    const last = first + count * FRAME_OCTETS;
    this.#octets.fill(SILENCE[this.law], first, Math.min(last, this.#octets.length));
    if (last > this.#octets.length) this.#octets.fill(SILENCE[this.law], 0, last - this.#octets.length);
  }
}

import type { SamplingRate } from '../codec/sound-codec.ts';
import { gainOf } from './level.ts';
import type { Clip } from './sound-library.ts';
import type { SoundSource } from './sound-source.ts';

/** One piece of what a player plays; all have the player's rate. */
export type Piece =
  /** Samples `from` up to `to` of a clip; all of it if not given. */
  | { readonly clip: Clip; readonly from?: number; readonly to?: number }
  | { readonly silenceMs: number }
  /** Until it ends, or for `milliseconds`. It is played once, whatever the loops: it cannot be wound back. */
  | { readonly source: SoundSource; readonly milliseconds?: number };

export interface PlayerOptions {
  readonly rate: SamplingRate;
  readonly pieces: readonly Piece[];
  /** How often all pieces are played; once if not given, Infinity for music. */
  readonly times?: number;
  /** Decibels; 0 is as recorded. */
  readonly volume?: number;
  /** Silence before the first piece. */
  readonly afterMs?: number;
  /** Where in the pieces, played one after the other, it begins; beyond their end it wraps when they are repeated. */
  readonly fromMs?: number;
  /** How long the beginning swells up; pieces in the middle are joined without. */
  readonly fadeInMs?: number;
}

/** A change of volume is spread over this, or it clicks. */
const VOLUME_RAMP_MS = 20;
/** How fast a player that is stopped fades away, if not told otherwise. */
const STOP_FADE_MS = 10;

/** Plays pieces of sound one after the other, without a gap between them. Nothing is allocated as it plays. */
export class Player implements SoundSource {
  readonly rate: SamplingRate;
  readonly #pieces: readonly Piece[];
  #left: number;
  #wait: number;
  #piece = 0;
  /** Samples into the piece. */
  #at = 0;
  #played = 0;
  /** What samples are multiplied with now, where that is going, and how fast. */
  #gain: number;
  #wanted: number;
  #step = 0;
  #stopping = false;
  #ended = false;
  /** Whether this round had any sound: a list of empty pieces must not be gone through for ever. */
  #progress = 0;

  constructor(options: PlayerOptions) {
    const { rate, pieces, times = 1, volume = 0, afterMs = 0, fromMs = 0, fadeInMs = 0 } = options;
    for (const piece of pieces) {
      if ('source' in piece && piece.source.rate !== rate) {
        throw new RangeError(`a source of ${piece.source.rate} Hz in a player of ${rate} Hz`);
      }
    }
    this.rate = rate;
    this.#pieces = pieces;
    this.#left = times;
    this.#wait = this.#samples(afterMs);
    this.#wanted = gainOf(volume);
    this.#gain = fadeInMs > 0 ? 0 : this.#wanted;
    if (fadeInMs > 0) this.#step = this.#wanted / this.#samples(fadeInMs);
    this.#skip(this.#samples(fromMs));
  }

  /** Milliseconds of sound so far, the silence before it left out. */
  get playedMs(): number {
    return (this.#played * 1_000) / this.rate;
  }

  /** Whether it was told to stop. */
  get stopped(): boolean {
    return this.#stopping;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** In decibels; the change takes 20 ms. */
  setVolume(decibels: number): void {
    if (this.#stopping) return;
    this.#wanted = gainOf(decibels);
    this.#step = (this.#wanted - this.#gain) / this.#samples(VOLUME_RAMP_MS);
  }

  /** Fades away and ends. */
  stop(fadeMs = STOP_FADE_MS): void {
    if (this.#stopping) return;
    this.#stopping = true;
    this.#wanted = 0;
    this.#step = -this.#gain / Math.max(1, this.#samples(fadeMs));
  }

  read(out: Int16Array): number {
    const silence = Math.min(this.#wait, out.length);
    if (this.#wait > 0) {
      out.fill(0, 0, silence);
      this.#wait -= silence;
      if (this.#stopping) this.#ended = true;
    }
    let written = silence;
    while (written < out.length && !this.#ended) written = this.#fill(out, written);
    if (this.#gain !== 1 || this.#step !== 0) written = this.#amplify(out, silence, written);
    out.fill(0, written);
    this.#played += written - silence;
    return written;
  }

  /**
   * Whether the next so many samples are one clip's as it was recorded: `clip` from `clipAt` on. Who has the same in another form need not
   * `read` them and `pass`es over them.
   */
  isPlain(samples: number): boolean {
    if (this.#gain !== 1 || this.#step !== 0 || this.#wait > 0 || this.#left <= 0) return false;
    const piece = this.#pieces[this.#piece];
    return piece !== undefined && 'clip' in piece && this.clipAt + samples <= endOf(piece);
  }

  get clip(): Clip {
    const piece = this.#pieces[this.#piece];
    return piece !== undefined && 'clip' in piece ? piece.clip : NO_CLIP;
  }

  get clipAt(): number {
    const piece = this.#pieces[this.#piece];
    return this.#at + (piece !== undefined && 'clip' in piece ? (piece.from ?? 0) : 0);
  }

  /** As if so many samples had been read; only where they are plain. */
  pass(samples: number): void {
    this.#at += samples;
    this.#progress += samples;
    this.#played += samples;
    if (this.#at >= this.#lengthOf(this.#pieces[this.#piece]!)) this.#next();
  }

  /** One stretch of the present piece. */
  #fill(out: Int16Array, from: number): number {
    if (this.#left <= 0 || this.#pieces.length === 0) {
      this.#ended = true;
      return from;
    }
    const piece = this.#pieces[this.#piece]!;
    let to = from;
    let over: boolean;
    if ('clip' in piece) {
      const begin = (piece.from ?? 0) + this.#at;
      const end = endOf(piece);
      const count = Math.max(0, Math.min(out.length - from, end - begin));
      for (let i = 0; i < count; i++) out[from + i] = piece.clip[begin + i]!;
      to += count;
      over = begin + count >= end;
    } else if ('silenceMs' in piece) {
      const count = Math.min(out.length - from, this.#samples(piece.silenceMs) - this.#at);
      out.fill(0, from, from + count);
      to += count;
      over = this.#at + count >= this.#samples(piece.silenceMs);
    } else {
      const limit = piece.milliseconds === undefined ? Number.POSITIVE_INFINITY : this.#samples(piece.milliseconds);
      const room = Math.min(out.length - from, limit - this.#at);
      const place = from === 0 && room === out.length ? out : out.subarray(from, from + room);
      const count = room > 0 ? piece.source.read(place) : 0;
      to += count;
      over = count < room || this.#at + count >= limit;
    }
    this.#at += to - from;
    this.#progress += to - from;
    if (over) this.#next();
    return to;
  }

  #next(): void {
    this.#at = 0;
    if (++this.#piece < this.#pieces.length) return;
    this.#piece = 0;
    this.#left--;
    if (this.#progress === 0) this.#left = 0;
    this.#progress = 0;
  }

  #amplify(out: Int16Array, from: number, to: number): number {
    for (let i = from; i < to; i++) {
      if (this.#step !== 0) {
        this.#gain += this.#step;
        if ((this.#gain - this.#wanted) * this.#step >= 0) {
          this.#gain = this.#wanted;
          this.#step = 0;
          if (this.#stopping) {
            this.#ended = true;
            return i;
          }
        }
      }
      const value = Math.round(out[i]! * this.#gain);
      out[i] = Math.max(-32_768, Math.min(32_767, value));
    }
    return to;
  }

  /** Goes forward without playing; over a source it cannot. */
  #skip(samples: number): void {
    let left = samples;
    let whole = 0;
    for (const piece of this.#pieces) {
      if ('source' in piece) return;
      whole += this.#lengthOf(piece);
    }
    if (whole === 0) return;
    const rounds = Math.floor(left / whole);
    this.#left -= rounds;
    left -= rounds * whole;
    while (left >= this.#lengthOf(this.#pieces[this.#piece]!)) left -= this.#lengthOf(this.#pieces[this.#piece++]!);
    this.#at = left;
    this.#progress = left;
  }

  #lengthOf(piece: Piece): number {
    if ('silenceMs' in piece) return this.#samples(piece.silenceMs);
    if ('source' in piece) return Number.POSITIVE_INFINITY;
    return Math.max(0, endOf(piece) - (piece.from ?? 0));
  }

  #samples(milliseconds: number): number {
    return Math.round((milliseconds * this.rate) / 1_000);
  }
}

const NO_CLIP: Clip = new Int16Array(0);

function endOf({ clip, to }: { readonly clip: Clip; readonly to?: number }): number {
  return Math.min(to ?? clip.length, clip.length);
}

import type { SamplingRate } from '../codec/sound-codec.ts';
import { amplitudeOf, clip } from './level.ts';
import type { SoundSource } from './sound-source.ts';

/** One sine of a beat. */
export interface PartialTone {
  readonly hertz: number;
  /** In dBm0. */
  readonly level: number;
}

/** A stretch of a tone in which the same sounds; without partials it is a pause. */
export interface Beat {
  readonly partials: readonly PartialTone[];
  readonly milliseconds: number;
}

/** Of a beat's beginning and end: without it each would click. */
const RAMP_MS = 4;

/** A tone made of beats, one after the other, and again from the first. */
export class Tone implements SoundSource {
  readonly rate: SamplingRate;
  readonly #beats: readonly { readonly samples: number; readonly sines: readonly Sine[] }[];
  readonly #ramp: Float64Array;
  #left: number;
  #beat = 0;
  #at = 0;

  /** @param times how often all beats sound; without end if not given */
  constructor(beats: readonly Beat[], rate: SamplingRate, times = Number.POSITIVE_INFINITY) {
    this.rate = rate;
    this.#beats = beats.map(({ partials, milliseconds }) => ({
      samples: Math.max(1, Math.round((milliseconds * rate) / 1_000)),
      sines: partials.map((partial) => new Sine(partial, rate)),
    }));
    this.#left = this.#beats.length === 0 ? 0 : times;
    const ramp = (RAMP_MS * rate) / 1_000;
    this.#ramp = Float64Array.from({ length: ramp }, (_, i) => 0.5 - 0.5 * Math.cos((Math.PI * (i + 0.5)) / ramp));
  }

  read(out: Int16Array): number {
    let written = 0;
    while (written < out.length && this.#left > 0) {
      const beat = this.#beats[this.#beat]!;
      const to = Math.min(out.length, written + beat.samples - this.#at);
      this.#sound(beat.samples, beat.sines, out, written, to);
      this.#at += to - written;
      written = to;
      if (this.#at < beat.samples) continue;
      // A tone of one beat goes on through its end without a break, past the ramp at its beginning.
      this.#at = this.#isSteady ? this.#ramp.length : 0;
      if (++this.#beat < this.#beats.length) continue;
      this.#beat = 0;
      this.#left--;
    }
    out.fill(0, written);
    return written;
  }

  get #isSteady(): boolean {
    return (
      this.#left === Number.POSITIVE_INFINITY && this.#beats.length === 1 && this.#beats[0]!.samples > this.#ramp.length
    );
  }

  #sound(samples: number, sines: readonly Sine[], out: Int16Array, from: number, to: number): void {
    const ramp = this.#ramp;
    for (let i = from, at = this.#at; i < to; i++, at++) {
      if (at === 0) for (const sine of sines) sine.restart();
      let sum = 0;
      for (let s = 0; s < sines.length; s++) sum += sines[s]!.next();
      if (at < ramp.length) sum *= ramp[at]!;
      else if (samples - at <= ramp.length && !this.#isSteady) sum *= ramp[samples - at - 1]!;
      out[i] = Math.round(clip(sum));
    }
  }
}

/** A sine by its recurrence: two multiplications less than a call of Math.sin costs, and exact for hours. */
class Sine {
  readonly #step: number;
  readonly #amplitude: number;
  readonly #twiceCos: number;
  #last = 0;
  #before = 0;

  constructor({ hertz, level }: PartialTone, rate: number) {
    this.#step = (2 * Math.PI * hertz) / rate;
    this.#amplitude = amplitudeOf(level);
    this.#twiceCos = 2 * Math.cos(this.#step);
    this.restart();
  }

  restart(): void {
    this.#last = -this.#amplitude * Math.sin(this.#step);
    this.#before = -this.#amplitude * Math.sin(2 * this.#step);
  }

  next(): number {
    const next = this.#twiceCos * this.#last - this.#before;
    this.#before = this.#last;
    this.#last = next;
    return next;
  }
}

import { G711_TO_LINEAR } from '../rtp/g711.ts';
import { RateKernel } from './rate-kernel.ts';
import type { SampleForm, WavForm } from './wav-form.ts';

/** Reads one sample at an octet, on the scale of 16 bits. */
type SampleReader = (view: DataView, at: number) => number;

const READERS: Readonly<Record<SampleForm, SampleReader>> = {
  u8: (view, at) => (view.getUint8(at) - 128) * 256,
  s16: (view, at) => view.getInt16(at, true),
  s24: (view, at) => view.getInt16(at + 1, true) + view.getUint8(at) / 256,
  s32: (view, at) => view.getInt32(at, true) / 65_536,
  f32: (view, at) => onScale(view.getFloat32(at, true)),
  f64: (view, at) => onScale(view.getFloat64(at, true)),
  alaw: (view, at) => G711_TO_LINEAR.PCMA[view.getUint8(at)]!,
  mulaw: (view, at) => G711_TO_LINEAR.PCMU[view.getUint8(at)]!,
};

/**
 * Turns the sound of a WAV file into samples of 16 bits, one channel, at a rate of ours. It works in portions, so that a
 * thread that also relays sound is not kept from it by a long file: call `step` until it says that all is done.
 */
export class WavDecoding {
  /** The whole sound, once `step` has said so. */
  readonly sound: Int16Array;
  readonly #form: WavForm;
  readonly #view: DataView;
  readonly #read: SampleReader;
  readonly #kernel: RateKernel | undefined;
  readonly #ratio: number;
  #done = 0;
  #frames = new Float32Array(0);

  constructor(file: Uint8Array, form: WavForm, rate: number) {
    this.#form = form;
    this.#view = new DataView(file.buffer, file.byteOffset, file.byteLength);
    this.#read = READERS[form.form];
    this.#kernel = form.rate === rate ? undefined : RateKernel.between(form.rate, rate);
    this.#ratio = form.rate / rate;
    this.sound = new Int16Array(Math.max(1, Math.round(form.frames / this.#ratio)));
  }

  /** Makes up to `samples` more; true when none are left. */
  step(samples: number): boolean {
    const { sound } = this;
    const from = this.#done;
    const to = Math.min(sound.length, from + samples);
    const kernel = this.#kernel;
    if (kernel === undefined) {
      for (let i = from; i < to; i++) sound[i] = toSample(this.#mono(i));
    } else if (to > from) {
      const reach = kernel.reach;
      const first = Math.floor(from * this.#ratio) - reach;
      const last = Math.ceil((to - 1) * this.#ratio) + reach;
      if (this.#frames.length < last - first + 1) this.#frames = new Float32Array(last - first + 1);
      const frames = this.#frames;
      for (let i = first; i <= last; i++) frames[i - first] = this.#mono(i);
      for (let i = from; i < to; i++) sound[i] = toSample(kernel.at(frames, i * this.#ratio - first));
    }
    this.#done = to;
    return to === sound.length;
  }

  /** The mean of a frame's channels; silence outside the file. */
  #mono(frame: number): number {
    const { frames, frameOctets, channels, dataAt } = this.#form;
    if (frame < 0 || frame >= frames) return 0;
    const at = dataAt + frame * frameOctets;
    if (channels === 1) return this.#read(this.#view, at);
    const octets = frameOctets / channels;
    let sum = 0;
    for (let channel = 0; channel < channels; channel++) sum += this.#read(this.#view, at + channel * octets);
    return sum / channels;
  }
}

function onScale(value: number): number {
  return Number.isFinite(value) ? value * 32_768 : 0;
}

function toSample(value: number): number {
  return Math.max(-32_768, Math.min(32_767, Math.round(value)));
}

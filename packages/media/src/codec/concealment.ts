import type { SamplingRate } from './sound-codec.ts';

/** Periods of voices: 66 to 400 Hz. */
const SHORTEST_PERIOD_MS = 2.5;
const LONGEST_PERIOD_MS = 15;
/** What is compared with what was one period before it. */
const COMPARED_MS = 10;
/** Made-up sound is as loud as the last that was heard for so long, */
const STEADY_MS = 10;
/** and gone by then. */
const SILENT_AFTER_MS = 60;
/** What came is faded in over what was made up. */
const JOIN_MS = 4;
/** Enough to tell periods apart, in Hz. */
const COMPARING_RATE = 4_000;

/**
 * Makes up sound for packets that did not come: the last period of what was heard again and again, ever more quietly, and silence
 * from 60 ms on (after G.711 Appendix I, but without its delay). It does so from samples, and serves any codec that can't help itself.
 */
export class Concealment {
  readonly #rate: SamplingRate;
  /** The last samples heard, and room for one period more. */
  readonly #history: Int16Array;
  readonly #joining: Int16Array;
  /** Made up since something was heard; 0 while nothing was. */
  #madeUp = 0;
  #period = 0;

  constructor(rate: SamplingRate) {
    this.#rate = rate;
    this.#history = new Int16Array(inSamples(LONGEST_PERIOD_MS + COMPARED_MS, rate));
    this.#joining = new Int16Array(inSamples(JOIN_MS, rate));
  }

  /** This was received and is to be heard: behind a gap its beginning is joined to what was made up, in place. */
  heard(sound: Int16Array, samples: number): void {
    if (this.#madeUp > 0) this.#join(sound, samples);
    const history = this.#history;
    const kept = history.length - samples;
    if (kept > 0) {
      history.copyWithin(0, samples);
      for (let i = 0; i < samples; i++) history[kept + i] = sound[i]!;
    } else {
      for (let i = 0; i < history.length; i++) history[i] = sound[i - kept]!;
    }
  }

  conceal(samples: number, out: Int16Array): void {
    if (this.#madeUp === 0) this.#period = this.#findPeriod();
    this.#continue(samples, out);
  }

  #join(sound: Int16Array, samples: number): void {
    const length = Math.min(samples, this.#joining.length);
    this.#continue(length, this.#joining);
    for (let i = 0; i < length; i++) {
      const made = this.#joining[i]!;
      sound[i] = made + ((sound[i]! - made) * (i + 1)) / (length + 1);
    }
    this.#madeUp = 0;
  }

  #continue(samples: number, out: Int16Array): void {
    const history = this.#history;
    const period = this.#period;
    const begin = history.length - period;
    const steady = inSamples(STEADY_MS, this.#rate);
    const silent = inSamples(SILENT_AFTER_MS, this.#rate);
    let made = this.#madeUp;
    for (let i = 0; i < samples; i++, made++) {
      const gain = made < steady ? 1 : made < silent ? (silent - made) / (silent - steady) : 0;
      out[i] = gain === 0 ? 0 : history[begin + (made % period)]! * gain;
    }
    this.#madeUp = Math.min(made, silent + period);
  }

  /** The lag at which the last sound is most like what was before it. */
  #findPeriod(): number {
    const history = this.#history;
    const step = this.#rate / COMPARING_RATE;
    const end = history.length;
    const from = end - inSamples(COMPARED_MS, this.#rate);
    let best = inSamples(LONGEST_PERIOD_MS, this.#rate);
    let highest = 0;
    for (let lag = inSamples(SHORTEST_PERIOD_MS, this.#rate); lag <= from; lag += step) {
      let product = 0;
      let power = 1;
      for (let i = from; i < end; i += step) {
        const before = history[i - lag]!;
        product += history[i]! * before;
        power += before * before;
      }
      const alike = product / Math.sqrt(power);
      if (alike > highest) {
        highest = alike;
        best = lag;
      }
    }
    return best;
  }
}

function inSamples(milliseconds: number, rate: SamplingRate): number {
  return (milliseconds * rate) / 1_000;
}

import { ILB } from './tables.ts';

const HIGHEST = 32_767;
const LOWEST = -32_768;

/** What tells the two sub-bands' adaptation apart (LOGSCL and SCALEL, LOGSCH and SCALEH). */
export interface BandSettings {
  /** Highest log scale factor. */
  readonly highest: number;
  /** Where the inverse logarithm's binary point is. */
  readonly point: number;
  /** Scale factor at the beginning. */
  readonly first: number;
}

export const LOWER: BandSettings = { highest: 18_432, point: 8, first: 32 };
export const UPPER: BandSettings = { highest: 22_528, point: 10, first: 8 };

/**
 * What encoder and decoder share of a sub-band: the quantizer's scale factor and the predictor of two poles and six zeros,
 * both of which follow the differences alone (G.722 §3.6). Its variables have the recommendation's names, with an index where
 * it counts samples back.
 */
export class SubBand {
  /** Scale factor of the quantizer (DETL, DETH). */
  scale: number;
  /** The predicted sample (SL, SH). */
  predicted = 0;
  readonly #settings: BandSettings;
  #logScale = 0;
  /** What the zeros predict (SZ). */
  #zeros = 0;
  /** Coefficients of the poles. */
  #a1 = 0;
  #a2 = 0;
  /** Reconstructed samples (RLT), and those without the poles' part (PLT). */
  #r1 = 0;
  #p1 = 0;
  #p2 = 0;
  /** Coefficients of the zeros, and the differences that they weigh (DLT). */
  readonly #b = new Int32Array(6);
  readonly #d = new Int32Array(6);

  constructor(settings: BandSettings) {
    this.#settings = settings;
    this.scale = settings.first;
  }

  /** A difference was quantized: adapts to it. `weight` is what its code adds to the log scale factor. */
  adapt(difference: number, weight: number): void {
    this.#rescale(weight);
    this.#predict(difference);
  }

  #rescale(weight: number): void {
    const { highest, point } = this.#settings;
    const log = ((this.#logScale * 127) >> 7) + weight;
    const next = Math.max(0, Math.min(highest, log));
    this.#logScale = next;
    const mantissa = ILB[(next >> 6) & 31]!;
    const shift = point - (next >> 11);
    this.scale = (shift < 0 ? mantissa << -shift : mantissa >> shift) << 2;
  }

  #predict(difference: number): void {
    const r0 = saturate(this.predicted + difference);
    const p0 = saturate(this.#zeros + difference);
    const a2 = this.#secondPole(p0);
    const a1 = this.#firstPole(p0, a2);
    this.#a1 = a1;
    this.#a2 = a2;
    this.#p2 = this.#p1;
    this.#p1 = p0;

    // The zeros: each coefficient follows how its difference agreed in sign with the newest, then all move on by one.
    const b = this.#b;
    const d = this.#d;
    const step = difference === 0 ? 0 : 128;
    const sign = difference >> 15;
    let zeros = 0;
    for (let i = 5; i >= 0; i--) {
      const agreed = d[i]! >> 15 === sign ? step : -step;
      const weight = saturate(agreed + ((b[i]! * 32_640) >> 15));
      b[i] = weight;
      const delayed = i === 0 ? difference : d[i - 1]!;
      d[i] = delayed;
      zeros += (weight * saturate(delayed + delayed)) >> 15;
    }
    const r1 = this.#r1;
    this.#r1 = r0;
    const poles = saturate(((a1 * saturate(r0 + r0)) >> 15) + ((a2 * saturate(r1 + r1)) >> 15));
    this.#zeros = saturate(zeros);
    this.predicted = saturate(poles + this.#zeros);
  }

  /** UPPOL2 */
  #secondPole(p0: number): number {
    const quadruple = saturate(this.#a1 << 2);
    const sign = p0 >> 15;
    const along = sign === this.#p1 >> 15 ? -quadruple : quadruple;
    const pull = Math.min(along, HIGHEST) >> 7;
    const a2 = (sign === this.#p2 >> 15 ? 128 : -128) + pull + ((this.#a2 * 32_512) >> 15);
    return Math.max(-12_288, Math.min(12_288, a2));
  }

  /** UPPOL1 */
  #firstPole(p0: number, a2: number): number {
    const step = p0 >> 15 === this.#p1 >> 15 ? 192 : -192;
    const a1 = saturate(step + ((this.#a1 * 32_640) >> 15));
    const limit = saturate(15_360 - a2);
    return Math.max(-limit, Math.min(limit, a1));
  }
}

/** To 16 bits. */
export function saturate(value: number): number {
  return Math.max(LOWEST, Math.min(HIGHEST, value));
}

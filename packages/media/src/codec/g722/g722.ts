import { Concealment } from '../concealment.ts';
import { type Decoder, type Encoder, longestPacket, type SoundCodec } from '../sound-codec.ts';
import { LOWER, SubBand, saturate, UPPER } from './sub-band.ts';
import { IHN, IHP, ILN, ILP, Q6, QM2, QM4, QM6, QMF, RL42, WH, WL } from './tables.ts';

const RATE = 16_000 as const;
/** Samples that the quadrature mirror filters look back on. */
const HISTORY = 22;
const LONGEST = longestPacket(RATE);
const DECISIONS = Q6.length;
/** What the sum of the filter's two halves is divided by: 2^14 on the way in, where the bands get a bit less, 2^11 on the way out. */
const SPLIT_SHIFT = 14;
const JOIN_SHIFT = 11;
/** Limits of a reconstructed sub-band sample (LIMIT). */
const BAND_HIGHEST = 16_383;
const BAND_LOWEST = -16_384;

/**
 * ITU-T G.722 at 64 kbit/s (mode 1): wide-band sound, an octet for each two samples. Its RTP clock says 8,000 by an error that
 * has become law (RFC 3551 §4.5.2).
 */
export const G722: SoundCodec = {
  encoding: 'g722/8000/1',
  clockRate: 8_000,
  rate: RATE,
  decoder: () => new G722Decoder(),
  encoder: () => new G722Encoder(),
};

class G722Encoder implements Encoder {
  readonly rate = RATE;
  readonly #lower = new SubBand(LOWER);
  readonly #upper = new SubBand(UPPER);
  /** The last samples, then the packet's. */
  readonly #sound = new Int16Array(HISTORY + LONGEST);

  /** Of an odd number of samples the last one is left out, as an octet holds two. */
  encode(sound: Int16Array, samples: number, out: Uint8Array, at: number): number {
    const x = this.#sound;
    const whole = Math.min(samples, LONGEST) & ~1;
    x.set(sound.subarray(0, whole), HISTORY);
    let end = at;
    for (let i = 0; i < whole; i += 2) {
      let odd = 0;
      let even = 0;
      for (let tap = 0; tap < 12; tap++) {
        odd += x[i + 2 * tap]! * QMF[tap]!;
        even += x[i + 2 * tap + 1]! * QMF[11 - tap]!;
      }
      const low = this.#encodeLower((even + odd) >> SPLIT_SHIFT);
      out[end++] = (this.#encodeUpper((even - odd) >> SPLIT_SHIFT) << 6) | low;
    }
    x.copyWithin(0, whole, whole + HISTORY);
    return end;
  }

  close(): void {}

  #encodeLower(sample: number): number {
    const band = this.#lower;
    const { scale } = band;
    const difference = saturate(sample - band.predicted);
    const magnitude = difference >= 0 ? difference : ~difference;
    let interval = 1;
    while (interval < DECISIONS && magnitude >= (Q6[interval]! * scale) >> 12) interval++;
    const code = difference < 0 ? ILN[interval]! : ILP[interval]!;
    const upper = code >> 2;
    band.adapt((scale * QM4[upper]!) >> 15, WL[RL42[upper]!]!);
    return code;
  }

  #encodeUpper(sample: number): number {
    const band = this.#upper;
    const { scale } = band;
    const difference = saturate(sample - band.predicted);
    const magnitude = difference >= 0 ? difference : ~difference;
    const interval = magnitude >= (564 * scale) >> 12 ? 2 : 1;
    const code = difference < 0 ? IHN[interval]! : IHP[interval]!;
    band.adapt((scale * QM2[code]!) >> 15, WH[code]!);
    return code;
  }
}

class G722Decoder implements Decoder {
  readonly rate = RATE;
  readonly #lower = new SubBand(LOWER);
  readonly #upper = new SubBand(UPPER);
  /** Sum and difference of the sub-bands' samples in turn: the last ones, then the packet's. */
  readonly #bands = new Int32Array(HISTORY + LONGEST);
  readonly #concealment = new Concealment(RATE);

  decode(packet: Uint8Array, at: number, end: number, out: Int16Array): number {
    const samples = Math.min(2 * (end - at), LONGEST, out.length) & ~1;
    if (samples <= 0) return 0;
    const x = this.#bands;
    for (let i = 0, octet = at; i < samples; i += 2, octet++) {
      const code = packet[octet]!;
      const low = this.#decodeLower(code & 63);
      const high = this.#decodeUpper(code >> 6);
      x[HISTORY + i] = low + high;
      x[HISTORY + i + 1] = low - high;
    }
    for (let i = 0; i < samples; i += 2) {
      let first = 0;
      let second = 0;
      for (let tap = 0; tap < 12; tap++) {
        second += x[i + 2 * tap]! * QMF[tap]!;
        first += x[i + 2 * tap + 1]! * QMF[11 - tap]!;
      }
      out[i] = saturate(first >> JOIN_SHIFT);
      out[i + 1] = saturate(second >> JOIN_SHIFT);
    }
    x.copyWithin(0, samples, samples + HISTORY);
    this.#concealment.heard(out, samples);
    return samples;
  }

  conceal(samples: number, out: Int16Array): void {
    this.#concealment.conceal(samples, out);
  }

  close(): void {}

  #decodeLower(code: number): number {
    const band = this.#lower;
    const { scale, predicted } = band;
    const sample = predicted + ((scale * QM6[code]!) >> 15);
    const upper = code >> 2;
    band.adapt((scale * QM4[upper]!) >> 15, WL[RL42[upper]!]!);
    return limit(sample);
  }

  #decodeUpper(code: number): number {
    const band = this.#upper;
    const { scale, predicted } = band;
    const difference = (scale * QM2[code]!) >> 15;
    band.adapt(difference, WH[code]!);
    return limit(predicted + difference);
  }
}

function limit(sample: number): number {
  return Math.max(BAND_LOWEST, Math.min(BAND_HIGHEST, sample));
}

import alawmulaw from 'alawmulaw';
import { G711_RATE, G711_TO_LINEAR } from '../rtp/g711.ts';
import type { Law } from '../sdp/codec.ts';
import { Concealment } from './concealment.ts';
import { type Decoder, type Encoder, longestPacket, type SoundCodec } from './sound-codec.ts';

const SAMPLES = 65_536;
const LONGEST = longestPacket(G711_RATE);

const { alaw, mulaw } = alawmulaw;

/** ITU-T G.711: 8,000 samples a second, each an octet of one of two laws. */
export const PCMA: SoundCodec = g711('PCMA');
export const PCMU: SoundCodec = g711('PCMU');

function g711(law: Law): SoundCodec {
  let encoding: Uint8Array | undefined;
  // It takes some milliseconds to make, so only a call that needs it has it made.
  const made = () => {
    encoding ??= encodingOf(law);
    return encoding;
  };
  return {
    encoding: `${law.toLowerCase()}/8000/1`,
    clockRate: G711_RATE,
    rate: G711_RATE,
    octets: made,
    decoder: () => new G711Decoder(G711_TO_LINEAR[law]),
    encoder: () => new G711Encoder(made()),
  };
}

/** By sample, as an unsigned number, the octet. */
function encodingOf(law: Law): Uint8Array {
  const { encodeSample } = law === 'PCMA' ? alaw : mulaw;
  return Uint8Array.from({ length: SAMPLES }, (_, sample) => encodeSample((sample << 16) >> 16));
}

class G711Decoder implements Decoder {
  readonly rate = G711_RATE;
  readonly #table: Int16Array;
  readonly #concealment = new Concealment(G711_RATE);

  constructor(table: Int16Array) {
    this.#table = table;
  }

  decode(packet: Uint8Array, at: number, end: number, out: Int16Array): number {
    const samples = Math.min(end - at, LONGEST, out.length);
    for (let i = 0; i < samples; i++) out[i] = this.#table[packet[at + i]!]!;
    this.#concealment.heard(out, samples);
    return samples;
  }

  conceal(samples: number, out: Int16Array): void {
    this.#concealment.conceal(samples, out);
  }

  close(): void {}
}

class G711Encoder implements Encoder {
  readonly rate = G711_RATE;
  readonly #table: Uint8Array;

  constructor(table: Uint8Array) {
    this.#table = table;
  }

  encode(sound: Int16Array, samples: number, out: Uint8Array, at: number): number {
    for (let i = 0; i < samples; i++) out[at + i] = this.#table[sound[i]! & 0xffff]!;
    return at + samples;
  }

  close(): void {}
}

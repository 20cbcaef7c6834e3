import { randomInt } from 'node:crypto';
import { createMp3Encoder, createOggEncoder } from 'wasm-media-encoders';
import { G711_RATE, G711_TO_LINEAR } from '../rtp/g711.ts';
import type { Law } from '../sdp/codec.ts';
import { pcmHeader } from '../sound/pcm-header.ts';
import { opusEncoder } from './opus-encoder.ts';
import type { SoundEncoder } from './sound-encoder.ts';
import { FRAME_OCTETS } from './wav-header.ts';

export type EncodedFormat = 'pcm' | 'mp3' | 'ogg' | 'opus';

/** An encoder for so many frames of sound in this law. */
export async function encoderFor(format: EncodedFormat, law: Law, frames: number): Promise<SoundEncoder> {
  const linear = G711_TO_LINEAR[law];
  switch (format) {
    case 'pcm':
      return new PcmEncoder(linear, frames);
    case 'mp3': {
      const encoder = await createMp3Encoder();
      encoder.configure({ sampleRate: G711_RATE, channels: 2, bitrate: MP3_KBITS });
      return new WasmEncoder(linear, encoder, mp3Head(frames));
    }
    case 'ogg': {
      const encoder = await createOggEncoder();
      encoder.configure({ sampleRate: G711_RATE, channels: 2, vbrQuality: OGG_QUALITY });
      return new WasmEncoder(linear, encoder, new Uint8Array());
    }
    case 'opus':
      return opusEncoder(linear, frames, randomInt(2 ** 32));
  }
}

class PcmEncoder implements SoundEncoder {
  readonly head: Buffer;
  readonly #linear: Int16Array;

  constructor(linear: Int16Array, frames: number) {
    this.#linear = linear;
    this.head = pcmHeader(G711_RATE, FRAME_OCTETS, frames * FRAME_OCTETS * 2);
  }

  encode(octets: Buffer): Uint8Array {
    const samples = Buffer.allocUnsafe(octets.length * 2);
    for (let i = 0; i < octets.length; i++) samples.writeInt16LE(this.#linear[octets[i]!]!, i * 2);
    return samples;
  }

  finish(): Uint8Array {
    return new Uint8Array();
  }
}

class WasmEncoder implements SoundEncoder {
  readonly head: Uint8Array;
  readonly #linear: Int16Array;
  readonly #encoder: { encode(channels: [Float32Array, Float32Array]): Uint8Array; finalize(): Uint8Array };

  constructor(
    linear: Int16Array,
    encoder: { encode(channels: [Float32Array, Float32Array]): Uint8Array; finalize(): Uint8Array },
    head: Uint8Array,
  ) {
    this.#linear = linear;
    this.#encoder = encoder;
    this.head = head;
  }

  encode(octets: Buffer): Uint8Array {
    const frames = octets.length / FRAME_OCTETS;
    const left = new Float32Array(frames);
    const right = new Float32Array(frames);
    for (let i = 0; i < frames; i++) {
      left[i] = this.#linear[octets[2 * i]!]! / 32_768;
      right[i] = this.#linear[octets[2 * i + 1]!]! / 32_768;
    }
    return this.#encoder.encode([left, right]);
  }

  finish(): Uint8Array {
    return this.#encoder.finalize();
  }
}

const MP3_KBITS = 32;
/** Of -1 to 10: about 16 kbit/s for speech of two. */
const OGG_QUALITY = 2;

/** Octets and samples of one frame of MPEG 2.5, layer III, 8 kHz, 32 kbit/s. */
const MP3_FRAME_OCTETS = 288;
const MP3_FRAME = 576;
/** Samples that LAME puts before the sound; decoders add 529 of their own, and take both away where this head tells them. */
const LAME_DELAY = 576;

/**
 * The frame without sound that tells a decoder where the sound begins and ends (Xing's "Info" with LAME's extension): without
 * it everything would be heard 138 ms late.
 */
function mp3Head(frames: number): Buffer {
  const head = Buffer.alloc(MP3_FRAME_OCTETS);
  head.writeUInt32BE(0xffe34864); // MPEG 2.5, layer III, no CRC, 32 kbit/s, 8 kHz, joint stereo: as the frames behind it
  const { count, padding } = mp3Frames(frames);
  const tag = 4 + 17; // behind the side information of two channels
  head.write('Info', tag, 'latin1');
  head.writeUInt32BE(0b0011, tag + 4); // the numbers of frames and octets follow
  head.writeUInt32BE(count, tag + 8);
  head.writeUInt32BE((count + 1) * MP3_FRAME_OCTETS, tag + 12);
  const lame = tag + 16;
  head.write('LAME3.100', lame, 'latin1');
  head[lame + 9] = 0x01; // constant bit rate
  head.writeUIntBE((LAME_DELAY << 12) | padding, lame + 21, 3);
  return head;
}

/** How many frames LAME makes of so many samples, and the samples that it adds at their end. */
function mp3Frames(samples: number): { readonly count: number; readonly padding: number } {
  const delayed = samples + LAME_DELAY;
  let padding = MP3_FRAME - (delayed % MP3_FRAME);
  if (padding < MP3_FRAME) padding += MP3_FRAME;
  return { count: (delayed + padding) / MP3_FRAME, padding };
}

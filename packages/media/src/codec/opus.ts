import {
  Application,
  createDecoder,
  createEncoder,
  loadLibopus,
  type OpusDecoderHandle,
  type OpusEncoderHandle,
} from 'libopus-wasm';
import {
  type Decoder,
  type Encoder,
  type EncoderWishes,
  longestPacket,
  type SamplingRate,
  type SoundCodec,
} from './sound-codec.ts';

/** Half of the best: above it the processor is busier than the ear is pleased. */
const COMPLEXITY = 5;
/** What most voices need, in bits a second (RFC 7587 §3.1.1: 8-12, 16-20, 28-40 kbit/s for narrow, wide and full band, mono). */
const BIT_RATES: Readonly<Record<SamplingRate, number>> = { 8000: 16_000, 16000: 24_000, 48000: 32_000 };
const LOWEST_BIT_RATE = 6_000;
/** What the encoder takes for lost when it is to send each packet's beginnings twice. */
const EXPECTED_LOSS_PERCENT = 10;
/** The longest that a frame can be (RFC 6716 §3.2.1). */
const LONGEST_FRAME_OCTETS = 1_275;

let loaded: Promise<void> | undefined;
let fault: unknown;

/**
 * Loads the library into this thread, once; to be awaited before the first call may need it. A codec that is made before does
 * nothing until it is there; one that is made after a failure throws.
 */
export function loadOpus(): Promise<void> {
  loaded ??= loadLibopus().then(
    () => {},
    (error: unknown) => {
      fault = error;
    },
  );
  return loaded;
}

/**
 * Opus (RFC 6716, RFC 7587), one channel, sampled as the other side of a conversion is: its decoder and encoder know all of
 * these rates themselves, and at a lower one they cost less. The RTP clock is 48 kHz at any rate.
 */
export function opus(rate: SamplingRate): SoundCodec {
  return {
    encoding: 'opus/48000/2',
    clockRate: 48_000,
    rate,
    packetTimes: [10, 20, 40, 60],
    decoder: () => new OpusDecoder(rate),
    encoder: (wishes) => new OpusEncoder(rate, wishes),
  };
}

/** A handle of the library's, which is there a moment after it was asked for: before the next packet, once the library is. */
class Handle<H extends { free(): void }> {
  #handle: H | undefined;
  #closed = false;

  constructor(made: Promise<H>) {
    if (fault !== undefined) throw fault;
    made.then(
      (handle) => {
        if (this.#closed) handle.free();
        else this.#handle = handle;
      },
      (error: unknown) => {
        fault ??= error;
      },
    );
  }

  get there(): H | undefined {
    return this.#handle;
  }

  close(): void {
    this.#closed = true;
    this.#handle?.free();
    this.#handle = undefined;
  }
}

class OpusDecoder implements Decoder {
  readonly rate: SamplingRate;
  readonly #handle: Handle<OpusDecoderHandle>;

  constructor(rate: SamplingRate) {
    this.rate = rate;
    this.#handle = new Handle(createDecoder({ channels: 1, sampleRate: rate, maxFrameSize: longestPacket(rate) }));
  }

  decode(packet: Uint8Array, at: number, end: number, out: Int16Array): number {
    const handle = this.#handle.there;
    if (handle === undefined || end <= at) return 0;
    try {
      const sound = handle.decode(packet.subarray(at, end));
      out.set(sound);
      return sound.length;
    } catch {
      return 0; // no packet of Opus: the library throws before it touches its state
    }
  }

  conceal(samples: number, out: Int16Array): void {
    this.#make(null, samples, false, out);
  }

  recover(packet: Uint8Array, at: number, end: number, samples: number, out: Int16Array): void {
    this.#make(end > at ? packet.subarray(at, end) : null, samples, true, out);
  }

  close(): void {
    this.#handle.close();
  }

  // The library makes up steps of 2.5 ms only; what is none is silence.
  #make(packet: Uint8Array | null, samples: number, decodeFec: boolean, out: Int16Array): void {
    try {
      const sound = this.#handle.there?.decode(packet, { frameSize: samples, decodeFec: decodeFec && packet !== null });
      if (sound?.length === samples) out.set(sound);
      else out.fill(0, 0, samples);
    } catch {
      out.fill(0, 0, samples);
    }
  }
}

class OpusEncoder implements Encoder {
  readonly rate: SamplingRate;
  readonly #handle: Handle<OpusEncoderHandle>;
  readonly #options = { frameSize: 0, maxPacketBytes: LONGEST_FRAME_OCTETS };

  constructor(rate: SamplingRate, wishes: EncoderWishes = {}) {
    this.rate = rate;
    const usual = BIT_RATES[rate];
    const fec = wishes.forwardErrorCorrection === true;
    this.#handle = new Handle(
      createEncoder({
        channels: 1,
        sampleRate: rate,
        application: Application.Voip,
        complexity: COMPLEXITY,
        bitrate: Math.max(LOWEST_BIT_RATE, Math.min(usual, wishes.bitRate ?? usual)),
        fec,
        packetLossPercent: fec ? EXPECTED_LOSS_PERCENT : 0,
      }),
    );
  }

  encode(sound: Int16Array, samples: number, out: Uint8Array, at: number): number {
    const handle = this.#handle.there;
    if (handle === undefined) return at;
    this.#options.frameSize = samples;
    this.#options.maxPacketBytes = Math.min(LONGEST_FRAME_OCTETS, out.length - at);
    const packet = handle.encode(sound.subarray(0, samples), this.#options);
    out.set(packet, at);
    return at + packet.length;
  }

  close(): void {
    this.#handle.close();
  }
}

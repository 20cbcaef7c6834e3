import { type Decoder, LONGEST_PACKET_MS } from '../codec/sound-codec.ts';
import { soundCodec } from '../codec/sound-codecs.ts';
import { rtpPayloadEnd } from '../rtp/packet.ts';
import type { DtmfKey } from '../rtp/telephone-event.ts';
import { DtmfDetector } from '../sound/dtmf-detector.ts';

/** Payload types of sound in which tones are listened for, with their encodings. */
export type ToneSources = readonly (readonly [payloadType: number, encoding: string])[];

/** Hears the keys in a leg's sound. Packets are taken as they arrive: one that is lost or late costs a key at most a few milliseconds. */
export class ToneEar {
  readonly #decoders: (Decoder | undefined)[] = [];
  readonly #detectors = new Map<number, DtmfDetector>();

  constructor(sources: ToneSources, pressed: (key: DtmfKey, milliseconds: number) => void) {
    for (const [payloadType, encoding] of sources) {
      const codec = soundCodec(encoding);
      if (codec === undefined) continue;
      this.#decoders[payloadType] = codec.decoder();
      if (!this.#detectors.has(codec.rate)) this.#detectors.set(codec.rate, new DtmfDetector(codec.rate, pressed));
    }
  }

  /** Whether a key sounds in this packet. */
  hear(payloadType: number, packet: Uint8Array, payloadAt: number): boolean {
    const decoder = this.#decoders[payloadType];
    if (decoder === undefined) return false;
    const samples = decoder.decode(packet, payloadAt, rtpPayloadEnd(packet), DECODED);
    const detector = this.#detectors.get(decoder.rate)!;
    detector.hear(DECODED, samples);
    return detector.hearsKey;
  }

  close(): void {
    for (const decoder of this.#decoders) decoder?.close();
  }
}

/** Shared by all: a packet is judged before the next one is decoded. */
const DECODED = new Int16Array(LONGEST_PACKET_MS * 48);

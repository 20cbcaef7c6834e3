import { type Decoder, LONGEST_PACKET_MS } from '../codec/sound-codec.ts';
import { soundCodec } from '../codec/sound-codecs.ts';
import type { KeyReader } from '../rtp/key-reader.ts';
import { rtpPayloadEnd, rtpPayloadType } from '../rtp/packet.ts';
import type { DtmfKey } from '../rtp/telephone-event.ts';
import { DtmfDetector } from '../sound/dtmf-detector.ts';
import type { Passage } from './passage.ts';

/** In which of a leg's payload types keys come, by their numbers as they arrive. */
export interface KeySources {
  /** Telephone events, with their clock in Hz. */
  readonly events: readonly (readonly [payloadType: number, clockRate: number])[];
  /** Sound in which tones are listened for; none where keys come as events, or each would be heard twice. */
  readonly tones: readonly (readonly [payloadType: number, encoding: string])[];
}

/** Nobody hears this leg but the switch, which listens for keys. */
export class KeyListener implements Passage {
  readonly to = undefined;
  readonly passesReports = false;
  readonly #events: KeyReader | undefined;
  readonly #eventTypes: ReadonlySet<number>;
  readonly #decoders: (Decoder | undefined)[] = [];
  readonly #detectors = new Map<number, DtmfDetector>();

  /** `events` reads the events of `sources.events`; `pressed` hears of keys in the sound. */
  constructor(
    sources: KeySources,
    events: KeyReader | undefined,
    pressed: (key: DtmfKey, milliseconds: number) => void,
  ) {
    this.#events = events;
    this.#eventTypes = new Set(sources.events.map(([payloadType]) => payloadType));
    for (const [payloadType, encoding] of sources.tones) {
      const codec = soundCodec(encoding);
      if (codec === undefined) continue;
      this.#decoders[payloadType] = codec.decoder();
      if (!this.#detectors.has(codec.rate)) this.#detectors.set(codec.rate, new DtmfDetector(codec.rate, pressed));
    }
  }

  hear(packet: Buffer, payloadAt: number): boolean {
    const payloadType = rtpPayloadType(packet);
    if (this.#eventTypes.has(payloadType)) {
      this.#events?.hear(packet, payloadAt);
      return true;
    }
    const decoder = this.#decoders[payloadType];
    if (decoder === undefined) return true;
    const samples = decoder.decode(packet, payloadAt, rtpPayloadEnd(packet), DECODED);
    this.#detectors.get(decoder.rate)!.hear(DECODED, samples);
    return true;
  }

  close(): void {
    for (const decoder of this.#decoders) decoder?.close();
  }
}

/** Shared by all: a packet is judged before the next one is decoded. */
const DECODED = new Int16Array(LONGEST_PACKET_MS * 48);

import type { Clock } from '@vats/kernel';
import { type Decoder, LONGEST_PACKET_MS } from '../codec/sound-codec.ts';
import { soundCodec } from '../codec/sound-codecs.ts';
import { LONGEST_PRESS_MS, MAX_KEYS_A_SECOND } from '../rtp/key-reader.ts';
import { rtpPayloadEnd } from '../rtp/packet.ts';
import type { DtmfKey } from '../rtp/telephone-event.ts';
import { DtmfDetector } from '../sound/dtmf-detector.ts';

/** Sound may come so much faster than it can be heard; more is no call's, and listening to it would take the others' time. */
const MAX_FASTER_MS = 3_000;

/** Payload types of sound in which tones are listened for, with their encodings. */
export type ToneSources = readonly (readonly [payloadType: number, encoding: string])[];

/** Hears the keys in a leg's sound. Packets are taken as they arrive: one that is lost or late costs a key at most a few milliseconds. */
export class ToneEar {
  readonly #decoders: (Decoder | undefined)[] = [];
  readonly #detectors = new Map<number, DtmfDetector>();
  readonly #clock: Clock;
  readonly #pressed: (key: DtmfKey, milliseconds: number) => void;
  /** How much sound may still be listened to, in ms, and since when that is so. */
  #allowance = MAX_FASTER_MS;
  #allowedAt: number;
  #second = 0;
  #thisSecond = 0;

  constructor(sources: ToneSources, clock: Clock, pressed: (key: DtmfKey, milliseconds: number) => void) {
    this.#clock = clock;
    this.#allowedAt = clock.monotonic();
    this.#pressed = pressed;
    const heard = (key: DtmfKey, milliseconds: number) => this.#tell(key, milliseconds);
    for (const [payloadType, encoding] of sources) {
      const codec = soundCodec(encoding);
      if (codec === undefined) continue;
      this.#decoders[payloadType] = codec.decoder();
      if (!this.#detectors.has(codec.rate)) this.#detectors.set(codec.rate, new DtmfDetector(codec.rate, heard));
    }
  }

  /** Whether a key sounds in this packet; false too for sound that comes faster than anybody can hear it. */
  hear(payloadType: number, packet: Uint8Array, payloadAt: number): boolean {
    const decoder = this.#decoders[payloadType];
    if (decoder === undefined || !this.#isAllowed()) return false;
    const samples = decoder.decode(packet, payloadAt, rtpPayloadEnd(packet), DECODED);
    this.#allowance -= (1_000 * samples) / decoder.rate;
    const detector = this.#detectors.get(decoder.rate)!;
    detector.hear(DECODED, samples);
    return detector.hearsKey;
  }

  close(): void {
    for (const decoder of this.#decoders) decoder?.close();
  }

  #isAllowed(): boolean {
    const now = this.#clock.monotonic();
    this.#allowance = Math.min(MAX_FASTER_MS, this.#allowance + now - this.#allowedAt);
    this.#allowedAt = now;
    return this.#allowance > 0;
  }

  #tell(key: DtmfKey, milliseconds: number): void {
    const second = Math.floor(this.#clock.monotonic() / 1_000);
    if (second !== this.#second) {
      this.#second = second;
      this.#thisSecond = 0;
    }
    if (++this.#thisSecond > MAX_KEYS_A_SECOND) return;
    this.#pressed(key, Math.min(LONGEST_PRESS_MS, milliseconds));
  }
}

/** Shared by all: a packet is judged before the next one is decoded. */
const DECODED = new Int16Array(LONGEST_PACKET_MS * 48);

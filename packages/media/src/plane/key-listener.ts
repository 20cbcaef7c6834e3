import type { Clock } from '@vats/kernel';
import type { KeyReader } from '../rtp/key-reader.ts';
import { rtpPayloadType } from '../rtp/packet.ts';
import type { DtmfKey } from '../rtp/telephone-event.ts';
import type { Passage } from './passage.ts';
import { ToneEar, type ToneSources } from './tone-ear.ts';

/** In which of a leg's payload types keys come, by their numbers as they arrive. */
export interface KeySources {
  /** Telephone events, with their clock in Hz. */
  readonly events: readonly (readonly [payloadType: number, clockRate: number])[];
  /** None where keys come as events, or each would be heard twice. */
  readonly tones: ToneSources;
}

/** Nobody hears this leg but the switch, which listens for keys. */
export class KeyListener implements Passage {
  readonly to = undefined;
  readonly passesReports = false;
  readonly #events: KeyReader | undefined;
  readonly #eventTypes: ReadonlySet<number>;
  readonly #ear: ToneEar;

  /** `events` reads the events of `sources.events`; `pressed` hears of keys in the sound. */
  constructor(
    sources: KeySources,
    events: KeyReader | undefined,
    clock: Clock,
    pressed: (key: DtmfKey, milliseconds: number) => void,
  ) {
    this.#events = events;
    this.#eventTypes = new Set(sources.events.map(([payloadType]) => payloadType));
    this.#ear = new ToneEar(sources.tones, clock, pressed);
  }

  hear(packet: Buffer, payloadAt: number): boolean {
    const payloadType = rtpPayloadType(packet);
    if (this.#eventTypes.has(payloadType)) this.#events?.hear(packet, payloadAt);
    else this.#ear.hear(payloadType, packet, payloadAt);
    return true;
  }

  close(): void {
    this.#ear.close();
  }
}

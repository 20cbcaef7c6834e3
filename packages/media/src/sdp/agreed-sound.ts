import type { Agreement } from './agreement.ts';
import type { Law } from './codec.ts';
import type { ConvertedLeg } from './conversion.ts';
import { carriesSound, hasNumber, numberOf } from './keyed-codecs.ts';
import type { LegMedia } from './leg-media.ts';
import type { KeysAs } from './leg-options.ts';
import type { KeyedCodec } from './payload-types.ts';
import type { HeardFormats, SpokenFormat } from './spoken-format.ts';

const USUAL_CLOCK_RATE = 8_000;
/** RFC 3551 §4.2, in ms. */
const USUAL_PTIME = 20;

/** What two descriptions of one leg's sound mean together. It is a look at an agreement, and keeps nothing. */
export class AgreedSound {
  readonly #agreement: Agreement;
  readonly #keys: KeysAs;

  constructor(agreement: Agreement, keys: KeysAs) {
    this.#agreement = agreement;
    this.#keys = keys;
  }

  /**
   * Whether sound from this leg comes as G.711, so that a recording will hold it: whether the first sound is that both sides have
   * named, in the order of whoever answered (RFC 3264 §7). As long as the peer has said nothing, our offer speaks for it.
   */
  get recordable(): boolean {
    const { theirs, ours, offer } = this.#agreement;
    const [answered, asked] = theirs === offer ? [ours, theirs] : [theirs, ours];
    const named = (answered?.codecs ?? []).filter(
      ({ key }) => asked === undefined || numberOf(key, asked.codecs) !== undefined,
    );
    return named.find(carriesSound)?.codec.law !== undefined;
  }

  spoken(canMake: (encoding: string) => boolean): SpokenFormat | undefined {
    const { theirs, ours } = this.#agreement;
    if (theirs === undefined || ours === undefined) return undefined;
    const found = theirs.codecs.find(
      ({ key, codec }) => codec.carriesSound && canMake(codec.encoding) && numberOf(key, ours.codecs) !== undefined,
    );
    if (found === undefined) return undefined;
    const { payloadType, encoding, fmtp } = found.codec;
    const { ptime: usual = USUAL_PTIME, maxptime = Number.POSITIVE_INFINITY } = theirs.heard.session.audio;
    const ptime = Math.min(usual, maxptime);
    return { payloadType, encoding, ptime, ...(fmtp !== undefined && { fmtp }) };
  }

  get heardIn(): HeardFormats {
    const sound: [payloadType: number, encoding: string][] = [];
    const events: [payloadType: number, clockRate: number][] = [];
    for (const { codec } of this.arriving) {
      if (codec.isTelephoneEvent) events.push([codec.payloadType, codec.clockRate]);
      else if (codec.carriesSound) sound.push([codec.payloadType, codec.encoding]);
    }
    return { sound, events };
  }

  get events(): { readonly payloadType: number; readonly clockRate: number } | undefined {
    if (this.#agreement.theirs === undefined) return undefined;
    const { agreed } = this;
    const rate = agreed.find(carriesSound)?.codec.clockRate;
    const events = agreed.filter(({ codec }) => codec.isTelephoneEvent);
    return (events.find(({ codec }) => codec.clockRate === rate) ?? events[0])?.codec;
  }

  get arriving(): readonly KeyedCodec[] {
    return this.#agreement.ours?.codecs ?? this.#agreement.theirs?.codecs ?? [];
  }

  get leaving(): readonly KeyedCodec[] {
    const codecs = this.#agreement.theirs?.codecs ?? this.#agreement.ours?.codecs ?? [];
    return this.#keys !== 'events' ? codecs.filter(({ codec }) => !codec.isTelephoneEvent) : codecs;
  }

  get agreed(): readonly KeyedCodec[] {
    const ours = this.#agreement.ours?.codecs ?? [];
    return this.leaving.filter(({ key }) => numberOf(key, ours) !== undefined);
  }

  get asConverted(): ConvertedLeg {
    const { arriving, leaving, agreed, events } = this;
    const { ptime, maxptime } = this.#agreement.theirs?.heard.session.audio ?? {};
    return { arriving, leaving, agreed, events, ptime, maxptime };
  }

  // A phone sends by the numbers of our description; some send by their own, which is harmless where ours don't clash.
  get laws(): LegMedia['laws'] {
    const ours = this.#agreement.ours?.codecs ?? [];
    const laws: [payloadType: number, law: Law][] = [];
    for (const { codec } of ours) if (codec.law !== undefined) laws.push([codec.payloadType, codec.law]);
    for (const { codec } of this.#agreement.theirs?.codecs ?? []) {
      const { payloadType, law } = codec;
      if (law !== undefined && !hasNumber(ours, payloadType)) laws.push([payloadType, law]);
    }
    return laws;
  }

  get clockRates(): LegMedia['clockRates'] {
    const rates: [payloadType: number, clockRate: number][] = [];
    for (const { codec } of this.#agreement.ours?.codecs ?? []) {
      if (codec.clockRate !== USUAL_CLOCK_RATE) rates.push([codec.payloadType, codec.clockRate]);
    }
    return rates;
  }
}

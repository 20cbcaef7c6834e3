import { type Codec, eventsBeside, fitsRecording } from './codec.ts';
import { answeredByConversion, isConvertible } from './convertible.ts';
import { bySound, carriesSound, eventsOf, numberOf } from './keyed-codecs.ts';
import type { CodecPolicy, KeysAs, OfferedCodecs } from './leg-options.ts';
import { type KeyedCodec, PayloadTypes } from './payload-types.ts';

/** Which codecs our descriptions to one leg hold, by what its settings and its earlier numbers say. */
export class OfferedSound {
  readonly #codecs: OfferedCodecs;
  readonly #numbers: PayloadTypes;

  constructor(codecs: OfferedCodecs | undefined, numbers: PayloadTypes) {
    this.#codecs = codecs ?? {};
    this.#numbers = numbers;
  }

  get keys(): KeysAs {
    return this.#codecs.keys ?? 'events';
  }

  mayOffer(codec: Codec): boolean {
    const { sound } = this.#codecs;
    if (codec.isTelephoneEvent) return this.keys === 'events';
    return !codec.carriesSound || sound === undefined || sound.includes(codec.name.toLowerCase());
  }

  /** What an offer of these codecs holds, by the leg's numbers; undefined where no sound is left. */
  offer(codecs: readonly KeyedCodec[], policy: CodecPolicy): KeyedCodec[] | undefined {
    const offered: KeyedCodec[] = [];
    for (const keyed of codecs) {
      const { key, codec } = keyed;
      if (codec.refersToOtherFormats || !this.mayOffer(codec)) continue;
      if (policy === 'g711' && !fitsRecording(codec)) continue;
      const number = this.#numbers.numberFor(keyed);
      if (number !== undefined) offered.push({ key, codec: codec.numbered(number) });
    }
    if (!offered.some(carriesSound)) return undefined;
    // Where the sound that the other leg likes best fell away, its events would stand before what is left, and look preferred.
    const best = codecs.find(carriesSound)!;
    if (!carriesSound(offered[0]!) && numberOf(best.key, offered) === undefined) offered.sort(bySound);
    return offered;
  }

  /** What the other leg answered, of what this one offered; undefined where that is no sound. */
  answer(offered: readonly KeyedCodec[], answered: readonly KeyedCodec[], otherKeys: KeysAs): KeyedCodec[] | undefined {
    const answer: KeyedCodec[] = [];
    for (const { key, codec } of answered) {
      const number = codec.isTelephoneEvent && this.keys !== 'events' ? undefined : numberOf(key, offered);
      if (number !== undefined) answer.push({ key, codec: codec.numbered(number) });
    }
    if (!answer.some(carriesSound)) return undefined;
    if (this.#hasOwnEvents(otherKeys, answer)) answer.push(...eventsOf(offered, answer));
    return answer;
  }

  /** Of what this leg offered, a codec to which the other one's can be converted. */
  convertedAnswer(
    offered: readonly KeyedCodec[],
    answered: readonly KeyedCodec[],
    otherKeys: KeysAs,
    policy: CodecPolicy,
  ): KeyedCodec[] | undefined {
    const possible = offered.filter(({ codec }) => this.mayOffer(codec) && (policy === 'any' || fitsRecording(codec)));
    const sound = answeredByConversion(possible, answered);
    if (sound === undefined) return undefined;
    const hasEvents = answered.some(({ codec }) => codec.isTelephoneEvent) || otherKeys !== 'events';
    return hasEvents && this.keys === 'events' ? [sound, ...eventsOf(offered, [sound])] : [sound];
  }

  /** What the switch itself answers: the first G.711, else the first codec that sound can be made in, else the first; undefined where that can't be recorded and shall be. */
  ownAnswer(offered: readonly KeyedCodec[], policy: CodecPolicy): KeyedCodec[] | undefined {
    const sound =
      offered.find(({ codec }) => codec.law !== undefined) ??
      offered.find(({ codec }) => isConvertible(codec)) ??
      offered.find(carriesSound);
    if (sound === undefined || (policy === 'g711' && sound.codec.law === undefined)) return undefined;
    const events = offered.find(
      ({ codec }) => codec.isTelephoneEvent && codec.clockRate === sound.codec.clockRate && codec.channels === 1,
    );
    return events === undefined || this.keys !== 'events' ? [sound] : [sound, events];
  }

  /** With events between this leg and the switch, where the other one has its keys in another way. */
  withOwnEvents(codecs: readonly KeyedCodec[], otherKeys: KeysAs): readonly KeyedCodec[] {
    if (!this.#hasOwnEvents(otherKeys, codecs)) return codecs;
    const sound = codecs.filter(carriesSound).map(({ codec }) => codec);
    return [...codecs, ...new PayloadTypes().recognise(eventsBeside(sound))];
  }

  #hasOwnEvents(otherKeys: KeysAs, codecs: readonly KeyedCodec[]): boolean {
    return otherKeys !== 'events' && this.keys === 'events' && !codecs.some(({ codec }) => codec.isTelephoneEvent);
  }
}

import { type Conversions, carriesTones, type MediaCall, payloadTypeMap } from '@vats/media';
import type { Leg } from './leg.ts';
import { roomOrderOf } from './room-order.ts';
import type { SoundTreatments } from './sound-treatments.ts';

/** How the sound of a call's legs goes: who hears whom directly or in a room, and what their descriptions make of it. */
export class JoinedLegs {
  readonly #media: () => MediaCall | undefined;
  readonly #treatments: SoundTreatments;
  /** Where legs meet that are joined. */
  #room: string | undefined;

  /** @param media the call's media, once there is some */
  constructor(media: () => MediaCall | undefined, treatments: SoundTreatments) {
    this.#media = media;
    this.#treatments = treatments;
  }

  /** From now on two legs that are joined meet in this room, where others may hear them; undefined: they hear each other directly. */
  meetIn(room: string | undefined, a: Leg, b: Leg): void {
    this.#room = room;
    this.join(a, b);
  }

  /** Whether joined legs meet in a room. */
  get meet(): boolean {
    return this.#room !== undefined;
  }

  /** Lets the sound through between two legs, by what their descriptions say now. */
  join(a: Leg, b: Leg): void {
    this.describe(a);
    this.describe(b);
    const ways = this.#conversions(a, b);
    // Whoever enters a room or leaves one has left the other side, and its streams with it.
    if (!this.#enter(a, b)) this.#bridge(a, b, ways);
    this.#joinStreams(a, b);
    this.#hearTones(a, b);
    this.#hearTones(b, a);
  }

  /** False where there is no room, or a side has come to a codec that can't be mixed: the two hear each other then, and no others. */
  #enter(a: Leg, b: Leg): boolean {
    const room = this.#room;
    if (room === undefined) return false;
    const [ofA, ofB] = [a, b].map((leg) => roomOrderOf(leg, { room, as: leg.name, presence: 'talk' }));
    if (ofA === undefined || ofB === undefined) return false;
    this.#media()?.joinRoom(a.media, ofA);
    this.#media()?.joinRoom(b.media, ofB);
    return true;
  }

  #conversions(a: Leg, b: Leg): Conversions | undefined {
    const [aToB, bToA] = [a.sdp.conversionTo(b.sdp), b.sdp.conversionTo(a.sdp)];
    this.#treatments.converts(a.name, aToB);
    this.#treatments.converts(b.name, bToA);
    if (aToB === undefined && bToA === undefined) return undefined;
    return { ...(aToB !== undefined && { aToB }), ...(bToA !== undefined && { bToA }) };
  }

  #bridge(a: Leg, b: Leg, conversions: Conversions | undefined): void {
    this.#media()?.bridge(a.media, b.media, {
      aToB: payloadTypeMap(a.sdp, b.sdp),
      bToA: payloadTypeMap(b.sdp, a.sdp),
      ...(conversions !== undefined && { conversions }),
    });
  }

  /** What both legs have agreed on beside their sound. */
  #joinStreams(a: Leg, b: Leg): void {
    const there = b.sdp.streams;
    for (const { key, media } of a.sdp.streams) {
      const other = there.find((each) => each.key === key);
      const [one, two] = [a.streams.get(key), b.streams.get(key)];
      if (other === undefined || one === undefined || two === undefined) continue;
      one.update(media, { newOffer: true });
      two.update(other.media, { newOffer: true });
      this.#media()?.bridgeStreams(one, two);
    }
  }

  /** Keys of a leg that has them as tones are told, unless the other one wants them so. */
  #hearTones(leg: Leg, other: Leg): void {
    if (leg.sdp.keys !== 'tones') return;
    const sources = leg.sdp.heardIn.sound.filter(([, encoding]) => carriesTones(encoding));
    this.#media()?.hearTones(leg.media, other.sdp.keys === 'tones' ? [] : sources);
  }

  /** Tells the media plane what is agreed with a leg, whoever hears it. */
  describe(leg: Leg): void {
    leg.media.update(leg.sdp.media(), { newOffer: true });
    this.#treatments.encrypts(leg.name, leg.sdp.suite);
  }
}

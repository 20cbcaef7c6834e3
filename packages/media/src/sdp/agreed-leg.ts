import { AgreedSound } from './agreed-sound.ts';
import { type Agreement, NOTHING_AGREED } from './agreement.ts';
import { type Conversion, conversionBetween } from './conversion.ts';
import type { CryptoSuite } from './crypto-suite.ts';
import { receives } from './direction.ts';
import { carriesSound } from './keyed-codecs.ts';
import type { LegMedia } from './leg-media.ts';
import type { KeysAs, LegDescriptionOptions } from './leg-options.ts';
import type { KeyedCodec } from './payload-types.ts';
import type { HeardFormats, SpokenFormat } from './spoken-format.ts';
import { type AgreedStream, agreedStreams } from './stream-slot.ts';

/** What one leg's descriptions mean for its media, as they stand. `LegDescription` makes them. */
export class AgreedLeg {
  protected options: LegDescriptionOptions;
  protected now: Agreement = NOTHING_AGREED;

  constructor(options: LegDescriptionOptions) {
    this.options = options;
  }

  /** For `MediaLeg.update`: what holds now, an offer that was not answered yet included. */
  media(): LegMedia {
    const { theirs, ours } = this.now;
    const { srtp } = this.now.keying;
    const { laws, clockRates } = this.#sound;
    const keys = srtp === undefined ? {} : { srtp };
    if (theirs === undefined) {
      return { claimed: undefined, claimedRtcp: undefined, receives: true, held: false, laws, clockRates, ...keys };
    }
    const { session, claimed, claimedRtcp } = theirs.heard;
    const { direction, isThere, muxes } = session.audio;
    const said = ours === undefined || ours.codecs.length > 0;
    return {
      claimed,
      claimedRtcp,
      receives: receives(direction),
      held: isThere && said && (direction !== 'sendrecv' || (ours !== undefined && ours.direction !== 'sendrecv')),
      laws,
      clockRates,
      ...keys,
      ...(muxes && ours?.muxes === true && { rtcpMux: true }),
      ...(!(isThere && said) && { noSound: true }),
    };
  }

  /** For `MediaLeg.openStream`: what both sides have agreed on beside the sound. */
  get streams(): readonly AgreedStream[] {
    return agreedStreams(this.now.slots);
  }

  /** The suite that the leg's sound is encrypted with, once both sides have said their keys. */
  get suite(): CryptoSuite | undefined {
    const { srtp } = this.now.keying;
    return srtp === undefined || srtp === 'awaited' ? undefined : srtp.suite;
  }

  /**
   * Whether sound from this leg comes as G.711, so that a recording will hold it: whether the first sound is that both sides have
   * named, in the order of whoever answered (RFC 3264 §7). As long as the peer has said nothing, our offer speaks for it.
   */
  get recordable(): boolean {
    return this.#sound.recordable;
  }

  /** Names of the sound that was offered last on this leg, by its peer or by us: where nothing of it was taken, people are told. */
  get offeredSound(): readonly string[] {
    const { offer, ours } = this.now;
    return (offer ?? ours)?.codecs.filter(carriesSound).map(({ codec }) => codec.name) ?? [];
  }

  get keys(): KeysAs {
    return this.options.codecs?.keys ?? 'events';
  }

  /**
   * How sound that is made here is written for this leg: in the first codec agreed on that `canMake` says yes to, by its encoding.
   * Undefined when there is none, or nothing is agreed yet.
   */
  spoken(canMake: (encoding: string) => boolean): SpokenFormat | undefined {
    return this.#sound.spoken(canMake);
  }

  /** In which payload types sound and telephone events arrive from this leg: encodings, and the events' clock in Hz. */
  get heardIn(): HeardFormats {
    return this.#sound.heardIn;
  }

  /** The telephone events that were agreed on, as the leg wants them: those in the clock of its sound before any other. */
  get events(): { readonly payloadType: number; readonly clockRate: number } | undefined {
    return this.#sound.events;
  }

  /** For `payloadTypeMap`: codecs by the numbers with which this leg sends them. */
  get arriving(): readonly KeyedCodec[] {
    return this.#sound.arriving;
  }

  /** For `payloadTypeMap`: codecs by the numbers with which this leg wants them. */
  get leaving(): readonly KeyedCodec[] {
    return this.#sound.leaving;
  }

  /** Of `leaving`, what both sides have named. */
  get agreed(): readonly KeyedCodec[] {
    return this.#sound.agreed;
  }

  /** How sound from this leg is converted for another; undefined when it passes as it is, or can't. */
  conversionTo(other: AgreedLeg): Conversion | undefined {
    const [from, to] = [this.#sound.asConverted, other.#sound.asConverted];
    return this.convertsWith(other) ? conversionBetween(from, to) : undefined;
  }

  get #sound(): AgreedSound {
    return new AgreedSound(this.now, this.keys);
  }

  protected convertsWith(other: AgreedLeg): boolean {
    return this.options.converts === true && other.options.converts === true;
  }
}

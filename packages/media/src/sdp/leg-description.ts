import { bad, good, type Parsed, type Random } from '@vats/kernel';
import { AgreedLeg } from './agreed-leg.ts';
import { type Agreement, type Heard, NOTHING_AGREED, type Theirs } from './agreement.ts';
import { OWN_CODECS } from './codec.ts';
import { convertedBehind, ownConvertible } from './convertible.ts';
import { answering, type Direction } from './direction.ts';
import { hear } from './hear.ts';
import { carriesSound } from './keyed-codecs.ts';
import { Keying } from './keying.ts';
import type { CodecPolicy, LegDescriptionOptions } from './leg-options.ts';
import type { Wanted } from './media-profiles.ts';
import { OfferedSound } from './offered-sound.ts';
import { type KeyedCodec, PayloadTypes, recogniseAnswer } from './payload-types.ts';
import { meansTheSame } from './read-session.ts';
import type { SdpFault } from './sdp-faults.ts';
import type { SrtpPolicy } from './srtp-keys.ts';
import {
  agreedStreams,
  answeredSlots,
  emptySlot,
  MAIN,
  offeredSlots,
  type Slot,
  slotsToAnswer,
  slotsToOffer,
} from './stream-slot.ts';
import { audioLines, refusedLine, streamLines, writeMedia, writeSession } from './write-session.ts';

/** What we are about to say of sound; no codecs: there is none. */
interface SaidSound {
  readonly codecs: readonly KeyedCodec[];
  readonly direction: Direction;
  readonly ptime: number | undefined;
  readonly maxptime: number | undefined;
  readonly muxes: boolean;
}

/** How an offer is made from what another leg said. */
export interface OfferOptions {
  readonly agreed?: boolean;
  readonly music?: boolean;
  readonly unheld?: boolean;
}

/**
 * One leg's SDP through its dialog (RFC 3264): reads what the peer says, writes what we say. Payload types keep their
 * meaning on this leg (§8.3.2), m-lines keep their place (§8), the `o=` version rises exactly when our text changed.
 * What is written for one leg is made anew from the other's codecs, direction and packet times, and of streams beside the sound from what
 * their ends have to know of them: no other attribute, and so no address, candidate or key of one leg, reaches the other. All text is
 * whole SDP bodies.
 */
export class LegDescription extends AgreedLeg {
  readonly #numbers = new PayloadTypes();
  readonly #offered: OfferedSound;
  /** What held before the exchange under way; undefined while none is. */
  #before: Agreement | undefined;
  #version = 0;

  constructor(options: LegDescriptionOptions) {
    super(options);
    this.#offered = new OfferedSound(options.codecs, this.#numbers);
    if (this.#encryptsFirst) this.now = { ...NOTHING_AGREED, profile: 'RTP/SAVP' };
  }

  /** The peer offers. `refresh`: nothing changed since its last description, so answer with `answerAgain()`. */
  receiveOffer(text: string): Parsed<{ readonly refresh: boolean }, SdpFault> {
    const wanted = WANTED_OFFERS[this.#policy];
    // A call begins with sound; later another stream may have its place (T.38).
    const mayLackSound = this.now.theirs !== undefined && this.options.ports !== undefined;
    const read = this.#hear(text, wanted, wanted, mayLackSound);
    if (!read.ok) return read;
    const heard = read.value;
    const { session } = heard;
    const last = this.now.theirs?.heard.session;
    if (last !== undefined && last.origin === session.origin && meansTheSame(last, session)) {
      return good({ refresh: true });
    }
    const codecs = this.#numbers.recognise(session.audio.codecs);
    this.#numbers.adopt(codecs);
    const theirs = { heard, codecs };
    this.#before ??= this.now;
    const { audioAt, audio } = session;
    // While there is no sound, what was said of its keys stands.
    const keying = audio.isThere ? this.now.keying.theyOffer(audio.crypto) : this.now.keying;
    const profile = audio.isThere ? audio.profile : this.now.profile;
    const { sessionId } = this.options;
    const slots = offeredSlots(this.now.slots, { ...session, keyed: keying.isKeyed, sessionId });
    this.now = { ...this.now, theirs, offer: theirs, keying, profile, slots, audioAt };
    return good({ refresh: false });
  }

  /** The peer answers our last offer; several answers (early dialogs) replace each other. */
  receiveAnswer(text: string): Parsed<undefined, SdpFault> {
    const { ours, keying } = this.now;
    if (ours === undefined) throw new Error('an answer without an offer of ours');
    const offersBeside = this.now.slots.some((slot) => slot.ours !== undefined);
    const beside = this.#policy === 'never' ? 'plain' : 'either';
    const read = this.#hear(text, keying.hasOffered ? 'keyed' : 'plain', beside, offersBeside);
    if (!read.ok) return read;
    const heard = read.value;
    const { audio, streams } = heard.session;
    const codecs = recogniseAnswer(ours.codecs, audio.codecs);
    if (audio.isThere && !codecs.some(carriesSound)) return bad('no-common-codec');
    const keyed = audio.isThere ? keying.theyAnswer(audio.crypto) : good(keying);
    if (!keyed.ok) return keyed;
    const slots = answeredSlots(this.now.slots, streams);
    if (!audio.isThere && agreedStreams(slots).length === 0) return bad('no-common-codec');
    this.now = { ...this.now, theirs: { heard, codecs }, keying: keyed.value, slots };
    this.#settle();
    return good(undefined);
  }

  /**
   * Our offer to this leg, made from what `other` said last; `other` must have said something. Behind its codecs come those that
   * they can be converted to, so that whoever shares one takes that. Its streams beside the sound are offered as it has them. `agreed`:
   * `other` has been answered already, and sends nothing but what that answer holds. `music`: there is something to be heard from us, even
   * where `other` would have nobody heard. `unheld`: what `other` said of its direction was said to somebody who held it and has gone.
   */
  offerFrom(
    other: LegDescription,
    policy: CodecPolicy = 'any',
    { agreed = false, music = false, unheld = false }: OfferOptions = {},
  ): Parsed<string, SdpFault> {
    const { heard, codecs: said } = other.#said();
    const codecs = agreed ? other.agreed : said;
    const streams = agreed ? other.now.slots.filter((slot) => slot.ours !== undefined) : other.now.slots;
    const { direction: wanted, isThere, maxptime, muxes, ptime } = heard.session.audio;
    if (!isThere) return this.#offer({ ...NO_SOUND, muxes }, streams);
    const converted = this.convertsWith(other)
      ? convertedBehind(codecs, policy === 'g711', (codec) => this.#offered.mayOffer(codec))
      : [];
    const offered = this.#offered.offer(this.#offered.withOwnEvents([...codecs, ...converted], other.keys), policy);
    if (offered === undefined) return bad('no-common-codec');
    const direction = unheld ? 'sendrecv' : music && wanted === 'inactive' ? 'sendonly' : wanted;
    return this.#offer({ codecs: offered, direction, ptime, maxptime, muxes }, streams);
  }

  /**
   * Our own offer (late offer, no other leg yet), as far as this leg may be offered it: G.711 and telephone events; where sound is
   * converted all that is, as whoever comes then can be given it.
   */
  offerOwn(policy: CodecPolicy = 'any'): Parsed<string, SdpFault> {
    const own = this.options.converts === true ? ownConvertible((codec) => this.#offered.mayOffer(codec)) : OWN_CODECS;
    const codecs = this.#offered.offer(new PayloadTypes().recognise(own), policy);
    if (codecs === undefined) return bad('no-common-codec');
    return this.#offer({ ...NO_SOUND, codecs, direction: 'sendrecv' }, []);
  }

  /**
   * Our answer to this leg's offer, made from what `other` answered; may be called again (183, then 200). Where the two share no
   * codec it holds one that is converted, and the events of its clock. `music`, `unheld`: as in `offerFrom`.
   */
  answerFrom(
    other: LegDescription,
    policy: CodecPolicy = 'any',
    { music = false, unheld = false }: Omit<OfferOptions, 'agreed'> = {},
  ): Parsed<string, SdpFault> {
    const offer = this.#lastOffer();
    const { heard, codecs } = other.#said();
    const [asked, told] = [offer.heard.session.audio, heard.session.audio];
    const wanted = unheld ? 'sendrecv' : music && told.direction === 'inactive' ? 'sendonly' : told.direction;
    const direction = answering(asked.direction, wanted);
    if (!asked.isThere || !told.isThere) return this.#answer(NO_SOUND, other.now.slots);
    const passing = this.#offered.answer(offer.codecs, codecs, other.keys);
    if (passing !== undefined) {
      const { maxptime, ptime } = told;
      return this.#answer({ codecs: passing, direction, ptime, maxptime, muxes: asked.muxes }, other.now.slots);
    }
    const converted = this.convertsWith(other)
      ? this.#offered.convertedAnswer(offer.codecs, codecs, other.keys, policy)
      : undefined;
    if (converted === undefined) return bad('no-common-codec');
    return this.#answer({ ...asked, codecs: converted, direction }, other.now.slots);
  }

  /**
   * Our own answer to this leg's offer, no other leg being there: its first G.711, else the first codec that sound can be made in,
   * else its first.
   */
  answerOwn(policy: CodecPolicy = 'any'): Parsed<string, SdpFault> {
    const { heard, codecs } = this.#lastOffer();
    const { audio } = heard.session;
    const answer = this.#offered.ownAnswer(codecs, policy);
    if (answer === undefined) return bad('no-common-codec');
    return this.#answer({ ...audio, codecs: answer, direction: answering(audio.direction, 'sendrecv') }, []);
  }

  /** The last text that was agreed, unchanged: what a refresh is answered with. */
  answerAgain(): string {
    if (this.now.ours === undefined) throw new Error('nothing has been said to this leg');
    return this.now.ours.text;
  }

  /** The offer under way, ours or theirs, was refused: what was agreed before it holds. Nothing happens when none is. */
  rollBack(): void {
    this.now = this.#before ?? this.now;
    this.#settle();
  }

  /**
   * Our sound is elsewhere from now on, in another call: what is offered next says so, in the same session (RFC 3264 §8.3.1). What
   * stood beside the sound stays where it was, and its places are free. No exchange may be under way.
   */
  move({ local, ports }: Pick<LegDescriptionOptions, 'local' | 'ports'>): void {
    const { ports: _, ...rest } = this.options;
    this.options = { ...rest, local, ...(ports !== undefined && { ports }) };
    const slots = this.now.slots.map((slot) => (slot.name === MAIN ? slot : emptySlot(slot.name, slot.line)));
    this.now = { ...this.now, slots };
  }

  get #policy(): SrtpPolicy {
    return this.options.srtp?.policy ?? 'never';
  }

  get #encryptsFirst(): boolean {
    return this.#policy === 'required' || (this.#policy === 'optional' && this.options.srtp?.offers === true);
  }

  get #random(): Random {
    const { srtp } = this.options;
    if (srtp === undefined) throw new Error('a key for a leg that is never encrypted');
    return srtp.random;
  }

  #hear(text: string, wanted: Wanted, wantedBeside: Wanted, mayLackSound: boolean): Parsed<Heard, SdpFault> {
    const { theirs, offer, audioAt } = this.now;
    // A 200 mostly repeats what its 183 said, and a refresh what was said before it.
    if (theirs !== undefined && theirs.heard.text === text && theirs.heard.wanted === wanted) return good(theirs.heard);
    const known = theirs === undefined && offer === undefined ? undefined : audioAt;
    return hear(text, { audioAt: known, wanted, wantedBeside, mayLackSound }, this.options);
  }

  #said(): Theirs {
    if (this.now.theirs === undefined) throw new Error('the other leg has said nothing yet');
    return this.now.theirs;
  }

  #lastOffer(): Theirs {
    if (this.now.offer === undefined) throw new Error('this leg has made no offer');
    return this.now.offer;
  }

  #offer(sound: SaidSound, streamsOf: readonly Slot[]): Parsed<string, SdpFault> {
    const { theirs, keying, ours } = this.now;
    const encrypts = theirs === undefined ? this.#encryptsFirst : keying.isKeyed;
    const { ports, srtp } = this.options;
    const hasSound = sound.codecs.length > 0;
    const slots = slotsToOffer(this.now.slots, streamsOf, { ports, random: srtp?.random, encrypts, hasSound });
    if (!hasSound && !slots.some((slot) => slot.ours !== undefined)) return bad('no-common-codec');
    this.#before ??= this.now;
    const offering = encrypts && hasSound ? keying.weOffer(this.#random) : encrypts ? keying : Keying.NONE;
    this.now = { ...this.now, keying: offering, slots };
    return good(this.#say({ ...sound, muxes: sound.muxes || ours?.muxes === true }, 'offer'));
  }

  #answer(sound: SaidSound, streamsOf: readonly Slot[]): Parsed<string, SdpFault> {
    const { ports, srtp } = this.options;
    const slots = slotsToAnswer(this.now.slots, streamsOf, ports, srtp?.random);
    const hasSound = sound.codecs.length > 0;
    if (!hasSound && agreedStreams(slots).length === 0) return bad('no-common-codec');
    const { keying } = this.now;
    this.#before = undefined;
    this.now = { ...this.now, slots, keying: keying.isKeyed && hasSound ? keying.weAnswer(this.#random) : keying };
    return good(this.#say(sound, 'answer'));
  }

  #say({ codecs, direction, muxes, ptime, maxptime }: SaidSound, as: 'offer' | 'answer'): string {
    const { local, sessionId } = this.options;
    const { ours, profile, slots, audioAt } = this.now;
    const linesOf = (keying: Keying): string => (as === 'offer' ? keying.offerLines : keying.answerLines);
    const crypto = linesOf(this.now.keying);
    const sections = slots.map((slot, index) => {
      if (index === audioAt && codecs.length > 0) {
        return audioLines({ port: local.port, profile, direction, codecs, crypto, muxes, ptime, maxptime });
      }
      return slot.ours === undefined ? refusedLine(slot.line) : streamLines(slot.ours, linesOf(slot.keying));
    });
    const media = writeMedia(local.address, sections);
    const unchanged = ours !== undefined && ours.media === media;
    const text = unchanged ? ours.text : writeSession(local.address, sessionId, ++this.#version, media);
    this.now = { ...this.now, ours: { codecs, direction, muxes, media, text } };
    this.#keepPorts();
    return text;
  }

  #settle(): void {
    this.#before = undefined;
    this.#keepPorts();
  }

  // What an exchange under way may fall back to still has its ports.
  #keepPorts(): void {
    const { ports } = this.options;
    if (ports === undefined) return;
    const slots = [...this.now.slots, ...(this.#before?.slots ?? [])];
    ports.keep(new Set(slots.flatMap(({ ours }) => (ours === undefined ? [] : [ours.key]))));
  }
}

/** Which offers of a peer are served. */
const WANTED_OFFERS: Readonly<Record<SrtpPolicy, Wanted>> = {
  never: 'plain',
  optional: 'either',
  required: 'secure',
};

const NO_SOUND: SaidSound = {
  codecs: [],
  direction: 'inactive',
  ptime: undefined,
  maxptime: undefined,
  muxes: false,
};

import { bad, good, type Parsed, type Random } from '@vats/kernel';
import { type Codec, eventsBeside, fitsRecording, type Law, OWN_CODECS } from './codec.ts';
import { type Conversion, type ConvertedLeg, conversionBetween } from './conversion.ts';
import { answeredByConversion, convertedBehind, hasSoundClock, isConvertible } from './convertible.ts';
import type { CryptoSuite } from './crypto-suite.ts';
import { answering, type Direction, receives } from './direction.ts';
import { Keying } from './keying.ts';
import { DROPPED, type LegMedia, type PayloadTypeMap, TOLD } from './leg-media.ts';
import { judgeMediaAddress } from './media-address.ts';
import { type CodecKey, type KeyedCodec, PayloadTypes, recogniseAnswer } from './payload-types.ts';
import { meansTheSame, readSession, type SessionDescription, type Wanted } from './read-session.ts';
import type { SdpFault } from './sdp-faults.ts';
import type { MediaLine } from './sdp-lines.ts';
import type { HeardFormats, SpokenFormat } from './spoken-format.ts';
import type { SrtpPolicy } from './srtp-keys.ts';
import { writeMedia, writeSession } from './write-session.ts';

/** What a leg may be offered: anything the other side has, or only what a recording can hold. */
export type CodecPolicy = 'any' | 'g711';

export interface LegDescriptionOptions {
  /** What our SDP names: `MediaLeg.local`. */
  readonly local: { readonly address: string; readonly port: number };
  /** Decimal digits, unique: our `o=` session id. `sessionIdFrom(random)` makes one. */
  readonly sessionId: string;
  /** The observed address of the leg's SIP peer: decides which claimed addresses are dialled. */
  readonly signalling: string;
  /** Further addresses that this peer may name for its media, though private. */
  readonly allowed?: (address: string) => boolean;
  /** What this leg may be offered, by the codecs' names in lower case; anything unless given. */
  readonly codecs?: OfferedCodecs;
  /** Whether this leg's sound may be encrypted; never unless given. */
  readonly srtp?: OfferedSrtp;
  /** Whether sound is converted between this leg and another that does so too, where they share no codec. */
  readonly converts?: boolean;
}

export interface OfferedSrtp {
  readonly policy: SrtpPolicy;
  /** Of our keys. */
  readonly random: Random;
  /** Whether our first offer is encrypted where that is `optional`; it is plain unless said otherwise. `required` is always encrypted. */
  readonly offers?: boolean;
}

export interface OfferedCodecs {
  /** Of what carries sound; anything unless given. */
  readonly sound?: readonly string[];
  readonly keys?: KeysAs;
}

/**
 * How keys come and go on a leg: as telephone events (RFC 4733), unless said otherwise; as tones in its sound; by SIP INFO in its
 * dialog. Only the first are negotiated: a leg that has its keys in another way must not be offered events, as many a peer would then
 * send each key in both ways. The leg beside that one has events all the same: they end at the switch.
 */
export type KeysAs = 'events' | 'tones' | 'info';

/** A body of the peer's, and where by our judgement its sound and its RTCP may be sent. */
interface Heard {
  readonly text: string;
  readonly wanted: Wanted;
  readonly session: SessionDescription;
  readonly claimed: LegMedia['claimed'];
  readonly claimedRtcp: LegMedia['claimedRtcp'];
}

/** What the peer has said, as far as it concerns us. */
interface Theirs {
  readonly heard: Heard;
  readonly codecs: readonly KeyedCodec[];
}

/** What we have said. */
interface Ours {
  readonly codecs: readonly KeyedCodec[];
  readonly direction: Direction;
  readonly media: string;
  readonly text: string;
}

/** All that an offer which is refused must leave as it was. */
interface Agreement {
  readonly theirs: Theirs | undefined;
  readonly ours: Ours | undefined;
  readonly offer: Theirs | undefined;
  readonly keying: Keying;
  readonly profile: string;
  readonly lines: readonly MediaLine[];
  readonly audioAt: number;
}

const NOTHING_AGREED: Agreement = {
  theirs: undefined,
  ours: undefined,
  offer: undefined,
  keying: Keying.NONE,
  profile: 'RTP/AVP',
  lines: [{ kind: 'audio', port: 0, profile: 'RTP/AVP', formats: [], address: undefined }],
  audioAt: 0,
};

/**
 * One leg's SDP through its dialog (RFC 3264): reads what the peer says, writes what we say. Payload types keep their
 * meaning on this leg (§8.3.2), m-lines keep their place (§8), the `o=` version rises exactly when our text changed.
 * What is written for one leg is made anew from the other's codecs, direction and packet times: no other attribute, and
 * so no address, candidate, key or feedback of one leg, reaches the other. All text is whole SDP bodies.
 */
export class LegDescription {
  readonly #options: LegDescriptionOptions;
  readonly #numbers = new PayloadTypes();
  #now: Agreement = NOTHING_AGREED;
  /** What held before the exchange under way; undefined while none is. */
  #before: Agreement | undefined;
  #version = 0;

  constructor(options: LegDescriptionOptions) {
    this.#options = options;
    if (this.#encryptsFirst) this.#now = { ...NOTHING_AGREED, profile: 'RTP/SAVP' };
  }

  /** The peer offers. `refresh`: nothing changed since its last description, so answer with `answerAgain()`. */
  receiveOffer(text: string): Parsed<{ readonly refresh: boolean }, SdpFault> {
    const read = this.#read(text, WANTED_OFFERS[this.#policy]);
    if (!read.ok) return read;
    const heard = read.value;
    const { session } = heard;
    const last = this.#now.theirs?.heard.session;
    if (last !== undefined && last.origin === session.origin && meansTheSame(last, session)) {
      return good({ refresh: true });
    }
    const codecs = this.#numbers.recognise(session.audio.codecs);
    this.#numbers.adopt(codecs);
    const theirs = { heard, codecs };
    this.#before ??= this.#now;
    const { ours } = this.#now;
    const { lines, audioAt, audio } = session;
    const keying = this.#now.keying.theyOffer(audio.crypto);
    this.#now = { theirs, ours, offer: theirs, keying, profile: audio.profile, lines, audioAt };
    return good({ refresh: false });
  }

  /** The peer answers our last offer; several answers (early dialogs) replace each other. */
  receiveAnswer(text: string): Parsed<undefined, SdpFault> {
    const { ours, offer, keying, profile, lines, audioAt } = this.#now;
    if (ours === undefined) throw new Error('an answer without an offer of ours');
    const read = this.#read(text, keying.hasOffered ? 'keyed' : 'plain');
    if (!read.ok) return read;
    const heard = read.value;
    const { audio } = heard.session;
    const codecs = recogniseAnswer(ours.codecs, audio.codecs);
    if (!codecs.some(carriesSound)) return bad('no-common-codec');
    const keyed = keying.theyAnswer(audio.crypto);
    if (!keyed.ok) return keyed;
    this.#now = { theirs: { heard, codecs }, ours, offer, keying: keyed.value, profile, lines, audioAt };
    this.#before = undefined;
    return good(undefined);
  }

  /**
   * Our offer to this leg, made from what `other` said last; `other` must have said something. Behind its codecs come those that
   * they can be converted to, so that whoever shares one takes that. `agreed`: `other` has been answered already, and sends nothing
   * but what that answer holds. `music`: there is something to be heard from us, even where `other` would have nobody heard.
   */
  offerFrom(
    other: LegDescription,
    policy: CodecPolicy = 'any',
    { agreed = false, music = false }: { readonly agreed?: boolean; readonly music?: boolean } = {},
  ): Parsed<string, SdpFault> {
    const { heard, codecs: said } = other.#said();
    const codecs = agreed ? other.agreed : said;
    const { audio } = heard.session;
    const converted = this.#convertsWith(other)
      ? convertedBehind(codecs, policy === 'g711', (codec) => this.#mayOffer(codec))
      : [];
    const direction = music && audio.direction === 'inactive' ? 'sendonly' : audio.direction;
    return this.#offer(this.#withOwnEvents(other, [...codecs, ...converted]), policy, direction, audio);
  }

  /** Our own offer (late offer, no other leg yet): PCMA, PCMU, telephone-event, as far as this leg may be offered them. */
  offerOwn(): Parsed<string, SdpFault> {
    const codecs = new PayloadTypes().recognise(OWN_CODECS);
    return this.#offer(codecs, 'g711', 'sendrecv', { ptime: undefined, maxptime: undefined });
  }

  /**
   * Our answer to this leg's offer, made from what `other` answered; may be called again (183, then 200). Where the two share no
   * codec it holds one that is converted, and the events of its clock.
   */
  answerFrom(other: LegDescription, policy: CodecPolicy = 'any'): Parsed<string, SdpFault> {
    const offer = this.#offered();
    const { heard, codecs } = other.#said();
    const { audio } = heard.session;
    const answer: KeyedCodec[] = [];
    for (const { key, codec } of codecs) {
      const number = codec.isTelephoneEvent && this.keys !== 'events' ? undefined : numberOf(key, offer.codecs);
      if (number !== undefined) answer.push({ key, codec: codec.numbered(number) });
    }
    const direction = answering(offer.heard.session.audio.direction, audio.direction);
    if (!answer.some(carriesSound)) {
      const converted = this.#convertedAnswer(offer.codecs, other, policy);
      if (converted === undefined) return bad('no-common-codec');
      this.#before = undefined;
      return good(this.#answer(converted, direction, offer.heard.session.audio));
    }
    if (this.#hasOwnEvents(other, answer)) answer.push(...eventsOf(offer.codecs, answer));
    this.#before = undefined;
    return good(this.#answer(answer, direction, audio));
  }

  /**
   * Our own answer to this leg's offer, no other leg being there: its first G.711, else the first codec that sound can be made in,
   * else its first.
   */
  answerOwn(policy: CodecPolicy = 'any'): Parsed<string, SdpFault> {
    const { heard, codecs } = this.#offered();
    const { audio } = heard.session;
    const sound =
      codecs.find(({ codec }) => codec.law !== undefined) ??
      codecs.find(({ codec }) => isConvertible(codec)) ??
      codecs.find(carriesSound);
    if (sound === undefined || (policy === 'g711' && sound.codec.law === undefined)) return bad('no-common-codec');
    const events = codecs.find(
      ({ codec }) => codec.isTelephoneEvent && codec.clockRate === sound.codec.clockRate && codec.channels === 1,
    );
    const answer = events === undefined || this.keys !== 'events' ? [sound] : [sound, events];
    this.#before = undefined;
    return good(this.#answer(answer, answering(audio.direction, 'sendrecv'), audio));
  }

  /** The last text that was agreed, unchanged: what a refresh is answered with. */
  answerAgain(): string {
    if (this.#now.ours === undefined) throw new Error('nothing has been said to this leg');
    return this.#now.ours.text;
  }

  /** The offer under way, ours or theirs, was refused: what was agreed before it holds. Nothing happens when none is. */
  rollBack(): void {
    this.#now = this.#before ?? this.#now;
    this.#before = undefined;
  }

  /** For `MediaLeg.update`: what holds now, an offer that was not answered yet included. */
  media(): LegMedia {
    const { theirs, ours } = this.#now;
    const { srtp } = this.#now.keying;
    const keys = srtp === undefined ? {} : { srtp };
    if (theirs === undefined) {
      const [laws, clockRates] = [this.#laws(), this.#clockRates()];
      return { claimed: undefined, claimedRtcp: undefined, receives: true, held: false, laws, clockRates, ...keys };
    }
    const { session, claimed, claimedRtcp } = theirs.heard;
    const { direction } = session.audio;
    return {
      claimed,
      claimedRtcp,
      receives: receives(direction),
      held: direction !== 'sendrecv' || (ours !== undefined && ours.direction !== 'sendrecv'),
      laws: this.#laws(),
      clockRates: this.#clockRates(),
      ...keys,
    };
  }

  /** The suite that the leg's sound is encrypted with, once both sides have said their keys. */
  get suite(): CryptoSuite | undefined {
    const { srtp } = this.#now.keying;
    return srtp === undefined || srtp === 'awaited' ? undefined : srtp.suite;
  }

  /**
   * Whether sound from this leg comes as G.711, so that a recording will hold it: whether the first sound is that both sides have
   * named, in the order of whoever answered (RFC 3264 §7). As long as the peer has said nothing, our offer speaks for it.
   */
  get recordable(): boolean {
    const { theirs, ours, offer } = this.#now;
    const [answered, asked] = theirs === offer ? [ours, theirs] : [theirs, ours];
    const named = (answered?.codecs ?? []).filter(
      ({ key }) => asked === undefined || numberOf(key, asked.codecs) !== undefined,
    );
    return named.find(carriesSound)?.codec.law !== undefined;
  }

  get keys(): KeysAs {
    return this.#options.codecs?.keys ?? 'events';
  }

  /**
   * How sound that is made here is written for this leg: in the first codec agreed on that `canMake` says yes to, by its encoding.
   * Undefined when there is none, or nothing is agreed yet.
   */
  spoken(canMake: (encoding: string) => boolean): SpokenFormat | undefined {
    const { theirs, ours } = this.#now;
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

  /** In which payload types sound and telephone events arrive from this leg: encodings, and the events' clock in Hz. */
  get heardIn(): HeardFormats {
    const sound: [payloadType: number, encoding: string][] = [];
    const events: [payloadType: number, clockRate: number][] = [];
    for (const { codec } of this.arriving) {
      if (codec.isTelephoneEvent) events.push([codec.payloadType, codec.clockRate]);
      else if (codec.carriesSound) sound.push([codec.payloadType, codec.encoding]);
    }
    return { sound, events };
  }

  /** The telephone events that were agreed on, as the leg wants them: those in the clock of its sound before any other. */
  get events(): { readonly payloadType: number; readonly clockRate: number } | undefined {
    if (this.#now.theirs === undefined) return undefined;
    const { agreed } = this;
    const rate = agreed.find(carriesSound)?.codec.clockRate;
    const events = agreed.filter(({ codec }) => codec.isTelephoneEvent);
    return (events.find(({ codec }) => codec.clockRate === rate) ?? events[0])?.codec;
  }

  /** For `payloadTypeMap`: codecs by the numbers with which this leg sends them. */
  get arriving(): readonly KeyedCodec[] {
    return this.#now.ours?.codecs ?? this.#now.theirs?.codecs ?? [];
  }

  /** For `payloadTypeMap`: codecs by the numbers with which this leg wants them. */
  get leaving(): readonly KeyedCodec[] {
    const codecs = this.#now.theirs?.codecs ?? this.#now.ours?.codecs ?? [];
    return this.keys !== 'events' ? codecs.filter(({ codec }) => !codec.isTelephoneEvent) : codecs;
  }

  /** Of `leaving`, what both sides have named. */
  get agreed(): readonly KeyedCodec[] {
    const ours = this.#now.ours?.codecs ?? [];
    return this.leaving.filter(({ key }) => numberOf(key, ours) !== undefined);
  }

  /** How sound from this leg is converted for another; undefined when it passes as it is, or can't. */
  conversionTo(other: LegDescription): Conversion | undefined {
    return this.#convertsWith(other) ? conversionBetween(this.#asConverted(), other.#asConverted()) : undefined;
  }

  #asConverted(): ConvertedLeg {
    const { arriving, leaving, agreed, events } = this;
    const { ptime, maxptime } = this.#now.theirs?.heard.session.audio ?? {};
    return { arriving, leaving, agreed, events, ptime, maxptime };
  }

  #convertsWith(other: LegDescription): boolean {
    return this.#options.converts === true && other.#options.converts === true;
  }

  #convertedAnswer(
    offered: readonly KeyedCodec[],
    other: LegDescription,
    policy: CodecPolicy,
  ): KeyedCodec[] | undefined {
    if (!this.#convertsWith(other)) return undefined;
    const possible = offered.filter(({ codec }) => this.#mayOffer(codec) && (policy === 'any' || fitsRecording(codec)));
    const sound = answeredByConversion(possible, other.#said().codecs);
    if (sound === undefined) return undefined;
    const hasEvents = other.#said().codecs.some(({ codec }) => codec.isTelephoneEvent) || other.keys !== 'events';
    return hasEvents && this.keys === 'events' ? [sound, ...eventsOf(offered, [sound])] : [sound];
  }

  get #policy(): SrtpPolicy {
    return this.#options.srtp?.policy ?? 'never';
  }

  get #encryptsFirst(): boolean {
    return this.#policy === 'required' || (this.#policy === 'optional' && this.#options.srtp?.offers === true);
  }

  get #random(): Random {
    const { srtp } = this.#options;
    if (srtp === undefined) throw new Error('a key for a leg that is never encrypted');
    return srtp.random;
  }

  #read(text: string, wanted: Wanted): Parsed<Heard, SdpFault> {
    const { theirs, offer, audioAt } = this.#now;
    // A 200 mostly repeats what its 183 said, and a refresh what was said before it.
    if (theirs !== undefined && theirs.heard.text === text && theirs.heard.wanted === wanted) return good(theirs.heard);
    const read = readSession(text, theirs === undefined && offer === undefined ? undefined : audioAt, wanted);
    if (!read.ok) return read;
    const { address, port, rtcp } = read.value.audio;
    const verdict = this.#judge(address);
    const rtcpVerdict = rtcp.address === address ? verdict : this.#judge(rtcp.address);
    if (verdict === 'refuse' || rtcpVerdict === 'refuse') return bad('bad-address', 0, 'c=');
    return good({
      text,
      wanted,
      session: read.value,
      claimed: verdict === 'dial' ? { address, port } : undefined,
      claimedRtcp: rtcpVerdict === 'dial' ? rtcp : undefined,
    });
  }

  #judge(address: string) {
    return judgeMediaAddress(address, this.#options.signalling, this.#options.allowed);
  }

  #said(): Theirs {
    if (this.#now.theirs === undefined) throw new Error('the other leg has said nothing yet');
    return this.#now.theirs;
  }

  #offered(): Theirs {
    if (this.#now.offer === undefined) throw new Error('this leg has made no offer');
    return this.#now.offer;
  }

  #offer(
    codecs: readonly KeyedCodec[],
    policy: CodecPolicy,
    direction: Direction,
    times: PacketTimes,
  ): Parsed<string, SdpFault> {
    const offered: KeyedCodec[] = [];
    for (const keyed of codecs) {
      const { key, codec } = keyed;
      if (codec.refersToOtherFormats || !this.#mayOffer(codec)) continue;
      if (policy === 'g711' && !fitsRecording(codec)) continue;
      const number = this.#numbers.numberFor(keyed);
      if (number !== undefined) offered.push({ key, codec: codec.numbered(number) });
    }
    if (!offered.some(carriesSound)) return bad('no-common-codec');
    // Where the sound that the other leg likes best fell away, its events would stand before what is left, and look preferred.
    const best = codecs.find(carriesSound)!;
    if (!carriesSound(offered[0]!) && numberOf(best.key, offered) === undefined) offered.sort(bySound);
    this.#before ??= this.#now;
    const { theirs, keying } = this.#now;
    const encrypts = theirs === undefined ? this.#encryptsFirst : keying.isKeyed;
    this.#now = { ...this.#now, keying: encrypts ? keying.weOffer(this.#random) : Keying.NONE };
    return good(this.#say(offered, direction, times, this.#now.keying.offerLines));
  }

  #answer(codecs: readonly KeyedCodec[], direction: Direction, times: PacketTimes): string {
    const { keying } = this.#now;
    if (keying.isKeyed) this.#now = { ...this.#now, keying: keying.weAnswer(this.#random) };
    return this.#say(codecs, direction, times, this.#now.keying.answerLines);
  }

  /** Whether this leg's events are between it and the switch, as the other one has its keys in another way. */
  #hasOwnEvents(other: LegDescription, codecs: readonly KeyedCodec[]): boolean {
    return other.keys !== 'events' && this.keys === 'events' && !codecs.some(({ codec }) => codec.isTelephoneEvent);
  }

  #withOwnEvents(other: LegDescription, codecs: readonly KeyedCodec[]): readonly KeyedCodec[] {
    if (!this.#hasOwnEvents(other, codecs)) return codecs;
    const sound = codecs.filter(carriesSound).map(({ codec }) => codec);
    return [...codecs, ...new PayloadTypes().recognise(eventsBeside(sound))];
  }

  #mayOffer(codec: Codec): boolean {
    const { sound } = this.#options.codecs ?? {};
    if (codec.isTelephoneEvent) return this.keys === 'events';
    return !codec.carriesSound || sound === undefined || sound.includes(codec.name.toLowerCase());
  }

  #say(codecs: readonly KeyedCodec[], direction: Direction, times: PacketTimes, crypto: string): string {
    const { local, sessionId } = this.#options;
    const { theirs, ours, offer, keying, profile, lines, audioAt } = this.#now;
    const { ptime, maxptime } = times;
    const audio = { port: local.port, profile, direction, codecs, crypto, ptime, maxptime };
    const media = writeMedia(local.address, lines, audioAt, audio);
    const unchanged = ours !== undefined && ours.media === media;
    const text = unchanged ? ours.text : writeSession(local.address, sessionId, ++this.#version, media);
    this.#now = { theirs, ours: { codecs, direction, media, text }, offer, keying, profile, lines, audioAt };
    return text;
  }

  // A phone sends by the numbers of our description; some send by their own, which is harmless where ours don't clash.
  #laws(): LegMedia['laws'] {
    const ours = this.#now.ours?.codecs ?? [];
    const laws: [payloadType: number, law: Law][] = [];
    for (const { codec } of ours) if (codec.law !== undefined) laws.push([codec.payloadType, codec.law]);
    for (const { codec } of this.#now.theirs?.codecs ?? []) {
      const { payloadType, law } = codec;
      if (law !== undefined && !hasNumber(ours, payloadType)) laws.push([payloadType, law]);
    }
    return laws;
  }

  #clockRates(): LegMedia['clockRates'] {
    const rates: [payloadType: number, clockRate: number][] = [];
    for (const { codec } of this.#now.ours?.codecs ?? []) {
      if (codec.clockRate !== USUAL_CLOCK_RATE) rates.push([codec.payloadType, codec.clockRate]);
    }
    return rates;
  }
}

/** Which offers of a peer are served. */
const WANTED_OFFERS: Readonly<Record<SrtpPolicy, Wanted>> = {
  never: 'plain',
  optional: 'either',
  required: 'secure',
};

const USUAL_CLOCK_RATE = 8_000;
/** RFC 3551 §4.2, in ms. */
const USUAL_PTIME = 20;

interface PacketTimes {
  readonly ptime: number | undefined;
  readonly maxptime: number | undefined;
}

/** For `MediaCall.bridge`: how payload types change on the way from one leg to the other. */
export function payloadTypeMap(from: LegDescription, to: LegDescription): PayloadTypeMap {
  const { arriving } = from;
  const { leaving } = to;
  const map: [number, number, number?][] = [];
  for (const { key, codec } of arriving) {
    if (codec.isTelephoneEvent && to.keys !== 'events' && from.keys === 'events') {
      map.push([codec.payloadType, TOLD, codec.clockRate]);
      continue;
    }
    const leaves = numberOf(key, leaving) ?? DROPPED;
    if (leaves !== codec.payloadType) map.push([codec.payloadType, leaves]);
  }
  // A dynamic number that only the other side knows would be taken for that side's codec.
  for (const { codec } of leaving) {
    const number = codec.payloadType;
    if (number >= FIRST_DYNAMIC && !hasNumber(arriving, number)) map.push([number, DROPPED]);
  }
  return map;
}

const FIRST_DYNAMIC = 96;

/** A session id for `o=`: 61 random bits, so that no two dialogs of ours share one, as digits of a 62-bit number. */
export function sessionIdFrom(random: Random): string {
  return `${random.below(2 ** 32)}${String(random.below(2 ** 29)).padStart(9, '0')}`;
}

/** The events of an offer that go with the sound of its answer: of the same clock, where there are such, else of some sound's. */
function eventsOf(offered: readonly KeyedCodec[], answer: readonly KeyedCodec[]): KeyedCodec[] {
  const events = offered.filter(({ codec }) => codec.isTelephoneEvent);
  const rates = new Set(answer.filter(carriesSound).map(({ codec }) => codec.clockRate));
  const beside = events.filter(({ codec }) => rates.has(codec.clockRate));
  return beside.length > 0 ? beside : events.filter(({ codec }) => hasSoundClock(codec)).slice(0, 1);
}

function bySound(one: KeyedCodec, other: KeyedCodec): number {
  return Number(carriesSound(other)) - Number(carriesSound(one));
}

function carriesSound({ codec }: KeyedCodec): boolean {
  return codec.carriesSound;
}

function numberOf(key: CodecKey, codecs: readonly KeyedCodec[]): number | undefined {
  for (const each of codecs) if (each.key === key) return each.codec.payloadType;
  return undefined;
}

function hasNumber(codecs: readonly KeyedCodec[], number: number): boolean {
  for (const { codec } of codecs) if (codec.payloadType === number) return true;
  return false;
}

import type { Random } from '@vats/kernel';
import { answering, type Direction, receives } from './direction.ts';
import { Keying } from './keying.ts';
import type { LegMedia } from './leg-media.ts';
import { profileOf } from './media-profiles.ts';
import { type MediaLine, SDP_LIMITS } from './sdp-lines.ts';
import type { StreamDescription } from './stream-description.ts';
import type { StreamMedia } from './stream-media.ts';
import type { StreamOrder, StreamPorts } from './stream-ports.ts';

/** A stream beside the sound as its peer describes it, its addresses judged. */
export interface HeardStream extends StreamDescription {
  readonly dials: boolean;
  readonly dialsRtcp: boolean;
}

/** A stream beside the sound as we describe it to the leg. */
export interface SaidStream extends StreamOrder {
  readonly port: number;
  readonly profile: string;
  readonly formats: readonly string[];
  readonly attributes: string;
  readonly direction: Direction | undefined;
  readonly muxes: boolean;
}

/** The place of one m-line on one leg: it keeps its place through the dialog (RFC 3264 §8), whatever stands there. */
export interface Slot {
  /** The same on all legs of a call whose m-lines are one stream. */
  readonly name: string;
  /** What stands there, or stood there last: how it is written when it is refused. */
  readonly line: MediaLine;
  /** What the peer said last; undefined: nothing that is carried. For sound always undefined. */
  readonly theirs: HeardStream | undefined;
  readonly ours: SaidStream | undefined;
  readonly keying: Keying;
}

/** The name of the place of the sound. */
export const MAIN = 'main';

/** A stream that both sides have agreed on. */
export interface AgreedStream extends StreamOrder {
  readonly media: StreamMedia;
}

export function emptySlot(name: string, line: MediaLine): Slot {
  return { name, line, theirs: undefined, ours: undefined, keying: Keying.NONE };
}

/** Places after the peer has offered. */
export function offeredSlots(
  before: readonly Slot[],
  offer: {
    readonly lines: readonly MediaLine[];
    readonly streams: readonly (HeardStream | undefined)[];
    readonly audioAt: number;
    /** The sound is encrypted: a stream that isn't would tell what was to be hidden. */
    readonly keyed: boolean;
    /** For names of places that are new. */
    readonly sessionId: string;
  },
): Slot[] {
  return offer.lines.map((line, index) => {
    const former = before[index];
    const own = `${offer.sessionId}.${index}`;
    const name = index === offer.audioAt ? MAIN : former === undefined || former.name === MAIN ? own : former.name;
    const theirs = offer.streams[index];
    if (theirs === undefined || (offer.keyed && theirs.crypto.length === 0)) return emptySlot(name, line);
    const keying = former?.theirs?.kind === theirs.kind ? former.keying : Keying.NONE;
    return { name, line, theirs, ours: former?.ours, keying: keying.theyOffer(theirs.crypto) };
  });
}

/** Places after the peer has answered our offer. A stream that it answers with something else than was offered is not there. */
export function answeredSlots(before: readonly Slot[], streams: readonly (HeardStream | undefined)[]): Slot[] {
  return before.map((slot, index) => {
    const { ours } = slot;
    const theirs = streams[index];
    const gone = { ...slot, theirs: undefined };
    if (ours === undefined || theirs?.kind !== ours.kind || theirs.transport !== ours.transport) return gone;
    if (!slot.keying.hasOffered && theirs.crypto.length > 0) return gone;
    const keying = slot.keying.theyAnswer(theirs.crypto);
    return keying.ok ? { ...slot, theirs, keying: keying.value } : gone;
  });
}

/** How we offer streams to a leg. */
export interface StreamOffering {
  readonly ports: StreamPorts | undefined;
  readonly random: Random | undefined;
  /** The leg's sound is encrypted: its streams are too, and what can't be is not offered. */
  readonly encrypts: boolean;
  /** The sound is offered, in its place. */
  readonly hasSound: boolean;
}

/** Places of an offer of ours: each of ours with what the other leg said for it, and new ones behind for what it has beyond. */
export function slotsToOffer(own: readonly Slot[], other: readonly Slot[], how: StreamOffering): Slot[] {
  const slots = own.map((slot) => {
    if (slot.name === MAIN && how.hasSound) {
      const line = slot.line.kind === 'audio' ? slot.line : { ...slot.line, kind: 'audio', formats: [] };
      return emptySlot(MAIN, line);
    }
    const stream = other.find(({ name }) => name === slot.name)?.theirs;
    return offering(slot, stream, how) ?? { ...slot, ours: undefined, keying: Keying.NONE };
  });
  for (const { name, line, theirs } of other) {
    if (slots.length >= SDP_LIMITS.media) break;
    if (theirs === undefined || own.some((slot) => slot.name === name)) continue;
    const offered = offering(emptySlot(name, line), theirs, how);
    if (offered !== undefined) slots.push(offered);
  }
  return slots;
}

/** Undefined where the stream is not offered. */
function offering(slot: Slot, stream: HeardStream | undefined, how: StreamOffering): Slot | undefined {
  if (stream === undefined || how.ports === undefined) return undefined;
  const { attributes, direction, formats, kind, muxes, transport } = stream;
  if (how.encrypts && transport !== 'rtp') return undefined;
  const key = `${slot.name}:${kind}`;
  const port = how.ports.open({ key, kind, transport });
  if (port === undefined) return undefined;
  const profile = transport === 'rtp' ? profileOf(stream.profile, how.encrypts) : stream.profile;
  const former = slot.ours?.key === key ? slot.keying : Keying.NONE;
  const keying = how.encrypts && how.random !== undefined ? former.weOffer(how.random) : Keying.NONE;
  const line = { ...slot.line, kind, profile, formats };
  const ours = { key, kind, transport, port, profile, formats, attributes, direction, muxes };
  return { name: slot.name, line, theirs: slot.theirs, ours, keying };
}

/** Places of an answer of ours: what the leg offered and the other one has taken. */
export function slotsToAnswer(
  own: readonly Slot[],
  other: readonly Slot[],
  ports: StreamPorts | undefined,
  random: Random | undefined,
): Slot[] {
  return own.map((slot) => {
    const { keying, name, theirs } = slot;
    const said = other.find((each) => each.name === name)?.theirs;
    const refused = { ...slot, ours: undefined };
    if (theirs === undefined || said?.kind !== theirs.kind || said.transport !== theirs.transport) return refused;
    const { kind, muxes, profile, transport } = theirs;
    const key = `${name}:${kind}`;
    const port = ports?.open({ key, kind, transport });
    if (port === undefined) return refused;
    const { attributes, formats } = said;
    const written = transport === 'rtp' || theirs.direction !== undefined || said.direction !== undefined;
    const direction = written ? answering(theirs.direction ?? 'sendrecv', said.direction ?? 'sendrecv') : undefined;
    const ours = { key, kind, transport, port, profile, formats, attributes, direction, muxes };
    return { ...slot, ours, keying: random === undefined ? keying : keying.weAnswer(random) };
  });
}

/** What both sides of a leg have agreed on beside its sound. */
export function agreedStreams(slots: readonly Slot[]): AgreedStream[] {
  const agreed: AgreedStream[] = [];
  for (const { keying, ours, theirs } of slots) {
    if (ours === undefined || theirs === undefined || ours.kind !== theirs.kind) continue;
    const { key, kind, transport } = ours;
    const { srtp } = keying;
    const { address, direction = 'sendrecv', port, rtcp } = theirs;
    const claimed: LegMedia['claimed'] = theirs.dials ? { address, port } : undefined;
    const media = {
      claimed,
      claimedRtcp: theirs.dialsRtcp ? rtcp : undefined,
      receives: receives(direction),
      rtcpMux: theirs.muxes && ours.muxes,
      clockRates: clockRatesIn(ours.attributes),
      ...(srtp !== undefined && { srtp }),
    };
    agreed.push({ key, kind, transport, media });
  }
  return agreed;
}

/** Of all video and text of RFC 3551 and after. */
const USUAL_STREAM_CLOCK_RATE = 90_000;

function clockRatesIn(attributes: string): [payloadType: number, clockRate: number][] {
  const rates: [number, number][] = [];
  for (const [, payloadType, rate] of attributes.matchAll(/^a=rtpmap:(\d{1,3}) [^/\s]+\/(\d{1,6})/gim)) {
    const [type, hertz] = [Number(payloadType), Number(rate)];
    if (type < 128 && hertz > 0 && hertz !== USUAL_STREAM_CLOCK_RATE) rates.push([type, hertz]);
  }
  return rates;
}

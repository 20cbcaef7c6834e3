import type { Endpoint } from '@vats/kernel';
import type { Channel, RecordedParty, RecordingEnd, RecordingFormat } from '../recording/note.ts';
import type { Seal } from '../recording/sealed-writer.ts';
import type { RecordingFault } from '../recording/sound-writer.ts';
import type { KeyPress } from '../rtp/key-writer.ts';
import type { PeerReception } from '../rtp/peer-reports.ts';
import type { DtmfKey } from '../rtp/telephone-event.ts';
import type { Law } from '../sdp/codec.ts';
import type { Conversion } from '../sdp/conversion.ts';
import type { LegMedia, PayloadTypeMap } from '../sdp/leg-media.ts';
import type { StreamMedia } from '../sdp/stream-media.ts';
import type { StreamTransport } from '../sdp/stream-ports.ts';
import type { CollectEnd } from '../sound/key-collector.ts';
import type { CollectOrder, TonePress } from './leg-sound.ts';
import type { PlayEnd, PlayOrder } from './playback.ts';
import type { RoomChange, RoomOrder } from './room-order.ts';
import type { ToneSources } from './tone-ear.ts';

/**
 * Where sound flows: leases ports, relays, records. Commands are synchronous and plain data; what comes of them is told
 * by `MediaEvent`s in a later turn. Worker threads own the sockets (`startMediaPlane`), so sound never waits for
 * signalling.
 */
export interface MediaPlane {
  /** Address families with a media address, in the order of the settings. */
  readonly families: readonly AddressFamily[];
  /**
   * Opens a call, all of whose legs live in one worker. Undefined when no worker has a free pair of ports: answer 503.
   * `user` is called once for each event, never from inside a command. A call that is opened `beside` another lives in its
   * worker, so that their legs can meet in a room; so do all that are opened for the same `meeting`, whenever that is.
   */
  openCall(
    callId: string,
    user: (event: MediaEvent) => void,
    options?: { readonly beside?: MediaCall; readonly meeting?: string },
  ): MediaCall | undefined;
  /** What `vats status` and the metrics show. */
  statistics(): MediaPlaneStatistics;
  /** Ends what is left, finishes every recording, gives every port back. */
  close(): Promise<void>;
}

export type AddressFamily = 4 | 6;

export interface MediaCall {
  readonly callId: string;
  /**
   * Leases a bound pair (even RTP port, odd RTCP port above it) for one leg; it relays nothing before `bridge` or `echo`.
   * Undefined when the range is exhausted or the family has no address: answer 503.
   */
  openLeg(name: string, options: OpenLegOptions): MediaLeg | undefined;
  /**
   * Joins two legs: what one says the other hears. A leg that was joined to another or echoing leaves that. Calling it
   * again with the same legs only replaces the maps; a conversion that is the same as before goes on.
   */
  bridge(a: MediaLeg, b: MediaLeg, ways?: BridgeWays): void;
  /** Parts the leg from whatever it is joined to; both ends keep their ports and what they learned. */
  unbridge(leg: MediaLeg): void;
  /**
   * Leases a pair for a stream beside the leg's sound (video, fax), which passes as it comes and is never recorded. Undefined when there
   * is none left. It ends with its leg.
   */
  openStream(leg: MediaLeg, options: OpenStreamOptions): MediaStream | undefined;
  /** Joins streams of two legs, in both directions. They part when one of the legs leaves the other. */
  bridgeStreams(a: MediaStream, b: MediaStream): void;
  /** Sends the leg's own RTP back to it. */
  echo(leg: MediaLeg): void;
  /**
   * Records into a two-channel G.711 WAV, with a journal beside it: on each channel what its source says, a leg or a room (the same
   * leg may be on both; a channel without one is silent). A call without legs of its own may record a room: open it beside those who
   * meet there. Starts now, ends with the call or by `stopRecording`; ends in exactly one
   * `recording-finished` or `recording-failed`. One recording of a call at a time; the file must not exist, its directory is
   * made. What becomes of the file then is `Finisher`'s.
   */
  record(options: RecordOptions): void;
  /**
   * From now on the channel of the recording that runs holds what this leg says, or a room; undefined: silence. The recording goes on in
   * the same file. A leg that closes leaves its channel by itself. Nothing happens when no recording runs.
   */
  recordFrom(channel: Channel, source: RecordingSource | undefined): void;
  /** Writes silence, and keeps nothing of the sound, until `resumeRecording`. Idempotent. */
  pauseRecording(): void;
  resumeRecording(): void;
  /** Ends the recording, the call goes on. Nothing happens when none runs. */
  stopRecording(why: RecordingEnd): void;
  /**
   * Sends a key press to a leg as a telephone event (RFC 4733), in the stream that it hears. Presses wait for each other, up to
   * 64 of them; one that is longer than an event can say (65,535 of its clock) is cut.
   */
  sendDigit(leg: MediaLeg, press: KeyPress): void;
  /** Sends a key press to a leg as a tone in its sound, in place of what it hears. Presses wait for each other, up to 64. */
  sendTone(leg: MediaLeg, press: TonePress): void;
  /**
   * From now on keys in the sound that comes from a leg are told by `dtmf`, and whoever else hears the leg does not hear their tones
   * (but for the first moment of each). No sources: no more of it.
   */
  hearTones(leg: MediaLeg, sources: ToneSources): void;
  /**
   * Plays something to a leg in place of what it heard; what was being played to it ends. It ends in exactly one `played` with the
   * number that this returns.
   */
  play(leg: MediaLeg, order: Omit<PlayOrder, 'id'>): number;
  /** Ends what is being played to the leg, within `fadeMs` (10 unless given). */
  stopPlaying(leg: MediaLeg, options?: { readonly fadeMs?: number }): void;
  /**
   * Gathers the keys that are pressed on a leg; they are told by no `dtmf` meanwhile. What was being gathered there ends. It ends in
   * exactly one `collected` with the number that this returns. Its time begins when what is being played to the leg has ended.
   */
  collect(leg: MediaLeg, order: Omit<CollectOrder, 'id'>): number;
  stopCollecting(leg: MediaLeg): void;
  /** A key of a leg that came by signalling (SIP INFO): it counts as one that was heard. */
  pressed(leg: MediaLeg, key: DtmfKey): void;
  /**
   * Takes a leg into a room in which all hear each other, whatever calls they are of; it leaves what it was joined to. `unbridge`
   * takes it out again. Only calls of one worker can meet in a room: open them beside each other.
   */
  joinRoom(leg: MediaLeg, order: RoomOrder): void;
  /** Mutes, deafens, amplifies a party, or changes by whom it is heard. */
  changeInRoom(leg: MediaLeg, change: RoomChange): void;
  /** From now on (the answer) silence and hold are timed; early media is not. */
  supervise(): void;
  /** Gives all ports back (they rest before their next call), finishes the recording; then `closed` comes. Idempotent. */
  close(): void;
}

/** What becomes of sound on its way between two legs. */
export interface BridgeWays {
  readonly aToB?: PayloadTypeMap;
  readonly bToA?: PayloadTypeMap;
  /** What does not pass as it is. */
  readonly conversions?: Conversions;
}

export interface Conversions {
  readonly aToB?: Conversion;
  readonly bToA?: Conversion;
}

/** A leg, and who is to be named as speaking on it; or a room. */
export type RecordingSource = { readonly leg: MediaLeg; readonly party: RecordedParty } | RecordedRoom;

/**
 * A room of the call's worker as one hears it who is no party of it: the sum of all who talk to everybody, whatever codecs they have.
 * It need not be there yet, and is recorded again when somebody comes after all have left. The manifest names its parties.
 */
export interface RecordedRoom {
  readonly room: string;
  /** A party, by the name that it has in the room, whose sound is left out. */
  readonly without?: string;
}

export interface RecordOptions {
  readonly path: string;
  /** `Domain.id`, for the manifest. */
  readonly domain?: string;
  readonly left?: RecordingSource | undefined;
  readonly right?: RecordingSource | undefined;
  /** In place of both: on both channels. */
  readonly mix?: RecordingSource | undefined;
  /** What is to become of the file. Default: it stays as it is. */
  readonly format?: RecordingFormat;
  /** A recording that turns out to be shorter is not kept, milliseconds. Default 0. */
  readonly minimumMs?: number;
  /** It ends by itself (`quiet`) when nothing was heard for so long, and keeps no silence at its end. Default: it does not. */
  readonly quietMs?: number;
  /** Encrypts the file, whose name then ends in `.vrec`: `newSeal` makes it of the domain's key. */
  readonly seal?: Seal | undefined;
}

export interface OpenLegOptions {
  readonly family: AddressFamily;
  /** The observed address (no port) of the leg's SIP peer: believed as a source of media, as the claimed one is. */
  readonly signalling: string;
  /** What to write into SDP instead of the bound address. */
  readonly advertise?: string;
}

export interface OpenStreamOptions {
  /** As its m-line says it: for the statistics. */
  readonly kind: string;
  readonly transport: StreamTransport;
}

/** One leg's end of a stream beside its sound. */
export interface MediaStream {
  /** What our SDP to the leg says of it. */
  readonly local: LocalMedia;
  /** As `MediaLeg.update`. */
  update(media: StreamMedia, options: { newOffer: boolean }): void;
  /** Gives its ports back. Idempotent. */
  close(): void;
}

export interface MediaLeg {
  readonly name: string;
  /** What our SDP to this leg says. */
  readonly local: LocalMedia;
  /**
   * The peer's description changed (or became known). `newOffer` is true when an offer/answer exchange has completed that
   * was not a mere refresh: then the source is learned anew if what the peer claims has changed.
   */
  update(media: LegMedia, options: { newOffer: boolean; signalling?: string }): void;
  /** Gives the leg's ports back and takes it out of its bridge; the call and its recording go on. Idempotent. */
  close(): void;
}

/** An address and a pair of ports, as SDP is to name them. */
export interface LocalMedia {
  /** Advertised if given, else bound. */
  readonly address: string;
  readonly port: number;
  readonly rtcpPort: number;
}

export type MediaEvent =
  /** The source of a leg's RTP is locked. */
  | { kind: 'learned'; leg: string; observed: Endpoint; claimed: Endpoint | undefined }
  /** A key was pressed, and let go: told once a press, of events that a bridge maps to `TOLD`. */
  | { kind: 'dtmf'; leg: string; key: DtmfKey; milliseconds: number }
  /** What was being played to a leg has ended; `detail` says why it failed. */
  | { kind: 'played'; leg: string; play: number; why: PlayEnd; playedMs: number; detail?: string }
  /** Keys that are being gathered, so far: told of an order that asks for it. */
  | { kind: 'key'; leg: string; collect: number; digits: string }
  /** The keys that were gathered; a terminator is not among the digits. */
  | { kind: 'collected'; leg: string; collect: number; digits: string; why: CollectEnd; terminator?: DtmfKey }
  /** This leg's party is now the one that talks most in its room. */
  | { kind: 'speaking'; leg: string; room: string }
  /**
   * The room is full, has a party of that name, or is one too many, or the leg hears a codec in which no sound can be made: it is
   * joined to nothing.
   */
  | { kind: 'room-refused'; leg: string; room: string }
  /**
   * This leg has not been heard for 3 s while another was, the call being answered and nobody on hold. `stranger`: packets come to
   * its port from there, which nothing in its signalling names.
   */
  | {
      kind: 'one-way';
      leg: string;
      everHeard: boolean;
      claimed: Endpoint | undefined;
      stranger: Endpoint | undefined;
    }
  /** No leg has been heard for 3 s. */
  | { kind: 'silent' }
  /** All are heard again who were not; so long after the last packet before. */
  | { kind: 'recovered'; milliseconds: number }
  /** No leg that takes part was heard for `silenceTimeout` while none was held. Told once a silence. */
  | { kind: 'silence'; milliseconds: number }
  /** A leg has been held for `holdTimeout`. Told once a hold. */
  | { kind: 'hold-expired'; milliseconds: number }
  | {
      kind: 'recording-finished';
      path: string;
      law: Law;
      durationMs: number;
      octets: number;
      why: RecordingEnd;
    }
  /** The file ends early; what was written before stays playable. The call goes on. */
  | {
      kind: 'recording-failed';
      path: string;
      reason: RecordingFault;
      detail: string;
      durationMs: number;
      octets: number;
    }
  /** The last event of a call that was closed. */
  | { kind: 'closed'; legs: readonly LegStatistics[] }
  /** The last event of a call whose worker died: its media and ports are gone. The call must end. */
  | { kind: 'lost'; detail: string };

export interface StreamStatistics {
  /** Packets and octets (whole datagrams) accepted from the leg. */
  packets: number;
  octets: number;
  /** Packets and octets sent to the leg. */
  sentPackets: number;
  sentOctets: number;
  /** Missing by sequence number (RTP only). */
  lost: number;
  /** Dropped: from an address that is not the leg's. */
  foreign: number;
  /** Dropped: not RTP or RTCP. */
  malformed: number;
  /** Dropped: payload type that the other side did not negotiate (RTP only). */
  unmapped: number;
  /** Dropped: more packets in one second than any codec sends. */
  excess: number;
  /** Dropped: not protected with the leg's key, of a leg that is encrypted. */
  unauthentic: number;
  /** Dropped: protected packets that there were already, or that are too late to tell. */
  replayed: number;
}

/** How well sound goes both ways on a leg. */
export interface LegQuality {
  /** Interarrival jitter of what came from the leg (RFC 3550 §6.4.1), milliseconds: at its end, and the greatest. */
  readonly jitterMs: number;
  readonly greatestJitterMs: number;
  readonly duplicates: number;
  readonly reordered: number;
  /** Mean opinion score of what came from it, estimated (ITU-T G.107): 1 to 4.4. Undefined when nothing came. */
  readonly score: number | undefined;
  /** To the leg's peer and back, by its reports. Undefined when it sent none, or none of ours reached it. */
  readonly roundTripMs: number | undefined;
  /** What the peer reported of the sound that it got; undefined when it reported nothing. */
  readonly reported: PeerReception | undefined;
}

export interface LegStatistics {
  readonly leg: string;
  readonly claimed: Endpoint | undefined;
  readonly observed: Endpoint | undefined;
  readonly rtp: StreamStatistics;
  readonly rtcp: StreamStatistics;
  readonly quality: LegQuality;
  /** Streams beside the sound that there were, in the order of their end; absent where there were none. */
  readonly streams?: readonly StreamTally[];
}

/** What came and went of one stream beside a leg's sound. */
export interface StreamTally {
  /** video, image, … */
  readonly kind: string;
  readonly claimed: Endpoint | undefined;
  readonly observed: Endpoint | undefined;
  /** Its datagrams, also where they are no RTP; none are `lost` then. */
  readonly rtp: StreamStatistics;
  readonly rtcp: StreamStatistics;
  /** As of `LegQuality`, at its end. */
  readonly jitterMs: number;
}

/** Of a leg on which nothing has been heard yet. */
export function noQuality(): LegQuality {
  return {
    jitterMs: 0,
    greatestJitterMs: 0,
    duplicates: 0,
    reordered: 0,
    score: undefined,
    roundTripMs: undefined,
    reported: undefined,
  };
}

/** Counters at their beginning. */
export function noPackets(): StreamStatistics {
  return {
    packets: 0,
    octets: 0,
    sentPackets: 0,
    sentOctets: 0,
    lost: 0,
    foreign: 0,
    malformed: 0,
    unmapped: 0,
    excess: 0,
    unauthentic: 0,
    replayed: 0,
  };
}

export interface MediaPlaneStatistics {
  readonly workers: number;
  readonly calls: number;
  readonly recordings: number;
  /** Legs that have keys, or await them. */
  readonly encryptedLegs: number;
  /** Calls whose sound is converted, one way or both. */
  readonly convertedCalls: number;
  /** Pairs, not ports. */
  readonly pairs: { readonly leased: number; readonly warm: number; readonly total: number };
  /** Workers that died and were replaced since the start. */
  readonly workersLost: number;
}

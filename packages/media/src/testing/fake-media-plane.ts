import type { Clock, Endpoint, Ledger } from '@vats/kernel';
import type { CollectOrder, TonePress } from '../plane/leg-sound.ts';
import {
  type AddressFamily,
  type BridgeWays,
  type Conversions,
  type LegStatistics,
  type LocalMedia,
  type MediaCall,
  type MediaEvent,
  type MediaLeg,
  type MediaPlane,
  type MediaPlaneStatistics,
  type MediaStream,
  noPackets,
  noQuality,
  type OpenLegOptions,
  type OpenStreamOptions,
  type RecordedRoom,
  type RecordingSource,
  type RecordOptions,
} from '../plane/media-plane.ts';
import type { PlayOrder } from '../plane/playback.ts';
import type { RoomChange, RoomOrder } from '../plane/room-order.ts';
import type { ToneSources } from '../plane/tone-ear.ts';
import type { Channel, RecordedParty, RecordingEnd } from '../recording/note.ts';
import type { KeyPress } from '../rtp/key-writer.ts';
import type { DtmfKey } from '../rtp/telephone-event.ts';
import type { LegMedia, PayloadTypeMap } from '../sdp/leg-media.ts';
import type { StreamMedia } from '../sdp/stream-media.ts';
import { FakeSound } from './fake-sound.ts';

/** A leg by name, and who is said to speak on it; or a room. */
export type RecordedLeg = { readonly leg: string; readonly party: RecordedParty } | RecordedRoom;

/** A command as it was given, legs by name. */
export type MediaCommand =
  | { readonly do: 'open-leg'; readonly leg: string; readonly options: OpenLegOptions }
  | { readonly do: 'update'; readonly leg: string; readonly media: LegMedia; readonly newOffer: boolean }
  | {
      readonly do: 'bridge';
      readonly a: string;
      readonly b: string;
      readonly aToB: PayloadTypeMap;
      readonly bToA: PayloadTypeMap;
      readonly conversions?: Conversions;
    }
  | { readonly do: 'unbridge'; readonly leg: string }
  | { readonly do: 'echo'; readonly leg: string }
  | {
      readonly do: 'record';
      readonly path: string;
      readonly left?: RecordedLeg;
      readonly right?: RecordedLeg;
      readonly mix?: RecordedLeg;
    }
  | { readonly do: 'record-from'; readonly channel: Channel; readonly source?: RecordedLeg }
  | { readonly do: 'pause-recording' | 'resume-recording' }
  | { readonly do: 'stop-recording'; readonly why: RecordingEnd }
  | { readonly do: 'send-digit'; readonly leg: string; readonly press: KeyPress }
  | { readonly do: 'play'; readonly leg: string; readonly order: PlayOrder }
  | { readonly do: 'stop-playing'; readonly leg: string }
  | { readonly do: 'collect'; readonly leg: string; readonly order: CollectOrder }
  | { readonly do: 'stop-collecting'; readonly leg: string }
  | { readonly do: 'pressed'; readonly leg: string; readonly key: DtmfKey }
  | { readonly do: 'send-tone'; readonly leg: string; readonly press: TonePress }
  | { readonly do: 'hear-tones'; readonly leg: string; readonly sources: ToneSources }
  | { readonly do: 'join-room'; readonly leg: string; readonly order: RoomOrder }
  | { readonly do: 'change-in-room'; readonly leg: string; readonly change: RoomChange }
  | { readonly do: 'open-stream'; readonly leg: string; readonly port: number; readonly options: OpenStreamOptions }
  | { readonly do: 'update-stream'; readonly leg: string; readonly port: number; readonly media: StreamMedia }
  | { readonly do: 'bridge-streams'; readonly a: number; readonly b: number }
  | { readonly do: 'close-stream'; readonly leg: string; readonly port: number }
  | { readonly do: 'supervise' }
  | { readonly do: 'close-leg'; readonly leg: string }
  | { readonly do: 'close' };

export interface FakeMediaPlaneOptions {
  /** Events come by its timers of 0 ms, so `clock.advance(0)` delivers them. */
  readonly clock: Clock;
  /** Gets the same counts as from the real plane. */
  readonly ledger?: Ledger;
  /** Default: 127.0.0.1 and ::1. */
  readonly addresses?: Partial<Record<AddressFamily, string>>;
  /** Pairs that can be leased at once. Default 1000. */
  readonly pairs?: number;
}

const FIRST_PORT = 20_000;

/**
 * A media plane without sockets, for tests of what stands above: it keeps every command, leases ports in order (20000,
 * 20002, …; given back ones are not used again), and does to recordings and closings what the real one does.
 */
export class FakeMediaPlane implements MediaPlane {
  readonly families: readonly AddressFamily[];
  /** Every call ever opened, closed ones too, in order. */
  readonly calls: FakeMediaCall[] = [];
  readonly #clock: Clock;
  readonly #addresses: Partial<Record<AddressFamily, string>>;
  readonly #pairs: number;
  #nextPort = FIRST_PORT;
  #leased = 0;

  constructor(options: FakeMediaPlaneOptions) {
    this.#clock = options.clock;
    this.#addresses = options.addresses ?? { 4: '127.0.0.1', 6: '::1' };
    this.#pairs = options.pairs ?? 1000;
    this.families = ([4, 6] as const).filter((family) => this.#addresses[family] !== undefined);
    options.ledger?.enrol('media calls', () => this.statistics().calls);
    options.ledger?.enrol('media port pairs', () => this.#leased);
    options.ledger?.enrol('recordings', () => this.statistics().recordings);
  }

  openCall(callId: string, user: (event: MediaEvent) => void): FakeMediaCall | undefined {
    if (this.#leased >= this.#pairs) return undefined;
    const call = new FakeMediaCall(this, this.#clock, callId, user);
    this.calls.push(call);
    return call;
  }

  /** The newest call with that id; a test that asks for another is wrong. */
  call(callId: string): FakeMediaCall {
    const call = this.calls.findLast((each) => each.callId === callId);
    if (call === undefined) throw new Error(`no media call ${callId}`);
    return call;
  }

  statistics(): MediaPlaneStatistics {
    const open = this.calls.filter((call) => !call.ended);
    return {
      workers: 1,
      calls: open.length,
      recordings: open.filter((call) => call.recording !== undefined).length,
      encryptedLegs: open.reduce((sum, call) => sum + call.encryptedLegs, 0),
      convertedCalls: open.filter((call) => call.converts).length,
      pairs: { leased: this.#leased, warm: this.#pairs - this.#leased, total: this.#pairs },
      workersLost: 0,
    };
  }

  async close(): Promise<void> {
    for (const call of this.calls) call.close();
  }

  /** For FakeMediaCall. */
  lease(options: OpenLegOptions): LocalMedia | undefined {
    const bound = this.#addresses[options.family];
    if (bound === undefined || this.#leased >= this.#pairs) return undefined;
    this.#leased++;
    const port = this.#nextPort;
    this.#nextPort += 2;
    return { address: options.advertise ?? bound, port, rtcpPort: port + 1 };
  }

  /** For FakeMediaCall. */
  giveBack(): void {
    this.#leased--;
  }
}

export class FakeMediaCall implements MediaCall {
  readonly callId: string;
  readonly commands: MediaCommand[] = [];
  /** The recording that runs. */
  recording: { readonly path: string; readonly startedAt: number } | undefined;
  /** Its last event has been delivered. */
  ended = false;
  readonly #plane: FakeMediaPlane;
  readonly #clock: Clock;
  readonly #user: (event: MediaEvent) => void;
  readonly #legs = new Map<string, FakeMediaLeg>();
  readonly #joined = new Map<string, string>();
  readonly #sound: FakeSound;
  #converts = false;
  #closing = false;
  #lastOrder = 0;

  constructor(plane: FakeMediaPlane, clock: Clock, callId: string, user: (event: MediaEvent) => void) {
    this.#plane = plane;
    this.#clock = clock;
    this.callId = callId;
    this.#user = user;
    this.#sound = new FakeSound(clock, (leg, key, milliseconds) => this.emit({ kind: 'dtmf', leg, key, milliseconds }));
  }

  /** Delivers an event now, as the plane would in a turn of its own. */
  emit(event: MediaEvent): void {
    if (event.kind.startsWith('recording-')) this.recording = undefined;
    if (event.kind === 'lost') for (const leg of this.#legs.values()) leg.release();
    if (event.kind === 'closed' || event.kind === 'lost') this.ended = true;
    this.#user(event);
  }

  /** A packet comes from this leg's peer: relayed, or told, as the bridge says. */
  says(leg: string, packet: Buffer): void {
    this.#sound.say(leg, this.#joined.get(leg), packet);
  }

  /** Whole packets that this leg's peer was sent, in order: what others said, and keys. */
  heardAt(leg: string): readonly Buffer[] {
    return this.#sound.heardAt(leg);
  }

  /** The name of the leg that hears `leg`; its own when it echoes. */
  heardBy(leg: string): string | undefined {
    return this.#joined.get(leg);
  }

  /** Sound is converted between legs that are joined. */
  get converts(): boolean {
    return this.#converts && this.#joined.size > 0;
  }

  get encryptedLegs(): number {
    return [...this.#legs.values()].filter((leg) => leg.open && leg.media?.srtp !== undefined).length;
  }

  leg(name: string): FakeMediaLeg {
    const leg = this.#legs.get(name);
    if (leg === undefined) throw new Error(`no media leg ${name} in ${this.callId}`);
    return leg;
  }

  openLeg(name: string, options: OpenLegOptions): FakeMediaLeg | undefined {
    if (this.#closing || this.ended) return undefined;
    if (this.#legs.get(name)?.open) throw new Error(`leg ${name} is open already`);
    const local = this.#plane.lease(options);
    if (local === undefined) return undefined;
    this.commands.push({ do: 'open-leg', leg: name, options });
    const leg = new FakeMediaLeg(this, this.#plane, name, local, options);
    this.#legs.set(name, leg);
    return leg;
  }

  bridge(a: MediaLeg, b: MediaLeg, ways: BridgeWays = {}): void {
    if (a === b) throw new Error('a leg cannot be bridged to itself: echo()');
    this.part(a.name);
    this.part(b.name);
    this.#joined.set(a.name, b.name).set(b.name, a.name);
    const { aToB = [], bToA = [], conversions } = ways;
    this.#converts = conversions !== undefined;
    this.#sound.join(a.name, b.name, aToB, conversions?.aToB);
    this.#sound.join(b.name, a.name, bToA, conversions?.bToA);
    const converted = conversions === undefined ? {} : { conversions };
    this.commands.push({ do: 'bridge', a: a.name, b: b.name, aToB, bToA, ...converted });
  }

  unbridge(leg: MediaLeg): void {
    this.part(leg.name);
    this.commands.push({ do: 'unbridge', leg: leg.name });
  }

  echo(leg: MediaLeg): void {
    this.part(leg.name);
    this.#converts = false;
    this.#joined.set(leg.name, leg.name);
    this.commands.push({ do: 'echo', leg: leg.name });
  }

  openStream(leg: MediaLeg, options: OpenStreamOptions): FakeMediaStream | undefined {
    if (this.#closing || this.ended || !(leg instanceof FakeMediaLeg) || !leg.open) return undefined;
    const local = this.#plane.lease(leg.options);
    if (local === undefined) return undefined;
    this.commands.push({ do: 'open-stream', leg: leg.name, port: local.port, options });
    const stream = new FakeMediaStream(this, this.#plane, leg.name, local);
    leg.streams.push(stream);
    return stream;
  }

  bridgeStreams(a: MediaStream, b: MediaStream): void {
    this.commands.push({ do: 'bridge-streams', a: a.local.port, b: b.local.port });
  }

  record({ path, left, right, mix }: RecordOptions): void {
    if (this.recording !== undefined) throw new Error(`${this.callId} is being recorded already`);
    this.recording = { path, startedAt: this.#clock.monotonic() };
    this.commands.push({
      ...({ do: 'record', path } as const),
      ...(left !== undefined && { left: named(left) }),
      ...(right !== undefined && { right: named(right) }),
      ...(mix !== undefined && { mix: named(mix) }),
    });
  }

  recordFrom(channel: Channel, source: RecordingSource | undefined): void {
    if (this.recording === undefined) return;
    this.commands.push({ do: 'record-from', channel, ...(source !== undefined && { source: named(source) }) });
  }

  pauseRecording(): void {
    if (this.recording !== undefined) this.commands.push({ do: 'pause-recording' });
  }

  resumeRecording(): void {
    if (this.recording !== undefined) this.commands.push({ do: 'resume-recording' });
  }

  stopRecording(why: RecordingEnd): void {
    const recording = this.recording;
    if (recording === undefined || this.#closing) return;
    this.commands.push({ do: 'stop-recording', why });
    this.#clock.after(0, () => {
      if (this.recording === recording) this.#finishRecording(recording, why);
    });
  }

  sendDigit(leg: MediaLeg, press: KeyPress): void {
    this.commands.push({ do: 'send-digit', leg: leg.name, press });
    this.#sound.press(leg.name, press);
  }

  /** A test ends it by `emit({ kind: 'played', ... })`, as time passes for nobody here. */
  play(leg: MediaLeg, order: Omit<PlayOrder, 'id'>): number {
    const id = ++this.#lastOrder;
    this.commands.push({ do: 'play', leg: leg.name, order: { ...order, id } });
    return id;
  }

  stopPlaying(leg: MediaLeg): void {
    this.commands.push({ do: 'stop-playing', leg: leg.name });
  }

  /** A test ends it by `emit({ kind: 'collected', ... })`. */
  collect(leg: MediaLeg, order: Omit<CollectOrder, 'id'>): number {
    const id = ++this.#lastOrder;
    this.commands.push({ do: 'collect', leg: leg.name, order: { ...order, id } });
    return id;
  }

  stopCollecting(leg: MediaLeg): void {
    this.commands.push({ do: 'stop-collecting', leg: leg.name });
  }

  pressed(leg: MediaLeg, key: DtmfKey): void {
    this.commands.push({ do: 'pressed', leg: leg.name, key });
  }

  sendTone(leg: MediaLeg, press: TonePress): void {
    this.commands.push({ do: 'send-tone', leg: leg.name, press });
  }

  /** A test presses a key in the sound by `emit({ kind: 'dtmf', ... })`. */
  hearTones(leg: MediaLeg, sources: ToneSources): void {
    this.commands.push({ do: 'hear-tones', leg: leg.name, sources });
  }

  joinRoom(leg: MediaLeg, order: RoomOrder): void {
    this.part(leg.name);
    this.commands.push({ do: 'join-room', leg: leg.name, order });
  }

  changeInRoom(leg: MediaLeg, change: RoomChange): void {
    this.commands.push({ do: 'change-in-room', leg: leg.name, change });
  }

  supervise(): void {
    this.commands.push({ do: 'supervise' });
  }

  close(): void {
    if (this.#closing || this.ended) return;
    this.#closing = true;
    this.commands.push({ do: 'close' });
    for (const leg of this.#legs.values()) leg.release();
    this.#clock.after(0, () => this.#finish());
  }

  /** For FakeMediaLeg: what its peer says of its media. */
  describe(leg: string, media: LegMedia): void {
    this.#sound.update(leg, media);
  }

  /** For FakeMediaLeg: it is given back. */
  hush(leg: string): void {
    this.#sound.close(leg);
  }

  /** For FakeMediaLeg: takes the leg and its peer out of their bridge. */
  part(leg: string): void {
    const peer = this.#joined.get(leg);
    this.#joined.delete(leg);
    if (peer !== undefined) this.#joined.delete(peer);
  }

  #finish(): void {
    if (this.recording !== undefined) this.#finishRecording(this.recording, 'call-ended');
    this.emit({ kind: 'closed', legs: [...this.#legs.values()].map((leg) => leg.statistics()) });
  }

  #finishRecording({ path, startedAt }: { path: string; startedAt: number }, why: RecordingEnd): void {
    const durationMs = this.#clock.monotonic() - startedAt;
    const octets = 58 + Math.round(durationMs * 16);
    this.emit({ kind: 'recording-finished', path, law: 'PCMA', durationMs, octets, why });
  }
}

function named(source: RecordingSource): RecordedLeg {
  return 'leg' in source ? { leg: source.leg.name, party: source.party } : source;
}

export class FakeMediaLeg implements MediaLeg {
  readonly name: string;
  readonly local: LocalMedia;
  open = true;
  /** What the last update said. */
  media: LegMedia | undefined;
  /** A test sets what the leg is to have learned. */
  observed: Endpoint | undefined;
  /** Every one that it ever had. */
  readonly streams: FakeMediaStream[] = [];
  /** For FakeMediaCall. */
  readonly options: OpenLegOptions;
  readonly #call: FakeMediaCall;
  readonly #plane: FakeMediaPlane;

  constructor(call: FakeMediaCall, plane: FakeMediaPlane, name: string, local: LocalMedia, options: OpenLegOptions) {
    this.#call = call;
    this.options = options;
    this.#plane = plane;
    this.name = name;
    this.local = local;
  }

  update(media: LegMedia, options: { newOffer: boolean; signalling?: string }): void {
    this.media = media;
    this.#call.commands.push({ do: 'update', leg: this.name, media, newOffer: options.newOffer });
    this.#call.describe(this.name, media);
  }

  close(): void {
    if (!this.open) return;
    this.#call.part(this.name);
    this.#call.commands.push({ do: 'close-leg', leg: this.name });
    this.release();
  }

  /** For FakeMediaCall. */
  release(): void {
    if (!this.open) return;
    this.open = false;
    for (const stream of this.streams) stream.release();
    this.#call.hush(this.name);
    this.#plane.giveBack();
  }

  statistics(): LegStatistics {
    return {
      leg: this.name,
      claimed: this.media?.claimed,
      observed: this.observed,
      rtp: noPackets(),
      rtcp: noPackets(),
      quality: noQuality(),
    };
  }
}

export class FakeMediaStream implements MediaStream {
  readonly local: LocalMedia;
  open = true;
  /** What the last update said. */
  media: StreamMedia | undefined;
  readonly #call: FakeMediaCall;
  readonly #plane: FakeMediaPlane;
  readonly #leg: string;

  constructor(call: FakeMediaCall, plane: FakeMediaPlane, leg: string, local: LocalMedia) {
    this.#call = call;
    this.#plane = plane;
    this.#leg = leg;
    this.local = local;
  }

  update(media: StreamMedia): void {
    this.media = media;
    this.#call.commands.push({ do: 'update-stream', leg: this.#leg, port: this.local.port, media });
  }

  close(): void {
    if (!this.open) return;
    this.#call.commands.push({ do: 'close-stream', leg: this.#leg, port: this.local.port });
    this.release();
  }

  /** For FakeMediaLeg. */
  release(): void {
    if (!this.open) return;
    this.open = false;
    this.#plane.giveBack();
  }
}

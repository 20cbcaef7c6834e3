import type { Clock } from '@vats/kernel';
import type { CollectOrder, TonePress } from '../plane/leg-sound.ts';
import type {
  BridgeWays,
  MediaCall,
  MediaEvent,
  MediaLeg,
  MediaStream,
  OpenLegOptions,
  OpenStreamOptions,
  RecordingSource,
  RecordOptions,
} from '../plane/media-plane.ts';
import type { PlayOrder } from '../plane/playback.ts';
import type { RoomChange, RoomOrder } from '../plane/room-order.ts';
import type { ToneSources } from '../plane/tone-ear.ts';
import type { Channel, RecordingEnd } from '../recording/note.ts';
import type { KeyPress } from '../rtp/key-writer.ts';
import type { DtmfKey } from '../rtp/telephone-event.ts';
import type { LegMedia } from '../sdp/leg-media.ts';
import { FakeMediaLeg } from './fake-media-leg.ts';
import type { FakeMediaPlane } from './fake-media-plane.ts';
import { FakeMediaStream } from './fake-media-stream.ts';
import { FakeSound } from './fake-sound.ts';
import { type MediaCommand, named } from './media-command.ts';

/** A call of a `FakeMediaPlane`: keeps what it is told to do, and tells what a test has it tell. */
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

  record({ path, left, right, mix, quietMs }: RecordOptions): void {
    if (this.recording !== undefined) throw new Error(`${this.callId} is being recorded already`);
    this.recording = { path, startedAt: this.#clock.monotonic() };
    this.commands.push({
      ...({ do: 'record', path } as const),
      ...(left !== undefined && { left: named(left) }),
      ...(right !== undefined && { right: named(right) }),
      ...(mix !== undefined && { mix: named(mix) }),
      ...(quietMs !== undefined && { quietMs }),
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

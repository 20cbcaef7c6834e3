import type { Channel, RecordingEnd } from '../recording/note.ts';
import type { KeyPress } from '../rtp/key-writer.ts';
import type { DtmfKey } from '../rtp/telephone-event.ts';
import type { LegMedia } from '../sdp/leg-media.ts';
import type { StreamMedia } from '../sdp/stream-media.ts';
import type { Crew } from './crew.ts';
import type { CollectOrder, TonePress } from './leg-sound.ts';
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
} from './media-plane.ts';
import type { Command, RecordedSource } from './messages.ts';
import type { PlayOrder } from './playback.ts';
import type { RoomChange, RoomOrder } from './room-order.ts';
import type { ToneSources } from './tone-ear.ts';
import { numberOf, WorkerMediaLeg } from './worker-media-leg.ts';
import { numberOfStream, WorkerMediaStream } from './worker-media-stream.ts';

/** A call of the plane: what is asked of it becomes commands to the worker that has it; what it leased, it gives back. */
export class WorkerMediaCall implements MediaCall {
  readonly callId: string;
  /** For the plane. */
  readonly crew: Crew;
  readonly #number: number;
  readonly #user: (event: MediaEvent) => void;
  readonly #legs = new Set<WorkerMediaLeg>();
  readonly #streams = new Set<WorkerMediaStream>();
  /** Of legs and streams. */
  #lastLeg = 0;
  /** Of what was played and collected. */
  #lastOrder = 0;
  /** Path of the recording that runs. */
  #recording: string | undefined;
  #converts = false;
  #open = true;

  constructor(crew: Crew, number: number, callId: string, user: (event: MediaEvent) => void) {
    this.callId = callId;
    this.crew = crew;
    this.#number = number;
    this.#user = user;
    crew.calls.set(number, this);
    this.#sendPatiently({ do: 'open-call', call: number });
  }

  // A pair need not be taken before it is bridged.
  openLeg(name: string, options: OpenLegOptions): MediaLeg | undefined {
    if (!this.#open) return undefined;
    const { family, signalling, advertise } = options;
    const local = this.crew.lease(family, advertise);
    if (local === undefined) return undefined;
    const leg = new WorkerMediaLeg(this, ++this.#lastLeg, name, local, options);
    this.#legs.add(leg);
    const call = this.#number;
    this.#sendPatiently({ do: 'open-leg', call, leg: leg.number, name, family, port: local.port, signalling });
    return leg;
  }

  bridge(a: MediaLeg, b: MediaLeg, ways: BridgeWays = {}): void {
    if (a === b) throw new Error('a leg cannot be bridged to itself: echo()');
    const { aToB = [], bToA = [], conversions } = ways;
    const joined = { call: this.#number, a: numberOf(a), b: numberOf(b) };
    this.#convert(conversions !== undefined);
    this.#send({ do: 'bridge', ...joined, aToB, bToA, ...(conversions !== undefined && { conversions }) });
  }

  unbridge(leg: MediaLeg): void {
    this.#convert(false);
    this.#send({ do: 'unbridge', call: this.#number, leg: numberOf(leg) });
  }

  openStream(leg: MediaLeg, { kind, transport }: OpenStreamOptions): MediaStream | undefined {
    if (!this.#open || !(leg instanceof WorkerMediaLeg) || !this.#legs.has(leg)) return undefined;
    const { family, signalling, advertise } = leg.options;
    const local = this.crew.lease(family, advertise);
    if (local === undefined) return undefined;
    const stream = new WorkerMediaStream(this, ++this.#lastLeg, leg, local);
    this.#streams.add(stream);
    const numbers = { call: this.#number, leg: leg.number, stream: stream.number };
    this.#sendPatiently({ do: 'open-stream', ...numbers, kind, transport, family, port: local.port, signalling });
    return stream;
  }

  bridgeStreams(a: MediaStream, b: MediaStream): void {
    this.#send({ do: 'bridge-streams', call: this.#number, a: numberOfStream(a), b: numberOfStream(b) });
  }

  echo(leg: MediaLeg): void {
    this.#convert(false);
    this.#send({ do: 'echo', call: this.#number, leg: numberOf(leg) });
  }

  record({ path, domain, left, right, mix, format = 'wav', minimumMs = 0, quietMs, seal }: RecordOptions): void {
    if (!this.#open) return;
    if (this.#recording !== undefined) throw new Error(`${this.callId} is being recorded already`);
    this.#recording = path;
    this.crew.tally.recordings++;
    const order = {
      ...{ path, callId: this.callId, format, minimumMs },
      ...(domain !== undefined && { domain }),
      ...(quietMs !== undefined && { quietMs }),
      ...(seal !== undefined && { seal: { key: seal.key.toString('base64'), salt: seal.salt.toString('base64') } }),
    };
    const sources = { left: numbered(left), right: numbered(right), ...(mix !== undefined && { mix: numbered(mix) }) };
    this.#send({ do: 'record', call: this.#number, order, ...sources });
  }

  recordFrom(channel: Channel, source: RecordingSource | undefined): void {
    if (this.#recording === undefined) return;
    this.#send({ do: 'record-from', call: this.#number, channel, source: numbered(source) });
  }

  pauseRecording(): void {
    if (this.#recording !== undefined) this.#send({ do: 'pause-recording', call: this.#number });
  }

  resumeRecording(): void {
    if (this.#recording !== undefined) this.#send({ do: 'resume-recording', call: this.#number });
  }

  stopRecording(why: RecordingEnd): void {
    if (this.#recording !== undefined) this.#send({ do: 'stop-recording', call: this.#number, why });
  }

  sendDigit(leg: MediaLeg, press: KeyPress): void {
    this.#send({ do: 'send-digit', call: this.#number, leg: numberOf(leg), press });
  }

  play(leg: MediaLeg, order: Omit<PlayOrder, 'id'>): number {
    const id = ++this.#lastOrder;
    this.#send({ do: 'play', call: this.#number, leg: numberOf(leg), order: { ...order, id } });
    return id;
  }

  stopPlaying(leg: MediaLeg, options: { readonly fadeMs?: number } = {}): void {
    this.#send({ do: 'stop-playing', call: this.#number, leg: numberOf(leg), fadeMs: options.fadeMs });
  }

  collect(leg: MediaLeg, order: Omit<CollectOrder, 'id'>): number {
    const id = ++this.#lastOrder;
    this.#send({ do: 'collect', call: this.#number, leg: numberOf(leg), order: { ...order, id } });
    return id;
  }

  stopCollecting(leg: MediaLeg): void {
    this.#send({ do: 'stop-collecting', call: this.#number, leg: numberOf(leg) });
  }

  pressed(leg: MediaLeg, key: DtmfKey): void {
    this.#send({ do: 'pressed', call: this.#number, leg: numberOf(leg), key });
  }

  sendTone(leg: MediaLeg, press: TonePress): void {
    this.#send({ do: 'send-tone', call: this.#number, leg: numberOf(leg), press });
  }

  hearTones(leg: MediaLeg, sources: ToneSources): void {
    this.#send({ do: 'hear-tones', call: this.#number, leg: numberOf(leg), sources });
  }

  joinRoom(leg: MediaLeg, order: RoomOrder): void {
    this.#convert(false);
    this.#send({ do: 'join-room', call: this.#number, leg: numberOf(leg), order });
  }

  changeInRoom(leg: MediaLeg, change: RoomChange): void {
    this.#send({ do: 'change-in-room', call: this.#number, leg: numberOf(leg), change });
  }

  supervise(): void {
    this.#sendPatiently({ do: 'supervise', call: this.#number });
  }

  close(): void {
    if (!this.#open) return;
    this.#sendPatiently({ do: 'close-call', call: this.#number });
    this.#open = false;
    this.#releaseAll();
  }

  /** For the plane. */
  onEvent(event: MediaEvent): void {
    const last = event.kind === 'closed' || event.kind === 'lost';
    if (event.kind === 'lost' && this.#recording !== undefined) {
      // What was written stays, under a header that the next start makes true.
      const detail = 'the media worker was lost';
      this.onEvent({
        kind: 'recording-failed',
        path: this.#recording,
        reason: 'failed',
        detail,
        durationMs: 0,
        octets: 0,
      });
    }
    if (event.kind === 'recording-finished' || event.kind === 'recording-failed') {
      this.#recording = undefined;
      this.crew.tally.recordings--;
    }
    if (last) {
      this.#open = false;
      this.#releaseAll();
      this.crew.calls.delete(this.#number);
    }
    this.#user(event);
  }

  /** For the leg: whether it is one of the call's still. */
  has(leg: WorkerMediaLeg): boolean {
    return this.#legs.has(leg);
  }

  /** For the leg. */
  updateLeg(leg: WorkerMediaLeg, media: LegMedia, newOffer: boolean, signalling: string | undefined): void {
    this.#sendPatiently({ do: 'update', call: this.#number, leg: leg.number, media, newOffer, signalling });
  }

  /** For the leg. */
  closeLeg(leg: WorkerMediaLeg): void {
    this.#sendPatiently({ do: 'close-leg', call: this.#number, leg: leg.number });
    if (this.#legs.delete(leg)) {
      this.crew.tally.leased--;
      leg.encrypt(false);
    }
    for (const stream of this.#streams) if (stream.leg === leg) this.#release(stream);
  }

  #convert(converts: boolean): void {
    if (!this.#open || converts === this.#converts) return;
    this.#converts = converts;
    this.crew.tally.convertedCalls += converts ? 1 : -1;
  }

  /** For the stream. */
  updateStream(stream: WorkerMediaStream, media: StreamMedia, newOffer: boolean): void {
    if (!this.#streams.has(stream)) return;
    this.#sendPatiently({ do: 'update-stream', call: this.#number, stream: stream.number, media, newOffer });
  }

  /** For the stream. */
  closeStream(stream: WorkerMediaStream): void {
    if (!this.#release(stream)) return;
    this.#sendPatiently({ do: 'close-stream', call: this.#number, stream: stream.number });
  }

  #release(stream: WorkerMediaStream): boolean {
    const was = this.#streams.delete(stream);
    if (was) this.crew.tally.leased--;
    return was;
  }

  #send(command: Command): void {
    if (this.#open) this.crew.commands.send(command);
  }

  // For what may take effect a moment later without anybody's hearing it.
  #sendPatiently(command: Command): void {
    if (this.#open) this.crew.commands.sendPatiently(command);
  }

  #releaseAll(): void {
    const { tally } = this.crew;
    tally.leased -= this.#legs.size + this.#streams.size;
    for (const leg of this.#legs) leg.encrypt(false);
    this.#legs.clear();
    this.#streams.clear();
    if (this.#converts) tally.convertedCalls--;
    this.#converts = false;
  }
}

function numbered(source: RecordingSource | undefined): RecordedSource | undefined {
  if (source === undefined) return undefined;
  if ('leg' in source) return { leg: numberOf(source.leg), party: source.party };
  return { room: source.room, without: source.without };
}

import type { Cancel, Clock, Ledger, Log } from '@vats/kernel';
import type { Channel, RecordingEnd } from '../recording/note.ts';
import type { KeyPress } from '../rtp/key-writer.ts';
import type { DtmfKey } from '../rtp/telephone-event.ts';
import type { LegMedia } from '../sdp/leg-media.ts';
import type { StreamMedia } from '../sdp/stream-media.ts';
import type { CollectOrder, TonePress } from './leg-sound.ts';
import type {
  AddressFamily,
  BridgeWays,
  LocalMedia,
  MediaCall,
  MediaEvent,
  MediaLeg,
  MediaPlane,
  MediaPlaneStatistics,
  MediaStream,
  OpenLegOptions,
  OpenStreamOptions,
  RecordingSource,
  RecordOptions,
} from './media-plane.ts';
import type { Command, RecordedSource, Report, WorkerSettings } from './messages.ts';
import { Outbox } from './outbox.ts';
import type { PlayOrder } from './playback.ts';
import type { RoomChange, RoomOrder } from './room-order.ts';
import type { ToneSources } from './tone-ear.ts';

/** A media thread as the plane sees it. */
export interface WorkerLink {
  post(commands: readonly Command[]): void;
  /** Resolves when the thread is gone; asked to `stop` before, it goes by itself. */
  readonly gone: Promise<void>;
  terminate(): void;
}

/** Starts a thread; `died` is called when it ends without having been asked to. */
export type SpawnWorker = (
  settings: WorkerSettings,
  user: { reports(reports: readonly Report[]): void; died(detail: string): void },
) => WorkerLink;

/** Why the plane cannot start; the message names the remedy. */
export class MediaStartError extends Error {
  override readonly name = 'MediaStartError';
}

/** How long a worker that died is waited for before another takes its ports. */
const RESPAWN_MS = 500;
/** How long files may take to be finished when the plane is closed. */
const CLOSE_MS = 5_000;

/** What all workers together have given out. */
interface Tally {
  leased: number;
  recordings: number;
  encryptedLegs: number;
  convertedCalls: number;
}

/** One worker and what the plane knows of it. */
class Crew {
  readonly settings: WorkerSettings;
  readonly shelves = new Map<AddressFamily, Shelf>();
  readonly calls = new Map<number, WorkerMediaCall>();
  readonly tally: Tally;
  readonly commands: Outbox<Command>;
  link: WorkerLink | undefined;

  constructor(settings: WorkerSettings, clock: Clock, tally: Tally) {
    this.settings = settings;
    this.tally = tally;
    this.commands = new Outbox(clock, (commands) => this.link?.post(commands));
    for (const { family, address } of settings.addresses) {
      this.shelves.set(family, { address, warm: [], reserve: [] });
    }
  }

  get hasPairs(): boolean {
    for (const { warm, reserve } of this.shelves.values()) if (warm.length > 0 || reserve.length > 0) return true;
    return false;
  }

  lease(family: AddressFamily, advertise: string | undefined): LocalMedia | undefined {
    const shelf = this.shelves.get(family);
    const port = shelf?.warm.shift() ?? shelf?.reserve.shift();
    if (shelf === undefined || port === undefined) return undefined;
    this.tally.leased++;
    return { address: advertise ?? shelf.address, port, rtcpPort: port + 1 };
  }
}

/** Even ports of the pairs of one address that may be leased. */
interface Shelf {
  readonly address: string;
  /** The longest bound first. */
  readonly warm: number[];
  readonly reserve: number[];
}

/** The media plane whose relays are worker threads. Made by `startMediaPlane`. */
export class WorkerMediaPlane implements MediaPlane {
  readonly families: readonly AddressFamily[];
  readonly #crews: readonly Crew[];
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #spawn: SpawnWorker;
  readonly #respawns = new Set<Cancel>();
  readonly #tally: Tally = { leased: 0, recordings: 0, encryptedLegs: 0, convertedCalls: 0 };
  #lastNumber = 0;
  #workersLost = 0;
  #closing: Promise<void> | undefined;

  constructor(options: {
    settings: readonly WorkerSettings[];
    spawn: SpawnWorker;
    clock: Clock;
    log: Log;
    ledger?: Ledger | undefined;
  }) {
    this.#clock = options.clock;
    this.#log = options.log;
    this.#spawn = options.spawn;
    const addresses = options.settings[0]?.addresses ?? [];
    this.families = addresses.map(({ family }) => family);
    this.#crews = options.settings.map((settings) => new Crew(settings, options.clock, this.#tally));
    options.ledger?.enrol('media calls', () => this.statistics().calls);
    options.ledger?.enrol('media port pairs', () => this.#tally.leased);
    options.ledger?.enrol('recordings', () => this.#tally.recordings);
  }

  /** Starts every worker. Rejects with a MediaStartError, nothing left running, when one cannot bind. */
  async start(): Promise<void> {
    try {
      await Promise.all(
        this.#crews.map(
          (crew) =>
            new Promise<void>((resolve, reject) => {
              this.#hire(crew, { ready: resolve, failed: reject });
            }),
        ),
      );
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  openCall(
    callId: string,
    user: (event: MediaEvent) => void,
    { beside, meeting }: { readonly beside?: MediaCall; readonly meeting?: string } = {},
  ): MediaCall | undefined {
    if (this.#closing !== undefined) return undefined;
    const meets = meeting === undefined ? undefined : this.#crews[hashOf(meeting) % this.#crews.length];
    let best: Crew | undefined;
    for (const crew of this.#crews) {
      if (meets !== undefined && meets !== crew) continue;
      if (beside instanceof WorkerMediaCall && beside.crew !== crew) continue;
      if (!crew.hasPairs) continue;
      if (best === undefined || crew.calls.size < best.calls.size) best = crew;
    }
    if (best === undefined) return undefined;
    return new WorkerMediaCall(best, ++this.#lastNumber, callId, user);
  }

  statistics(): MediaPlaneStatistics {
    let calls = 0;
    let warm = 0;
    let total = 0;
    for (const crew of this.#crews) {
      calls += crew.calls.size;
      total += crew.settings.pairs.length * crew.settings.addresses.length;
      for (const shelf of crew.shelves.values()) warm += shelf.warm.length;
    }
    return {
      workers: this.#crews.length,
      calls,
      recordings: this.#tally.recordings,
      encryptedLegs: this.#tally.encryptedLegs,
      convertedCalls: this.#tally.convertedCalls,
      pairs: { leased: this.#tally.leased, warm, total },
      workersLost: this.#workersLost,
    };
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    for (const cancel of this.#respawns) cancel();
    for (const crew of this.#crews) {
      for (const call of [...crew.calls.values()]) call.close();
      crew.commands.send({ do: 'stop' });
    }
    let cancelDeadline: Cancel = () => {};
    const deadline = new Promise<void>((resolve) => {
      cancelDeadline = this.#clock.after(CLOSE_MS, resolve);
    });
    const gone = this.#crews.map((crew) => crew.link?.gone);
    await Promise.race([Promise.all(gone), deadline]);
    cancelDeadline();
    for (const crew of this.#crews) crew.link?.terminate();
    await Promise.all(gone);
  }

  #hire(crew: Crew, first?: { ready(): void; failed(error: MediaStartError): void }): void {
    crew.link = this.#spawn(crew.settings, {
      reports: (reports) => {
        for (const report of reports) this.#onReport(crew, report, first);
      },
      died: (detail) => {
        this.#onDeath(crew, detail);
        first?.failed(new MediaStartError(`the media worker died while it started: ${detail}`));
      },
    });
  }

  #onReport(
    crew: Crew,
    report: Report,
    first: { ready(): void; failed(error: MediaStartError): void } | undefined,
  ): void {
    switch (report.say) {
      case 'ready':
        first?.ready();
        break;
      case 'failed':
        first?.failed(new MediaStartError(explain(report.code, report.address)));
        this.#log.error('media.bind-failed', { code: report.code, address: report.address });
        break;
      case 'warm':
        crew.shelves.get(report.family)?.warm.push(...report.ports);
        break;
      case 'reserve':
        crew.shelves.get(report.family)?.reserve.push(...report.ports);
        break;
      case 'unbound':
        if (report.failed === undefined) this.#log.debug('media.ports-in-use', { pairs: report.inUse });
        else this.#log.error('media.bind-failed', { code: report.failed, address: report.address });
        break;
      case 'event':
        crew.calls.get(report.call)?.onEvent(report.event);
        break;
    }
  }

  #onDeath(crew: Crew, detail: string): void {
    this.#workersLost++;
    this.#log.error('media.worker-died', { detail, calls: crew.calls.size });
    crew.link = undefined;
    for (const { warm, reserve } of crew.shelves.values()) {
      warm.length = 0;
      reserve.length = 0;
    }
    for (const call of [...crew.calls.values()]) call.onEvent({ kind: 'lost', detail });
    if (this.#closing !== undefined) return;
    const cancel = this.#clock.after(RESPAWN_MS, () => {
      this.#respawns.delete(cancel);
      this.#hire(crew);
    });
    this.#respawns.add(cancel);
  }
}

class WorkerMediaCall implements MediaCall {
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

  record({ path, domain, left, right, mix, format = 'wav', minimumMs = 0, seal }: RecordOptions): void {
    if (!this.#open) return;
    if (this.#recording !== undefined) throw new Error(`${this.callId} is being recorded already`);
    this.#recording = path;
    this.crew.tally.recordings++;
    const order = {
      ...{ path, callId: this.callId, format, minimumMs },
      ...(domain !== undefined && { domain }),
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

class WorkerMediaLeg implements MediaLeg {
  readonly name: string;
  readonly local: LocalMedia;
  readonly number: number;
  /** For its call. */
  readonly options: OpenLegOptions;
  readonly #call: WorkerMediaCall;
  #encrypted = false;
  #open = true;

  constructor(call: WorkerMediaCall, number: number, name: string, local: LocalMedia, options: OpenLegOptions) {
    this.#call = call;
    this.options = options;
    this.number = number;
    this.name = name;
    this.local = local;
  }

  update(media: LegMedia, { newOffer, signalling }: { newOffer: boolean; signalling?: string }): void {
    if (!this.#open) return;
    if (this.#call.has(this)) this.encrypt(media.srtp !== undefined);
    this.#call.updateLeg(this, media, newOffer, signalling);
  }

  /** Counts it among those that are, or no longer. */
  encrypt(encrypted: boolean): void {
    if (encrypted === this.#encrypted) return;
    this.#encrypted = encrypted;
    this.#call.crew.tally.encryptedLegs += encrypted ? 1 : -1;
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#call.closeLeg(this);
  }
}

class WorkerMediaStream implements MediaStream {
  readonly local: LocalMedia;
  readonly number: number;
  readonly leg: WorkerMediaLeg;
  readonly #call: WorkerMediaCall;

  constructor(call: WorkerMediaCall, number: number, leg: WorkerMediaLeg, local: LocalMedia) {
    this.#call = call;
    this.number = number;
    this.leg = leg;
    this.local = local;
  }

  update(media: StreamMedia, { newOffer }: { newOffer: boolean }): void {
    this.#call.updateStream(this, media, newOffer);
  }

  close(): void {
    this.#call.closeStream(this);
  }
}

function numberOfStream(stream: MediaStream): number {
  if (!(stream instanceof WorkerMediaStream)) throw new TypeError('the stream is not one of this plane');
  return stream.number;
}

/** The same number for the same text, spread evenly enough (FNV-1a). */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return hash;
}

function numbered(source: RecordingSource | undefined): RecordedSource | undefined {
  if (source === undefined) return undefined;
  if ('leg' in source) return { leg: numberOf(source.leg), party: source.party };
  return { room: source.room, without: source.without };
}

function numberOf(leg: MediaLeg): number {
  if (!(leg instanceof WorkerMediaLeg)) throw new TypeError(`leg ${leg.name} is not one of this plane`);
  return leg.number;
}

function explain(code: string, address: string): string {
  switch (code) {
    case 'EADDRNOTAVAIL':
      return `media.address ${address} is not an address of this machine: name one that is`;
    case 'EADDRINUSE':
      return `every port of media.ports is in use on ${address}: widen the range, or stop what uses it`;
    case 'EACCES':
      return `media.ports may not be bound on ${address}: ports below 1024 need a privilege, choose higher ones`;
    default:
      return `no port of media.ports can be bound on ${address}: ${code}`;
  }
}

import type { Cancel, Clock, Ledger, Log } from '@vats/kernel';
import type { LegMedia, PayloadTypeMap } from '../sdp/leg-media.ts';
import type {
  AddressFamily,
  LocalMedia,
  MediaCall,
  MediaEvent,
  MediaLeg,
  MediaPlane,
  MediaPlaneStatistics,
  OpenLegOptions,
} from './media-plane.ts';
import type { Command, Report, WorkerSettings } from './messages.ts';

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

/** Commands whose effect may come a moment later without anybody's hearing it. */
const PATIENT: ReadonlySet<Command['do']> = new Set([
  'open-call',
  'open-leg',
  'update',
  'supervise',
  'close-leg',
  'close-call',
]);
const PATIENCE_MS = 20;

/** One worker and what the plane knows of it. */
class Crew {
  readonly settings: WorkerSettings;
  /** Ports of warm pairs, the longest bound first. */
  readonly warm = new Map<AddressFamily, number[]>();
  readonly calls = new Map<number, WorkerMediaCall>();
  link: WorkerLink | undefined;
  readonly #clock: Clock;
  #commands: Command[] = [];
  #cancelFlush: Cancel | undefined;
  #flushing = false;

  constructor(settings: WorkerSettings, clock: Clock) {
    this.settings = settings;
    this.#clock = clock;
    for (const { family } of settings.addresses) this.warm.set(family, []);
  }

  /**
   * Each message wakes the worker, which costs more than what it asks for. So all commands of one turn go together, and
   * those that nobody waits for (a pair need not be taken before it is bridged) go with the next that somebody does.
   */
  send(command: Command): void {
    this.#commands.push(command);
    if (PATIENT.has(command.do)) {
      this.#cancelFlush ??= this.#clock.after(PATIENCE_MS, () => this.#flush());
    } else if (!this.#flushing) {
      this.#flushing = true;
      queueMicrotask(() => this.#flush());
    }
  }

  #flush(): void {
    this.#cancelFlush?.();
    this.#cancelFlush = undefined;
    this.#flushing = false;
    const commands = this.#commands;
    this.#commands = [];
    this.link?.post(commands);
  }

  get warmest(): number {
    return Math.max(...[...this.warm.values()].map((ports) => ports.length));
  }
}

/** The media plane whose relays are worker threads. Made by `startMediaPlane`. */
export class WorkerMediaPlane implements MediaPlane {
  readonly families: readonly AddressFamily[];
  readonly #addresses: Readonly<Partial<Record<AddressFamily, string>>>;
  readonly #crews: readonly Crew[];
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #spawn: SpawnWorker;
  readonly #respawns = new Set<Cancel>();
  #lastNumber = 0;
  #leased = 0;
  #recordings = 0;
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
    this.#addresses = Object.fromEntries(addresses.map(({ family, address }) => [family, address]));
    this.#crews = options.settings.map((settings) => new Crew(settings, options.clock));
    options.ledger?.enrol('media calls', () => this.statistics().calls);
    options.ledger?.enrol('media port pairs', () => this.#leased);
    options.ledger?.enrol('recordings', () => this.#recordings);
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

  openCall(callId: string, user: (event: MediaEvent) => void): MediaCall | undefined {
    if (this.#closing !== undefined) return undefined;
    let best: Crew | undefined;
    for (const crew of this.#crews) {
      if (crew.warmest === 0) continue;
      if (best === undefined || crew.calls.size < best.calls.size) best = crew;
    }
    if (best === undefined) return undefined;
    return new WorkerMediaCall(this.#services(best), ++this.#lastNumber, callId, user);
  }

  statistics(): MediaPlaneStatistics {
    let calls = 0;
    let warm = 0;
    let total = 0;
    for (const crew of this.#crews) {
      calls += crew.calls.size;
      total += crew.settings.pairs.length * crew.settings.addresses.length;
      for (const ports of crew.warm.values()) warm += ports.length;
    }
    return {
      workers: this.#crews.length,
      calls,
      recordings: this.#recordings,
      pairs: { leased: this.#leased, warm, total },
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
      crew.send({ do: 'stop' });
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
        crew.warm.get(report.family)?.push(...report.ports);
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
    for (const ports of crew.warm.values()) ports.length = 0;
    for (const call of [...crew.calls.values()]) call.onEvent({ kind: 'lost', detail });
    if (this.#closing !== undefined) return;
    const cancel = this.#clock.after(RESPAWN_MS, () => {
      this.#respawns.delete(cancel);
      this.#hire(crew);
    });
    this.#respawns.add(cancel);
  }

  #services(crew: Crew): CallServices {
    return {
      send: (command) => crew.send(command),
      lease: (family, advertise) => {
        const bound = this.#addresses[family];
        const port = crew.warm.get(family)?.shift();
        if (bound === undefined || port === undefined) return undefined;
        this.#leased++;
        return { address: advertise ?? bound, port, rtcpPort: port + 1 };
      },
      giveBack: () => {
        this.#leased--;
      },
      opened: (number, call) => crew.calls.set(number, call),
      ended: (number) => crew.calls.delete(number),
      recording: (difference) => {
        this.#recordings += difference;
      },
    };
  }
}

/** What a call needs of its plane. */
interface CallServices {
  send(command: Command): void;
  lease(family: AddressFamily, advertise: string | undefined): LocalMedia | undefined;
  giveBack(): void;
  opened(number: number, call: WorkerMediaCall): void;
  ended(number: number): void;
  recording(difference: 1 | -1): void;
}

class WorkerMediaCall implements MediaCall {
  readonly callId: string;
  readonly #services: CallServices;
  readonly #number: number;
  readonly #user: (event: MediaEvent) => void;
  readonly #legs = new Set<WorkerMediaLeg>();
  #lastLeg = 0;
  /** Path of the recording that runs. */
  #recording: string | undefined;
  #open = true;

  constructor(services: CallServices, number: number, callId: string, user: (event: MediaEvent) => void) {
    this.callId = callId;
    this.#services = services;
    this.#number = number;
    this.#user = user;
    services.opened(number, this);
    services.send({ do: 'open-call', call: number });
  }

  openLeg(name: string, options: OpenLegOptions): MediaLeg | undefined {
    if (!this.#open) return undefined;
    const { family, signalling, advertise } = options;
    const local = this.#services.lease(family, advertise);
    if (local === undefined) return undefined;
    const leg = ++this.#lastLeg;
    const call = this.#number;
    this.#services.send({ do: 'open-leg', call, leg, name, family, port: local.port, signalling });
    const opened = new WorkerMediaLeg({
      name,
      local,
      number: leg,
      update: (media, { newOffer, signalling: observed }) =>
        this.#send({ do: 'update', call, leg, media, newOffer, signalling: observed }),
      close: () => {
        this.#send({ do: 'close-leg', call, leg });
        this.#release(opened);
      },
    });
    this.#legs.add(opened);
    return opened;
  }

  bridge(a: MediaLeg, b: MediaLeg, maps: { aToB?: PayloadTypeMap; bToA?: PayloadTypeMap } = {}): void {
    if (a === b) throw new Error('a leg cannot be bridged to itself: echo()');
    const { aToB = [], bToA = [] } = maps;
    this.#send({ do: 'bridge', call: this.#number, a: numberOf(a), b: numberOf(b), aToB, bToA });
  }

  unbridge(leg: MediaLeg): void {
    this.#send({ do: 'unbridge', call: this.#number, leg: numberOf(leg) });
  }

  echo(leg: MediaLeg): void {
    this.#send({ do: 'echo', call: this.#number, leg: numberOf(leg) });
  }

  record({ path, left, right }: { path: string; left: MediaLeg; right: MediaLeg }): void {
    if (!this.#open) return;
    if (this.#recording !== undefined) throw new Error(`${this.callId} is being recorded already`);
    this.#recording = path;
    this.#services.recording(1);
    this.#send({ do: 'record', call: this.#number, path, left: numberOf(left), right: numberOf(right) });
  }

  supervise(): void {
    this.#send({ do: 'supervise', call: this.#number });
  }

  close(): void {
    if (!this.#open) return;
    this.#send({ do: 'close-call', call: this.#number });
    this.#open = false;
    for (const leg of [...this.#legs]) this.#release(leg);
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
      this.#services.recording(-1);
    }
    if (last) {
      this.#open = false;
      for (const leg of [...this.#legs]) this.#release(leg);
      this.#services.ended(this.#number);
    }
    this.#user(event);
  }

  #send(command: Command): void {
    if (this.#open) this.#services.send(command);
  }

  #release(leg: WorkerMediaLeg): void {
    if (this.#legs.delete(leg)) this.#services.giveBack();
  }
}

class WorkerMediaLeg implements MediaLeg {
  readonly name: string;
  readonly local: LocalMedia;
  readonly number: number;
  readonly #update: MediaLeg['update'];
  readonly #close: () => void;
  #open = true;

  constructor(options: {
    name: string;
    local: LocalMedia;
    number: number;
    update: MediaLeg['update'];
    close: () => void;
  }) {
    this.name = options.name;
    this.local = options.local;
    this.number = options.number;
    this.#update = options.update;
    this.#close = options.close;
  }

  update(media: LegMedia, options: { newOffer: boolean; signalling?: string }): void {
    if (this.#open) this.#update(media, options);
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#close();
  }
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

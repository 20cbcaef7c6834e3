import { type Cancel, type Clock, FaultLines, type Ledger, type Log } from '@vats/kernel';
import { Crew, type Tally } from './crew.ts';
import type { AddressFamily, MediaCall, MediaEvent, MediaPlane, MediaPlaneStatistics } from './media-plane.ts';
import { explainBindFailure, MediaStartError } from './media-start-error.ts';
import type { Report, WorkerSettings } from './messages.ts';
import type { SpawnWorker } from './worker-link.ts';
import { WorkerMediaCall } from './worker-media-call.ts';

/** How long a worker that died is waited for before another takes its ports. */
const RESPAWN_MS = 500;
/** How long files may take to be finished when the plane is closed. */
const CLOSE_MS = 5_000;

/** The media plane whose relays are worker threads. Made by `startMediaPlane`. */
export class WorkerMediaPlane implements MediaPlane {
  readonly families: readonly AddressFamily[];
  readonly #crews: readonly Crew[];
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #faults: FaultLines;
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
    this.#faults = new FaultLines(options.clock, options.log);
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
        first?.failed(new MediaStartError(explainBindFailure(report.code, report.address)));
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
      case 'fault':
        this.#faults.tell('media.timer-failed', report.stack);
        break;
      case 'event':
        this.#onEvent(crew, report);
        break;
    }
  }

  /** What a call's user throws costs no other call its events. */
  #onEvent(crew: Crew, { call, event }: Extract<Report, { say: 'event' }>): void {
    try {
      crew.calls.get(call)?.onEvent(event);
    } catch (error) {
      this.#faults.tell('media.user-failed', error, { event: event.kind });
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

/** The same number for the same text, spread evenly enough (FNV-1a). */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return hash;
}

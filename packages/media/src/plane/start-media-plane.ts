import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { type Clock, type Ledger, type Log, SILENT } from '@vats/kernel';
import type { MediaPlane } from './media-plane.ts';
import { MediaStartError } from './media-start-error.ts';
import type { WorkerSettings } from './messages.ts';
import { pairsWithin, REST_MS } from './port-pool.ts';
import { readReports, writeCommands } from './wire.ts';
import type { SpawnWorker } from './worker-link.ts';
import { WorkerMediaPlane } from './worker-media-plane.ts';

/** The settings under `media:` and what the plane needs from its surroundings. */
export interface MediaPlaneOptions {
  /** Addresses to bind, one a family, at least one. */
  readonly addresses: { readonly 4?: string | undefined; readonly 6?: string | undefined };
  /** First and last port of the range. */
  readonly ports: { readonly first: number; readonly last: number };
  /** Media threads; 'auto' is one less than there are cores, at least one. Default 'auto'. */
  readonly workers?: number | 'auto';
  /** 0 switches it off. Default one minute. */
  readonly silenceTimeoutMs?: number;
  /** 0 switches it off. Default half an hour. */
  readonly holdTimeoutMs?: number;
  readonly clock: Clock;
  readonly log?: Log;
  readonly ledger?: Ledger;
  /**
   * Pairs that each worker keeps bound in waiting: as many as INVITEs usually need within a few milliseconds (a burst has
   * the others of the range). Default 128.
   */
  readonly warmPairs?: number;
  /** How long a pair rests before another call gets it, if it is closed meanwhile (see RestingPairs). Default 30 s. */
  readonly restMs?: number;
}

const WARM_PAIRS = 128;
/** Pairs of all workers that stay bound while they rest: two descriptors and some 10 kB each, the kernel's share included. */
const RESTING_PAIRS = 2_048;
const SILENCE_TIMEOUT_MS = 60_000;
const HOLD_TIMEOUT_MS = 1_800_000;

/**
 * Starts the media workers and waits until each has bound its first ports. Rejects with a MediaStartError that names the
 * setting at fault.
 *
 * @example const plane = await startMediaPlane({ addresses: { 4: '127.0.0.1' }, ports: { first: 20000, last: 29999 }, clock })
 */
export async function startMediaPlane(options: MediaPlaneOptions, spawn = spawnThread): Promise<MediaPlane> {
  const addresses = ([4, 6] as const).flatMap((family) => {
    const address = options.addresses[family];
    return address === undefined ? [] : [{ family, address }];
  });
  if (addresses.length === 0) throw new MediaStartError('media.address names no address');
  const { first, last } = options.ports;
  const pairs = pairsWithin(first, last);
  if (pairs.length === 0)
    throw new MediaStartError(`media.ports ${first}-${last} holds no pair of an even and an odd port`);

  const { workers = 'auto' } = options;
  const wanted = workers === 'auto' ? Math.max(1, availableParallelism() - 1) : workers;
  const count = Math.min(wanted, pairs.length);
  const settings = Array.from(
    { length: count },
    (_, worker): WorkerSettings => ({
      addresses,
      pairs: pairs.filter((_pair, index) => index % count === worker),
      warm: options.warmPairs ?? WARM_PAIRS,
      resting: Math.floor(RESTING_PAIRS / count / addresses.length),
      restMs: options.restMs ?? REST_MS,
      silenceTimeoutMs: options.silenceTimeoutMs ?? SILENCE_TIMEOUT_MS,
      holdTimeoutMs: options.holdTimeoutMs ?? HOLD_TIMEOUT_MS,
    }),
  );
  const { clock, ledger, log = SILENT } = options;
  const plane = new WorkerMediaPlane({ settings, spawn, clock, log, ledger });
  await plane.start();
  return plane;
}

const ENTRY = import.meta.url.endsWith('.ts') ? './worker-entry.ts' : './worker-entry.js';

const spawnThread: SpawnWorker = (settings, user) => {
  const thread = new Worker(new URL(ENTRY, import.meta.url), { workerData: settings, name: 'vats-media' });
  let asked = false;
  let fault: string | undefined;
  thread.on('message', (reports: string) => user.reports(readReports(reports)));
  thread.on('error', (error: unknown) => {
    fault = error instanceof Error ? (error.stack ?? error.message) : String(error);
  });
  const gone = new Promise<void>((resolve) => {
    thread.on('exit', (code) => {
      if (!asked) user.died(fault ?? `exit code ${code}`);
      resolve();
    });
  });
  return {
    post: (commands) => {
      asked ||= commands.some((command) => command.do === 'stop');
      thread.postMessage(writeCommands(commands));
    },
    gone,
    terminate: () => {
      asked = true;
      void thread.terminate();
    },
  };
};

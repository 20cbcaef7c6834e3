import { FakeClock, SeededRandom } from '@vats/kernel/testing';
import { afterEach, beforeEach, expect } from 'vitest';
import type { LegMedia } from '../../sdp/leg-media.ts';
import { MemorySounds } from '../../sound/testing/memory-sounds.ts';
import { MemoryFiles } from '../../testing/memory-files.ts';
import { UdpPhone } from '../../testing/udp-phone.ts';
import type { LegStatistics, MediaEvent } from '../media-plane.ts';
import { MediaWorker } from '../media-worker.ts';
import type { Command, Report } from '../messages.ts';
import { PATIENCE_MS } from '../outbox.ts';

// A whole worker on real sockets and fake time, in this thread; all of it is of the test that runs now.
export const RANGE = { first: 41_000, pairs: 20 };

export let clock: FakeClock;
export let files: MemoryFiles;
export let sounds: MemorySounds;
export let worker: MediaWorker;
export let reports: Report[];
export let phones: UdpPhone[];
/** What the worker wants done after its sockets were served, while it sleeps in batches. */
let turns: (() => void)[];

/**
 * Every test of a file begins without a worker and leaves nothing behind. Files run beside each other on real sockets: each has
 * ports of its own, from `first` on.
 */
export function useWorker(first: number): void {
  beforeEach(() => {
    RANGE.first = first;
    clock = new FakeClock();
    files = new MemoryFiles(clock);
    sounds = new MemorySounds(clock);
    reports = [];
    phones = [];
    turns = [];
  });

  afterEach(async () => {
    worker.execute([{ do: 'stop' }]);
    await settle();
    for (const phone of phones) phone.close();
    expect([files.open, clock.pending]).toEqual([0, 0]);
  });
}

export async function start({
  address = '127.0.0.1',
  pairs = RANGE.pairs,
  warm = 8,
  resting = 4,
  random = 1,
} = {}): Promise<void> {
  worker = new MediaWorker({
    settings: {
      addresses: [{ family: 4, address }],
      pairs: Array.from({ length: pairs }, (_, i) => RANGE.first + 2 * i),
      warm,
      resting,
      restMs: 30_000,
      silenceTimeoutMs: 60_000,
      holdTimeoutMs: 1_800_000,
    },
    clock,
    random: new SeededRandom(random),
    files,
    sounds,
    loop: { sleep: () => {}, afterSockets: (turn) => void turns.push(turn) },
    post: (posted) => void reports.push(...posted),
  });
  worker.start();
  await settle();
}

/** Turns the worker's loop once, as it is while many packets come: it awakes at its next deadline. False when it does not sleep in batches. */
export function turn(): boolean {
  const due = turns;
  turns = [];
  for (const each of due) each();
  return due.length > 0;
}

/** Lets microtasks and timers of 0 ms run. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 5; i++) {
    clock.advance(0);
    await Promise.resolve();
  }
}

/** Lets everything that was reported arrive, what nobody waits for too. */
export async function reported(): Promise<void> {
  await settle();
  clock.advance(PATIENCE_MS);
  await settle();
}

/** Waits until so many datagrams have been handled: what comes of one is done when it is counted. */
export async function handled(datagrams: number): Promise<void> {
  while (worker.packets < datagrams) await new Promise((resolve) => setImmediate(resolve));
}

export function warmPorts(): number[] {
  return reports.flatMap((report) => (report.say === 'warm' ? report.ports : []));
}

export function reservePorts(): number[] {
  return reports.flatMap((report) => (report.say === 'reserve' ? report.ports : []));
}

export function events(call = 1): MediaEvent[] {
  return reports.flatMap((report) => (report.say === 'event' && report.call === call ? [report.event] : []));
}

export function statistics(leg: string): LegStatistics {
  const closed = events().find((event) => event.kind === 'closed');
  if (closed?.kind !== 'closed') throw new Error('the call was not closed');
  return closed.legs.find((each) => each.leg === leg)!;
}

export async function phone(address: string): Promise<UdpPhone> {
  const opened = await UdpPhone.open(address);
  phones.push(opened);
  return opened;
}

export function media(of: UdpPhone | undefined, more: Partial<LegMedia> = {}): LegMedia {
  const laws = [[8, 'PCMA'] as const, [0, 'PCMU'] as const];
  return { claimed: of?.at, claimedRtcp: undefined, receives: true, held: false, laws, clockRates: [], ...more };
}

/** Ports of the legs in the order of their opening. */
export let ports: number[];

export function openLegs(...signalling: string[]): Command[] {
  ports = warmPorts().slice(0, signalling.length);
  const legs = signalling.map(
    (address, i): Command => ({
      do: 'open-leg',
      call: 1,
      leg: i + 1,
      name: 'abc'[i]!,
      family: 4,
      port: ports[i]!,
      signalling: address,
    }),
  );
  return [{ do: 'open-call', call: 1 }, ...legs];
}

export function update(leg: number, said: LegMedia, newOffer = true): Command {
  return { do: 'update', call: 1, leg, media: said, newOffer, signalling: undefined };
}

export const BRIDGE = { do: 'bridge', call: 1, a: 1, b: 2, aToB: [], bToA: [] } as const satisfies Command;
export const CLOSE = { do: 'close-call', call: 1 } as const satisfies Command;

export function rtpPort(leg: number) {
  return { address: '127.0.0.1', port: ports[leg - 1]! };
}

export function rtcpPort(leg: number) {
  return { address: '127.0.0.1', port: ports[leg - 1]! + 1 };
}

/** Two phones in a call. */
export async function call(...more: Command[]): Promise<{ a: UdpPhone; b: UdpPhone }> {
  await start();
  const a = await phone('127.0.0.2');
  const b = await phone('127.0.0.3');
  worker.execute([...openLegs('127.0.0.2', '127.0.0.3'), update(1, media(a)), update(2, media(b)), BRIDGE, ...more]);
  return { a, b };
}

export async function close(): Promise<void> {
  worker.execute([CLOSE]);
  await reported();
}

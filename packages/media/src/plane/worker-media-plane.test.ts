import { Ledger } from '@vats/kernel';
import { FakeClock, MemoryLog } from '@vats/kernel/testing';
import { beforeEach, expect, test } from 'vitest';
import type { LegMedia } from '../sdp/leg-media.ts';
import type { MediaEvent } from './media-plane.ts';
import type { Command, Report, WorkerSettings } from './messages.ts';
import { PATIENCE_MS } from './outbox.ts';
import { startMediaPlane } from './start-media-plane.ts';
import type { SpawnWorker } from './worker-link.ts';

const PARTY = { number: '201' };

/** A thread that exists in this test's head only. */
interface FakeThread {
  readonly settings: WorkerSettings;
  readonly posted: (readonly Command[])[];
  say(...reports: Report[]): void;
  die(detail: string): void;
  readonly terminated: boolean;
}

const MEDIA: LegMedia = {
  claimed: undefined,
  claimedRtcp: undefined,
  receives: true,
  held: false,
  laws: [],
  clockRates: [],
};

let clock: FakeClock;
let ledger: Ledger;
let log: MemoryLog;
let threads: FakeThread[];
let events: MediaEvent[];

beforeEach(() => {
  clock = new FakeClock();
  ledger = new Ledger();
  log = new MemoryLog();
  threads = [];
  events = [];
});

/** `greet` is what each thread says when it starts. */
function spawning(greet: (thread: FakeThread) => void): SpawnWorker {
  return (settings, user) => {
    let leave = () => {};
    const gone = new Promise<void>((resolve) => {
      leave = resolve;
    });
    const posted: (readonly Command[])[] = [];
    const thread = {
      settings,
      posted,
      say: (...reports: Report[]) => user.reports(reports),
      die: (detail: string) => {
        leave();
        user.died(detail);
      },
      terminated: false,
    };
    threads.push(thread);
    greet(thread);
    return {
      gone,
      post: (commands) => {
        posted.push(commands);
        if (commands.some((command) => command.do === 'stop')) leave();
      },
      terminate: () => {
        thread.terminated = true;
        leave();
      },
    };
  };
}

function welcome(thread: FakeThread): void {
  for (const { family } of thread.settings.addresses) {
    thread.say({ say: 'warm', family, ports: thread.settings.pairs.slice(0, thread.settings.warm) });
  }
  thread.say({ say: 'ready' });
}

function start({ workers = 1, first = 20_000, last = 20_019, six = false, greet = welcome } = {}) {
  return startMediaPlane(
    {
      addresses: { 4: '192.0.2.1', 6: six ? '2001:db8::1' : undefined },
      ports: { first, last },
      workers,
      warmPairs: 4,
      clock,
      ledger,
      log,
    },
    spawning(greet),
  );
}

const told = (event: MediaEvent) => void events.push(event);
const LEG = { family: 4, signalling: '203.0.113.7' } as const;

test('checklist 21: workers share the range without overlap', async () => {
  await start({ workers: 3 });
  const pairs = threads.flatMap((thread) => thread.settings.pairs);
  expect(pairs.toSorted()).toEqual(Array.from({ length: 10 }, (_, i) => 20_000 + 2 * i));
  expect(threads.map((thread) => thread.settings.pairs.length)).toEqual([4, 3, 3]);
});

test('no more workers than pairs', async () => {
  await start({ workers: 8, last: 20_003 });
  expect(threads).toHaveLength(2);
});

test('a leg is leased at once, with the advertised address if there is one; all commands up to a bridge go together', async () => {
  const plane = await start({ six: true });
  expect(plane.families).toEqual([4, 6]);
  const call = plane.openCall('one', told)!;
  const a = call.openLeg('a', LEG)!;
  const b = call.openLeg('b', { ...LEG, family: 6, advertise: '2001:db8::77' })!;
  expect(a.local).toEqual({ address: '192.0.2.1', port: 20_000, rtcpPort: 20_001 });
  expect(b.local).toEqual({ address: '2001:db8::77', port: 20_000, rtcpPort: 20_001 });
  a.update(MEDIA, { newOffer: true });
  call.bridge(a, b, { aToB: [[101, 96]] });
  expect(threads[0]!.posted).toEqual([]);
  await Promise.resolve();
  expect(threads[0]!.posted).toEqual([
    [
      { do: 'open-call', call: 1 },
      { do: 'open-leg', call: 1, leg: 1, name: 'a', family: 4, port: 20_000, signalling: '203.0.113.7' },
      { do: 'open-leg', call: 1, leg: 2, name: 'b', family: 6, port: 20_000, signalling: '203.0.113.7' },
      { do: 'update', call: 1, leg: 1, media: MEDIA, newOffer: true, signalling: undefined },
      { do: 'bridge', call: 1, a: 1, b: 2, aToB: [[101, 96]], bToA: [] },
    ],
  ]);
});

test('what nobody waits for goes a moment later, in the order of its giving', async () => {
  const plane = await start();
  const call = plane.openCall('one', told)!;
  const leg = call.openLeg('a', LEG)!;
  await Promise.resolve();
  clock.advance(PATIENCE_MS - 1);
  expect(threads[0]!.posted).toEqual([]);
  clock.advance(1);
  expect(threads[0]!.posted.map((commands) => commands.map((command) => command.do))).toEqual([
    ['open-call', 'open-leg'],
  ]);
  leg.update(MEDIA, { newOffer: true });
  call.echo(leg);
  call.supervise();
  await Promise.resolve();
  call.close();
  clock.advance(PATIENCE_MS);
  expect(threads[0]!.posted.slice(1).map((commands) => commands.map((command) => command.do))).toEqual([
    ['update', 'echo', 'supervise'],
    ['close-call'],
  ]);
  expect(clock.pending).toBe(0);
});

test('calls go to the worker with fewest; a call keeps its worker', async () => {
  const plane = await start({ workers: 2 });
  const calls = ['1', '2', '3', '4'].map((id) => plane.openCall(id, told)!);
  for (const call of calls) call.openLeg('a', LEG);
  clock.advance(PATIENCE_MS);
  for (const thread of threads) {
    const opened = thread.posted.flat().filter((command) => command.do === 'open-call');
    expect(opened).toHaveLength(2);
  }
});

test('checklist 21: exhausted ports are an undefined leg or call, and nothing is left of it', async () => {
  const plane = await start({ last: 20_003 });
  const call = plane.openCall('one', told)!;
  expect(call.openLeg('six', { ...LEG, family: 6 })).toBeUndefined();
  call.openLeg('a', LEG);
  call.openLeg('b', LEG);
  expect(call.openLeg('c', LEG)).toBeUndefined();
  expect(plane.openCall('two', told)).toBeUndefined();
  expect(plane.statistics().pairs).toEqual({ leased: 2, warm: 0, total: 2 });
  threads[0]!.say({ say: 'warm', family: 4, ports: [20_000] });
  expect(plane.openCall('two', told)).toBeDefined();
});

test('a burst takes numbers of the reserve once no pair is warm, and is refused only when there are none', async () => {
  const plane = await start();
  threads[0]!.say({ say: 'reserve', family: 4, ports: [20_008, 20_010] });
  const call = plane.openCall('one', told)!;
  const ports = Array.from({ length: 7 }, (_, i) => call.openLeg(String(i), LEG)?.local.port);
  expect(ports).toEqual([20_000, 20_002, 20_004, 20_006, 20_008, 20_010, undefined]);
  expect(plane.openCall('two', told)).toBeUndefined();
  // What a worker that died had in reserve is its successor's.
  threads[0]!.say({ say: 'reserve', family: 4, ports: [20_012] });
  threads[0]!.die('out of memory');
  expect(plane.openCall('three', told)).toBeUndefined();
});

test('legs that are encrypted and calls that are converted are counted, and not any more when they are over', async () => {
  const plane = await start();
  const counts = () => {
    const { encryptedLegs, convertedCalls } = plane.statistics();
    return [encryptedLegs, convertedCalls];
  };
  const way = {
    ...{ from: [{ payloadType: 9, encoding: 'g722/8000/1' }], events: [], alone: true },
    to: { payloadType: 8, encoding: 'pcma/8000/1', ptime: 20 },
  };
  const call = plane.openCall('one', told)!;
  const [a, b] = [call.openLeg('a', LEG)!, call.openLeg('b', LEG)!];
  for (let i = 0; i < 2; i++) {
    a.update({ ...MEDIA, srtp: 'awaited' }, { newOffer: true });
    b.update({ ...MEDIA, srtp: 'awaited' }, { newOffer: true });
    call.bridge(a, b, { conversions: { aToB: way } });
  }
  expect(counts()).toEqual([2, 1]);
  b.update(MEDIA, { newOffer: true });
  call.bridge(a, b);
  expect(counts()).toEqual([1, 0]);
  a.close();
  a.update({ ...MEDIA, srtp: 'awaited' }, { newOffer: true });
  expect(counts()).toEqual([0, 0]);
  b.update({ ...MEDIA, srtp: 'awaited' }, { newOffer: true });
  const c = call.openLeg('c', LEG)!;
  call.bridge(b, c, { conversions: { bToA: way } });
  expect(counts()).toEqual([1, 1]);
  call.close();
  c.update({ ...MEDIA, srtp: 'awaited' }, { newOffer: true });
  expect(counts()).toEqual([0, 0]);
  const lost = plane.openCall('two', told)!;
  lost.openLeg('a', LEG)!.update({ ...MEDIA, srtp: 'awaited' }, { newOffer: true });
  threads[0]!.die('a fault put in');
  expect(counts()).toEqual([0, 0]);
});

test('what is leased, open and recorded is counted, and not any more when it is over', async () => {
  const plane = await start();
  const call = plane.openCall('one', told)!;
  const a = call.openLeg('a', LEG)!;
  const b = call.openLeg('b', LEG)!;
  call.record({ path: 'r.wav', left: { leg: a, party: PARTY }, right: { leg: b, party: PARTY } });
  expect(() => call.record({ path: 's.wav', left: { leg: a, party: PARTY }, right: { leg: b, party: PARTY } })).toThrow(
    'recorded already',
  );
  b.close();
  b.close();
  expect(ledger.leftovers()).toEqual(['media calls: 1', 'media port pairs: 1', 'recordings: 1']);
  call.close();
  call.close();
  expect(ledger.leftovers()).toEqual(['media calls: 1', 'recordings: 1']);
  const finished: MediaEvent = {
    kind: 'recording-finished',
    path: 'r.wav',
    law: 'PCMA',
    durationMs: 1,
    octets: 74,
    why: 'call-ended',
  };
  threads[0]!.say({ say: 'event', call: 1, event: finished });
  threads[0]!.say({ say: 'event', call: 1, event: { kind: 'closed', legs: [] } });
  expect(ledger.leftovers()).toEqual([]);
  expect(events).toEqual([finished, { kind: 'closed', legs: [] }]);
  // Whoever still holds the call may go on calling it: nothing comes of that.
  clock.advance(PATIENCE_MS);
  await Promise.resolve();
  const before = threads[0]!.posted.length;
  a.update(MEDIA, { newOffer: true });
  a.close();
  call.supervise();
  call.echo(a);
  expect(call.openLeg('c', LEG)).toBeUndefined();
  clock.advance(PATIENCE_MS);
  await Promise.resolve();
  expect(threads[0]!.posted.length).toBe(before);
});

test('a worker that dies loses its calls, says so, and another takes its ports', async () => {
  const plane = await start({ workers: 2 });
  const calls = ['one', 'two'].map((id) => plane.openCall(id, told)!);
  const legs = calls.map((call) => call.openLeg('a', LEG)!);
  calls[0]!.record({ path: 'r.wav', left: { leg: legs[0]!, party: PARTY }, right: { leg: legs[0]!, party: PARTY } });
  threads[0]!.die('TypeError: what?');
  expect(events).toMatchObject([
    { kind: 'recording-failed', path: 'r.wav', reason: 'failed' },
    { kind: 'lost', detail: 'TypeError: what?' },
  ]);
  expect(ledger.leftovers()).toEqual(['media calls: 1', 'media port pairs: 1']);
  expect(plane.statistics()).toMatchObject({ workersLost: 1, calls: 1 });
  expect(log.events).toEqual(['media.worker-died']);
  // The living worker serves meanwhile.
  expect(plane.openCall('three', told)!.openLeg('a', LEG)).toBeDefined();
  clock.advance(500);
  expect(threads).toHaveLength(3);
  expect(threads[2]!.settings).toBe(threads[0]!.settings);
  const next = plane.openCall('four', told)!;
  next.openLeg('a', LEG);
  clock.advance(PATIENCE_MS);
  expect(threads[2]!.posted.flat()[0]).toMatchObject({ do: 'open-call' });
});

test.each([
  [{ say: 'failed', code: 'EADDRNOTAVAIL', address: '192.0.2.1' }, 'media.address 192.0.2.1 is not an address'],
  [{ say: 'failed', code: 'EADDRINUSE', address: '192.0.2.1' }, 'every port of media.ports is in use on 192.0.2.1'],
  [{ say: 'failed', code: 'EACCES', address: '192.0.2.1' }, 'below 1024'],
  [{ say: 'failed', code: 'EMFILE', address: '192.0.2.1' }, 'EMFILE'],
] as const)('a start that fails names the setting: %j', async (report, message) => {
  await expect(start({ workers: 2, greet: (thread) => thread.say(report) })).rejects.toThrow(message);
  expect(threads.map((thread) => thread.terminated)).toEqual([true, true]);
  expect(clock.pending).toBe(0);
});

test('a worker that dies while it starts fails the start, and is not started again', async () => {
  const dying = start({ greet: (thread) => queueMicrotask(() => thread.die('out of memory')) });
  await expect(dying).rejects.toThrow('out of memory');
  clock.advance(10_000);
  expect(threads).toHaveLength(1);
});

test.each([
  [{ first: 20_001, last: 20_002 }, 'holds no pair'],
  [{ first: 20_004, last: 20_000 }, 'holds no pair'],
])('a range without a pair is refused: %j', async (range, message) => {
  await expect(start(range)).rejects.toThrow(message);
});

test('no address is refused', async () => {
  const starting = startMediaPlane({ addresses: {}, ports: { first: 20_000, last: 20_009 }, clock });
  await expect(starting).rejects.toThrow('media.address');
});

test('calls of one meeting are in one worker, however many others there are; so is a call beside another', async () => {
  const plane = await start({ workers: 3 });
  const opened = () => {
    clock.advance(PATIENCE_MS);
    return threads.map(({ posted }) => posted.flat().filter((command) => command.do === 'open-call').length);
  };
  for (let i = 0; i < 5; i++) plane.openCall(`other ${i}`, told);
  const before = opened();
  const met = Array.from({ length: 4 }, (_, i) => plane.openCall(`met ${i}`, told, { meeting: 'acme' })!);
  plane.openCall('beside', told, { beside: met[0]! });
  const after = opened();
  expect(after.map((count, i) => count - before[i]!).toSorted()).toEqual([0, 0, 5]);
  // Other meetings are elsewhere: not all in one.
  for (let i = 0; i < 12; i++) plane.openCall(`m${i}`, told, { meeting: `domain ${i}` });
  expect(opened().filter((count, i) => count > after[i]!).length).toBeGreaterThan(1);
});

test('close ends the calls, tells the workers to stop, and lets no new call in', async () => {
  const plane = await start();
  plane.openCall('one', told)!.openLeg('a', LEG);
  const closing = plane.close();
  expect(plane.openCall('two', told)).toBeUndefined();
  await closing;
  expect(threads[0]!.posted.flat().slice(-2)).toEqual([{ do: 'close-call', call: 1 }, { do: 'stop' }]);
  expect(clock.pending).toBe(0);
  await plane.close();
});

test('what went wrong while binding is logged', async () => {
  await start();
  threads[0]!.say({ say: 'unbound', address: '192.0.2.1', inUse: 3, failed: undefined });
  threads[0]!.say({ say: 'unbound', address: '192.0.2.1', inUse: 0, failed: 'EMFILE' });
  expect(log.lines).toMatchObject([
    { level: 'debug', event: 'media.ports-in-use', fields: { pairs: 3 } },
    { level: 'error', event: 'media.bind-failed', fields: { code: 'EMFILE' } },
  ]);
});

test('what the user of one call throws keeps no other from its events; what a timer of a thread throws is told', async () => {
  const plane = await start();
  plane.openCall('one', () => {
    throw new Error('ours');
  });
  plane.openCall('two', told);
  threads[0]!.say(
    { say: 'event', call: 1, event: { kind: 'lost', detail: 'x' } },
    { say: 'event', call: 2, event: { kind: 'lost', detail: 'y' } },
    { say: 'fault', stack: 'Error: z\n    at here' },
  );
  expect(events).toEqual([{ kind: 'lost', detail: 'y' }]);
  expect(log.lines).toMatchObject([
    { level: 'error', event: 'media.user-failed', fields: { event: 'lost' } },
    { level: 'error', event: 'media.timer-failed', fields: { error: 'Error: z\n    at here' } },
  ]);
});

test('streams beside the sound take pairs of the same address, and give them back with their leg or before', async () => {
  const plane = await start();
  const call = plane.openCall('one', told)!;
  const a = call.openLeg('a', { ...LEG, advertise: '198.51.100.9' })!;
  const b = call.openLeg('b', LEG)!;
  const [one, other] = [a, b].map((leg) => call.openStream(leg, { kind: 'video', transport: 'rtp' })!);
  expect(one!.local).toEqual({ address: '198.51.100.9', port: 20_004, rtcpPort: 20_005 });
  expect(call.openStream(a, { kind: 'image', transport: 'udp' })).toBeUndefined();
  const media = { claimed: undefined, claimedRtcp: undefined, receives: true, rtcpMux: false, clockRates: [] };
  one!.update(media, { newOffer: true });
  call.bridgeStreams(one!, other!);
  expect(plane.statistics().pairs.leased).toBe(4);
  other!.close();
  other!.close();
  other!.update(media, { newOffer: true });
  expect(plane.statistics().pairs.leased).toBe(3);
  a.close();
  expect(plane.statistics().pairs.leased).toBe(1);
  clock.advance(PATIENCE_MS);
  const commands = threads[0]!.posted.flat().filter((command) => command.do.includes('stream'));
  expect(commands).toEqual([
    ...[
      { leg: 1, stream: 3, port: 20_004 },
      { leg: 2, stream: 4, port: 20_006 },
    ].map((each) => ({ do: 'open-stream', call: 1, kind: 'video', transport: 'rtp', ...LEG, ...each })),
    { do: 'update-stream', call: 1, stream: 3, media, newOffer: true },
    { do: 'bridge-streams', call: 1, a: 3, b: 4 },
    { do: 'close-stream', call: 1, stream: 4 },
  ]);
  call.close();
  expect(plane.statistics().pairs.leased).toBe(0);
});

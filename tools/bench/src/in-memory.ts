import { parseArgs } from 'node:util';
import { ANNA, BORIS, pbxFile } from '@vats/interop';
import { Ledger } from '@vats/kernel';
import { FakeMediaPlane } from '@vats/media/testing';
import { MemoryStore } from '@vats/store/testing';
import { checkSettings, createSwitch } from '@vats/vats';
import { BarePhones } from './in-memory/bare-phones.ts';
import { HeapClock } from './in-memory/heap-clock.ts';
import { InstantNetwork } from './in-memory/instant-network.ts';
import { circumstances } from './load/report.ts';
import { formatSpread, spread } from './load/statistics.ts';

/**
 * What the switch's own code costs for a call (challenged, answered, BYE): SIP, routing and the call itself, without
 * sockets, media threads and disk, under a clock that is turned by hand. Microseconds of CPU, phones included, which are
 * a few string operations a message. For finding out where time goes (`--cpu-prof`), and whether a change helped.
 */
const { values } = parseArgs({
  options: {
    calls: { type: 'string', default: '3000' },
    rounds: { type: 'string', default: '7' },
    /** New calls a second, by the bench's clock: how many transactions linger meanwhile. */
    rate: { type: 'string', default: '100' },
    /** Milliseconds that the process sleeps before each call: what a call costs when others had the caches meanwhile. */
    pause: { type: 'string', default: '0' },
    heap: { type: 'boolean', default: false },
  },
});
const calls = Number(values.calls);
const rounds = Number(values.rounds);
const pause = Number(values.pause);
const collect = globalThis.gc;
if (values.heap && collect === undefined) throw new Error('--heap needs node --expose-gc');
/** Longer than anything of a call is kept (64*T1). */
const OVER_MS = 40_000;
const never = new Int32Array(new SharedArrayBuffer(4));
const gap = 1_000 / Number(values.rate);
const HELD_AT_ONCE = Math.round(1_000 / gap);
const SWITCH = { address: '198.51.100.1', port: 5060 };

const settings = checkSettings(
  JSON.stringify({ data: '/bench', sip: { listen: [`udp://${SWITCH.address}:${SWITCH.port}`] } }),
  'bench.yaml',
  Date.now(),
);
if (!settings.ok) throw new Error(JSON.stringify(settings.problems));

const phones = new BarePhones(
  { ...ANNA, number: ANNA.extension, at: { address: '192.0.2.1', port: 5060 } },
  { ...BORIS, number: BORIS.extension, at: { address: '192.0.2.2', port: 5060 } },
  'office.example',
);
const clock = new HeapClock();
const ledger = new Ledger();
const network = new InstantNetwork(phones.receive);
phones.network = network;
const media = new FakeMediaPlane({ clock, ledger, addresses: { 4: SWITCH.address }, pairs: 100_000 });
const store = new MemoryStore();
const pbx = await createSwitch(settings.value, { network, clock, ledger, media, store });
await pbx.model.applyFile({ path: '/pbx.yaml', name: 'pbx.yaml', text: pbxFile({}) });
for (const who of ['caller', 'callee'] as const) {
  phones.register(who);
  await new Promise(setImmediate);
  phones.take('SIP/2.0 200');
}

const held: { end(): void }[] = [];
async function round(count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    if (pause > 0) Atomics.wait(never, 0, 0, pause);
    held.push(phones.begin());
    if (held.length > HELD_AT_ONCE) held.shift()?.end();
    clock.advance(gap);
    // The fake plane remembers all that it did; and a terminal event is stored in a later turn.
    media.calls.length = 0;
    if (i % 10 === 0) await new Promise(setImmediate);
  }
}

async function tellHeap(soFar: number): Promise<void> {
  while (held.length > 0) held.shift()?.end();
  clock.advance(OVER_MS);
  await new Promise(setImmediate);
  // The history is on disk in a switch.
  await store.history.removeBefore(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY);
  // What the first one's finalizers let go is taken by the second.
  collect?.();
  collect?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  console.log(
    `${soFar} calls: ${(heapUsed / 1e6).toFixed(2)} MB of objects, ${(arrayBuffers / 1e6).toFixed(2)} of buffers`,
  );
}

await round(calls);
const costs: number[] = [];
for (let i = 0; i < rounds; i++) {
  const before = process.cpuUsage();
  await round(calls);
  const { user, system } = process.cpuUsage(before);
  costs.push((user + system) / calls);
  if (values.heap) await tellHeap((i + 2) * calls);
}
console.log(circumstances());
console.log(`${calls} calls a round, ${rounds} rounds: ${formatSpread(spread(costs), 0)} microseconds of CPU a call`);
process.exit(0);

import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type Account, ANNA, BORIS, freePorts, lacking, Scene, Sipp } from '@vats/interop';
import { placeCalls, registerPhones } from './load/load.ts';
import { asteriskPeers, type Peer, vatsPeer } from './load/peer.ts';
import { residentMegabytes } from './load/process-cost.ts';
import { CORES, circumstances } from './load/report.ts';
import { formatTable } from './load/statistics.ts';

/**
 * Resident memory: at rest, for each 1,000 registrations, for each 100 calls in progress (no sound flows; a recorded
 * call writes silence), and what is left after many calls have come and gone.
 */
const { values } = parseArgs({
  options: {
    registrations: { type: 'string', default: '5000' },
    /** Calls in progress at once. */
    calls: { type: 'string', default: '400' },
    /** Calls that come and go. */
    passing: { type: 'string', default: '10000' },
    rate: { type: 'string', default: '50' },
    /** A script that starts Asterisk with a configuration directory laid over its own and prints "pid N". */
    asterisk: { type: 'string', default: process.env.VATS_BENCH_ASTERISK ?? '' },
  },
});
const [registrations, calls] = [Number(values.registrations), Number(values.calls)];
const [passing, rate] = [Number(values.passing), Number(values.rate)];

const missing = lacking('sipp', 'taskset');
if (missing !== undefined) {
  console.error(`bench memory ${missing}`);
  process.exit(1);
}

/** Long enough for short-lived objects to be collected and for the timers of ended calls (64*T1) to run out. */
const REST_MS = 40_000;
const SETTLE_MS = 3_000;

const crowd: readonly Account[] = Array.from({ length: registrations }, (_, i) => ({
  extension: String(40_000 + i),
  name: `Phone ${i}`,
  login: `phone${i}`,
  password: 'Ld9kQm4X',
}));

const scene = new Scene('bench-memory');
try {
  const options = { accounts: [ANNA, BORIS, ...crowd], core: CORES.peer };
  const rows: string[][] = [];
  for (const recording of ['none', 'all'] as const) {
    rows.push(await measure(await vatsPeer(scene, { ...options, recording })));
  }
  if (values.asterisk !== '') {
    for (const peer of await asteriskPeers(scene, values.asterisk, options)) rows.push(await measure(peer));
  }
  console.log(circumstances());
  console.log(
    `megabytes (10^6) resident; ${registrations} registrations, ${calls} calls at once, ${passing} calls in passing at ${rate}/s\n`,
  );
  const headings = [
    'at rest',
    'per 1,000 registrations',
    'per 100 calls up',
    'after warm-up',
    'after all calls',
    'left over',
  ];
  console.log(formatTable(['', ...headings], rows));
} finally {
  await scene.close();
}

async function measure(peer: Peer): Promise<string[]> {
  const memory = () => residentMegabytes(peer.pid);
  const phones = await registerPhones(scene, peer, ANNA, BORIS);
  // A call that fails leaves no more memory behind than others.
  const load = { rate, hold: 1_000, core: CORES.load, mayFail: 5 };
  await wait(SETTLE_MS);
  const atRest = memory();

  await register(peer);
  await wait(SETTLE_MS);
  const registered = memory();

  // The first calls load code and grow the heap to its working size, which is no cost of a call.
  await placeCalls(scene, peer, phones, { ...load, calls: Math.min(1_000, passing) });
  await peer.settled();
  await wait(REST_MS);
  const warm = memory();

  let inside = warm;
  await placeCalls(scene, peer, phones, {
    ...load,
    calls,
    hold: (calls / rate) * 1_000 + 10_000,
    inside: async () => {
      inside = memory();
    },
  });
  await placeCalls(scene, peer, phones, { ...load, calls: passing });
  await peer.settled();
  await wait(REST_MS);
  const after = memory();

  const row = [
    peer.name,
    atRest.toFixed(1),
    (((registered - atRest) / registrations) * 1_000).toFixed(2),
    (((inside - warm) / calls) * 100).toFixed(2),
    warm.toFixed(1),
    after.toFixed(1),
    (after - warm).toFixed(1),
  ];
  // At once too: the next contestant may fail, and this one took minutes.
  console.error(row.join('  '));
  return row;
}

async function register(peer: Peer): Promise<void> {
  const sipp = await Sipp.start(scene, {
    scenario: 'register',
    calls: registrations,
    rate: 250,
    target: peer.target,
    local: { address: '127.0.0.1', port: await freePorts() },
    users: crowd,
    ...(CORES.load === undefined ? {} : { core: CORES.load }),
  });
  const result = await sipp.finished((registrations / 250) * 1_000 + 60_000);
  if (result.failed > registrations / 200)
    throw new Error(`${peer.name}: ${result.failed} registrations failed: ${JSON.stringify(result)}`);
}

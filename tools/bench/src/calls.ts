import { parseArgs } from 'node:util';
import { type Account, ANNA, BORIS, freePorts, lacking, Scene, Sipp } from '@vats/interop';
import { placeCalls, registerPhones } from './load/load.ts';
import { asteriskPeers, type Peer, vatsPeer } from './load/peer.ts';
import { cpuSeconds } from './load/process-cost.ts';
import { CORES, circumstances } from './load/report.ts';
import { formatSpread, formatTable, spread } from './load/statistics.ts';

/**
 * What a call costs: CPU-seconds for 1,000 calls through two registered users (challenged, answered, held a second,
 * BYE), and for 1,000 registrations (challenge and 200). SIPp makes the same load for every peer, by turns, after a
 * warm-up that does not count: V8 compiles the code of a call during its first thousands. What a call costs depends on
 * the rate: the rarer it is, the more of it must be fetched from memory anew.
 */
const { values } = parseArgs({
  options: {
    calls: { type: 'string', default: '1000' },
    rate: { type: 'string', default: '50' },
    rounds: { type: 'string', default: '3' },
    /** Calls before the first round. */
    warmup: { type: 'string', default: '3000' },
    /** Leaves out those who record, who break down at lower rates. */
    'no-recording': { type: 'boolean', default: false },
    registrations: { type: 'string', default: '5000' },
    'registration-rate': { type: 'string', default: '500' },
    /** A script that starts Asterisk with a configuration directory laid over its own and prints "pid N". */
    asterisk: { type: 'string', default: process.env.VATS_BENCH_ASTERISK ?? '' },
  },
});
const load = { calls: Number(values.calls), rate: Number(values.rate), hold: 1_000, core: CORES.load };
const registrations = { calls: Number(values.registrations), rate: Number(values['registration-rate']) };
const rounds = Number(values.rounds);
const WARMUP_RATE = 60;
const warmup = { ...load, calls: Number(values.warmup), rate: Math.max(load.rate, WARMUP_RATE) };

const missing = lacking('sipp', 'taskset');
if (missing !== undefined) {
  console.error(`bench calls ${missing}`);
  process.exit(1);
}

const crowd: readonly Account[] = Array.from({ length: 1_000 }, (_, i) => ({
  extension: String(4_000 + i),
  name: `Phone ${i}`,
  login: `phone${i}`,
  password: 'Ld9kQm4X',
}));

interface Contestant {
  readonly peer: Peer;
  /** Seconds of CPU for 1,000. */
  readonly call: number[];
  readonly registration: number[];
  /** Milliseconds from the authorised INVITE to its 200. */
  readonly answer: number[];
}

const scene = new Scene('bench-calls');
try {
  const contestants = await start();
  for (const { peer } of contestants) {
    await placeCalls(scene, peer, await registerPhones(scene, peer, ANNA, BORIS), warmup);
    await register(peer);
  }
  for (let round = 0; round < rounds; round++) {
    for (const contestant of contestants) await measure(contestant);
  }
  for (const { peer } of contestants) await peer.settled();
  print(contestants);
} finally {
  await scene.close();
}

async function start(): Promise<Contestant[]> {
  const options = { accounts: [ANNA, BORIS, ...crowd], core: CORES.peer };
  const peers = [
    await vatsPeer(scene, { ...options, recording: 'none' }),
    ...(values['no-recording'] ? [] : [await vatsPeer(scene, { ...options, recording: 'all' })]),
    ...(values.asterisk === '' ? [] : await asteriskPeers(scene, values.asterisk, options)),
  ];
  return peers
    .filter(({ records }) => !(records && values['no-recording']))
    .map((peer) => ({ peer, call: [], registration: [], answer: [] }));
}

async function measure({ peer, call, registration, answer }: Contestant): Promise<void> {
  // Anew each time: two contestants may be one process, and then the newest registration counts.
  const phones = await registerPhones(scene, peer, ANNA, BORIS);
  const before = cpuSeconds(peer.pid);
  const result = await placeCalls(scene, peer, phones, load);
  const between = cpuSeconds(peer.pid);
  await register(peer);
  const after = cpuSeconds(peer.pid);
  call.push(((between - before) / load.calls) * 1_000);
  registration.push(((after - between) / registrations.calls) * 1_000);
  if (result.answered !== undefined) answer.push(result.answered);
}

async function register(peer: Peer): Promise<void> {
  const sipp = await Sipp.start(scene, {
    ...registrations,
    scenario: 'register',
    target: peer.target,
    local: { address: '127.0.0.1', port: await freePorts() },
    users: crowd,
    ...(CORES.load === undefined ? {} : { core: CORES.load }),
  });
  const result = await sipp.finished((registrations.calls / registrations.rate) * 1_000 + 60_000);
  if (result.failed > 0)
    throw new Error(`${peer.name}: ${result.failed} registrations failed: ${JSON.stringify(result)}`);
}

function print(contestants: readonly Contestant[]): void {
  const base = spread(contestants[0]?.call ?? []).median;
  const rows = contestants.map(({ peer, call, registration, answer }) => [
    peer.name,
    formatSpread(spread(call)),
    `${(spread(call).median / base).toFixed(2)}x`,
    formatSpread(spread(registration), 3),
    answer.length === 0 ? '-' : formatSpread(spread(answer), 0),
  ]);
  console.log(circumstances());
  console.log(
    `${load.calls} calls at ${load.rate}/s held ${load.hold} ms, ${registrations.calls} registrations at ` +
      `${registrations.rate}/s, ${rounds} rounds by turns: median (least-most)\n`,
  );
  console.log(
    formatTable(['', 'CPU-s per 1,000 calls', 'to the first', 'CPU-s per 1,000 registrations', 'ms to answer'], rows),
  );
}

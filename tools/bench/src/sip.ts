/**
 * What signalling costs beside the peers, in one run: CPU-seconds of the whole process (and of all that it started) for 1,000
 * OPTIONS, REGISTERs with challenge and digest, and calls between two registered users without sound.
 *
 *     node tools/bench/src/sip.ts [--peers DIR] [--kamailio] [--asterisk SCRIPT] [--only options,register,calls] [--soak MINUTES]
 *
 * DIR/node_modules may hold npm's `sip`; SCRIPT starts an Asterisk 16 with a configuration directory laid over its own and prints
 * "pid N"; Kamailio is Debian's. SIPp makes the same load for all, by turns, round after round, after a warm-up that does not count.
 */
import { parseArgs } from 'node:util';
import { type Account, freePorts, lacking, Scene, Sipp } from '@vats/interop';
import { placeCalls, registerPhones } from './load/load.ts';
import { cpuSecondsOfTree, residentMegabytes } from './load/process-cost.ts';
import { CORES, circumstances } from './load/report.ts';
import { formatSpread, formatTable, spread } from './load/statistics.ts';
import { type Contestant, startAll, type Task } from './sip/contestants.ts';

const { values } = parseArgs({
  options: {
    peers: { type: 'string', default: process.env.VATS_BENCH_PEERS ?? '' },
    kamailio: { type: 'boolean', default: false },
    asterisk: { type: 'string', default: process.env.VATS_BENCH_ASTERISK ?? '' },
    only: { type: 'string', default: 'options,register,calls' },
    rounds: { type: 'string', default: '3' },
    users: { type: 'string', default: '10000' },
    options: { type: 'string', default: '20000' },
    'options-rate': { type: 'string', default: '2000' },
    'register-rate': { type: 'string', default: '500' },
    calls: { type: 'string', default: '2000' },
    'calls-rate': { type: 'string', default: '150' },
    warmup: { type: 'string', default: '4000' },
    /** OPTIONS for so many minutes, with the memory of each contestant every minute, instead of all else. */
    soak: { type: 'string', default: '' },
  },
});
const tasks = values.only.split(',') as Task[];
const rounds = Number(values.rounds);
const users = Number(values.users);
const options = { calls: Number(values.options), rate: Number(values['options-rate']) };
const registrations = { calls: users, rate: Number(values['register-rate']) };
const calls = { calls: Number(values.calls), rate: Number(values['calls-rate']), hold: 1_000, core: CORES.load };

const missing = lacking('sipp', 'taskset');
if (missing !== undefined) {
  console.error(`bench sip ${missing}`);
  process.exit(1);
}

const PASSWORD = 'Ld9kQm4X';
// Two more than register: whom rounds of registrations left several Contacts would be rung at all of them.
const accounts: readonly Account[] = Array.from({ length: users + 2 }, (_, i) => ({
  extension: String(40_000 + i),
  name: `Phone ${i}`,
  login: `phone${i}`,
  password: PASSWORD,
}));
const registering = accounts.slice(0, users);
const [caller, callee] = [accounts[users]!, accounts[users + 1]!];

const scene = new Scene('bench-sip');
try {
  const { peers: npm, kamailio, asterisk } = values;
  const isSoak = values.soak !== '';
  const all = await startAll(scene, {
    accounts,
    core: CORES.peer,
    npm,
    kamailio,
    asterisk,
    tasks: isSoak ? ['options'] : tasks,
  });
  console.log(circumstances());
  if (isSoak) await soak(all, Number(values.soak));
  else
    for (const task of tasks)
      await measureAll(
        task,
        all.filter(({ does }) => does.includes(task)),
      );
} finally {
  await scene.close();
}

async function measureAll(task: Task, contestants: readonly Contestant[]): Promise<void> {
  const costs = new Map(contestants.map((each) => [each, [] as number[]]));
  for (const contestant of contestants) await once(task, contestant, true);
  for (let round = 0; round < rounds; round++) {
    for (const [contestant, cost] of costs) {
      const before = cpuSecondsOfTree(contestant.pid);
      const done = await once(task, contestant, false);
      cost.push(((cpuSecondsOfTree(contestant.pid) - before) / done) * 1_000);
    }
  }
  const base = spread(costs.get(contestants[0]!)!).median;
  const rows = contestants.map((each) => {
    const all = spread(costs.get(each)!);
    return [
      each.name,
      formatSpread(all, 3),
      `${(all.median / base).toFixed(2)}x`,
      residentMegabytes(each.pid).toFixed(0),
    ];
  });
  console.log(`\n${described(task)}, ${rounds} rounds by turns: median (least-most)\n`);
  console.log(formatTable([task, 'CPU-s per 1,000', 'to the first', 'MB resident'], rows));
}

function described(task: Task): string {
  if (task === 'options') return `${options.calls} OPTIONS at ${options.rate}/s`;
  if (task === 'register') return `${registrations.calls} registrations of as many users at ${registrations.rate}/s`;
  return `${calls.calls} calls at ${calls.rate}/s held ${calls.hold} ms`;
}

/** Does it once, as often as the answer says. */
async function once(task: Task, contestant: Contestant, isWarmup: boolean): Promise<number> {
  if (task === 'calls') {
    const peer = { ...contestant, records: false, settled: async () => {}, dials: () => contestant.dials(callee) };
    const phones = await registerPhones(scene, peer, caller, callee);
    const count = isWarmup ? Number(values.warmup) : calls.calls;
    // On a machine that others use as well a call may fail, which says nothing of what the others cost.
    const result = await placeCalls(scene, peer, phones, { ...calls, calls: count, mayFail: 100 });
    return result.successful;
  }
  const load = task === 'options' ? options : registrations;
  const sipp = await Sipp.start(scene, {
    ...load,
    scenario: task,
    target: contestant.target,
    local: { address: '127.0.0.1', port: await freePorts() },
    ...(task === 'register' && { users: registering }),
    ...(CORES.load !== undefined && { core: CORES.load }),
  });
  const result = await sipp.finished((load.calls / load.rate) * 1_000 + 60_000);
  // On a machine that others use as well the rate may be more than fits for a while, and some be refused.
  if (!isWarmup && result.failed > load.calls / 5)
    throw new Error(`${contestant.name}: ${result.failed} ${task} failed: ${JSON.stringify(result)}`);
  return result.successful;
}

async function soak(contestants: readonly Contestant[], minutes: number): Promise<void> {
  for (const contestant of contestants.filter(({ does }) => does.includes('options'))) {
    const memory = [residentMegabytes(contestant.pid)];
    const sipp = await Sipp.start(scene, {
      scenario: 'options',
      rate: options.rate,
      calls: options.rate * 60 * minutes,
      patience: 60 * minutes + 60,
      target: contestant.target,
      local: { address: '127.0.0.1', port: await freePorts() },
      ...(CORES.load !== undefined && { core: CORES.load }),
    });
    const watch = setInterval(() => memory.push(residentMegabytes(contestant.pid)), 60_000);
    const result = await sipp.finished(minutes * 60_000 + 90_000);
    clearInterval(watch);
    console.log(
      `${contestant.name}: ${result.successful} OPTIONS at ${options.rate}/s in ${minutes} min, ${result.failed} failed; ` +
        `MB each minute: ${memory.map((megabytes) => megabytes.toFixed(0)).join(' ')}`,
    );
  }
}

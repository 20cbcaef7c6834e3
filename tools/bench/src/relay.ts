/**
 * What relaying a packet costs, and how long it takes: CPU microseconds for each packet forwarded, and the 99th percentile of
 * the delay, beside the least that a relay in Node can be (written plainly, and with all that helps), beside rtpengine where it
 * is installed, and beside Asterisk where a script starts it.
 *
 *     node tools/bench/src/relay.ts [--calls 100,200] [--rounds 3] [--seconds 5] [--warm-up 8] [--only vats --only rtpengine]
 *         [--asterisk SCRIPT] [--allocations]
 *
 * A call is two phones that send 50 packets a second each. Relay and phones keep to a core of their own. All contestants
 * take turns within a round; a warm-up long enough for every source to be settled goes before each measurement.
 *
 * `--allocations` measures the octets that Node's relays allocate for a packet in V8's heap instead; from some 15 calls on VATS reads
 * its sockets in rounds, with fewer as the kernel tells.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { parseArgs } from 'node:util';
import { freePorts } from '@vats/interop';
import { busiest } from './load/allocations.ts';
import { cpuSeconds } from './load/process-cost.ts';
import { CORES, circumstances } from './load/report.ts';
import { formatSpread, formatTable, spread } from './load/statistics.ts';
import { type ThreadAllocations, Threads } from './load/threads.ts';
import { asteriskCalls, startAsterisk } from './relay/asterisk.ts';
import type { PhonesReady, RelayOrder, RelayReady, TalkNews, TalkOrder, TalkResult } from './relay/protocol.ts';
import { rtpengineCalls } from './relay/rtpengine.ts';

const { values } = parseArgs({
  options: {
    calls: { type: 'string', default: '100,200' },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '5' },
    'warm-up': { type: 'string', default: '8' },
    /** Contestants' names; the plain loop takes part always. */
    only: { type: 'string', multiple: true },
    allocations: { type: 'boolean', default: false },
    /** A script that starts Asterisk with a configuration directory laid over its own and prints "pid N". */
    asterisk: { type: 'string', default: process.env.VATS_BENCH_ASTERISK ?? '' },
  },
});
const rounds = Number(values.rounds);
const NG_PORT = 22_299;
const BASE = 'plain Node loop';

/** A relay under test. */
interface Contestant {
  readonly name: string;
  readonly record: boolean;
  start(): Promise<Relay>;
}

/** One that runs. */
interface Relay {
  readonly pid: number;
  /** Of Node's inspector, where it was asked for. */
  readonly inspector?: number;
  setUp(order: RelayOrder): Promise<RelayReady>;
  stop(): Promise<void>;
}

const contestants: Contestant[] = [
  ours(BASE, 'plain-loop.ts', false),
  ours('batched Node loop', 'batched-loop.ts', false),
  ours('vats', 'vats-relay.ts', false),
  ours('vats, recording', 'vats-relay.ts', true),
];
if (values.allocations) console.log('rtpengine and Asterisk take no part: they have no heap of V8');
else if (installed('rtpengine'))
  contestants.push(rtpengine('rtpengine', false), rtpengine('rtpengine, recording', true));
else console.log('rtpengine is not installed: it takes no part');
if (values.asterisk !== '' && !values.allocations)
  contestants.push(asterisk('Asterisk', false), asterisk('Asterisk, MixMonitor', true));
const { only } = values;
const running = contestants.filter(({ name }) => name === BASE || only === undefined || only.includes(name));

console.log(circumstances());
for (const calls of values.calls.split(',').map(Number)) {
  if (values.allocations) {
    await compareAllocations(calls);
    continue;
  }
  const results = running.map(() => ({ cost: [] as number[], p50: [] as number[], p99: [] as number[], lost: 0 }));
  for (let round = 0; round < rounds; round++) {
    for (const [i, contestant] of running.entries()) {
      const { cost, talk } = await measure(contestant, calls);
      const result = results[i]!;
      result.cost.push(cost);
      result.p50.push(talk.p50);
      result.p99.push(talk.p99);
      result.lost += talk.sent - talk.received;
    }
  }
  const [base] = results;
  console.log(`\n${calls} calls, ${100 * calls} packets a second: median (least-most) of ${rounds} rounds`);
  console.log(
    formatTable(
      ['', 'µs CPU a packet', 'of the plain loop', 'p50 ms', 'p99 ms', 'p99 above it', 'lost'],
      results.map(({ cost, p50, p99, lost }, i) => [
        running[i]!.name,
        formatSpread(spread(cost), 1),
        (spread(cost).median / spread(base!.cost).median).toFixed(2),
        spread(p50).median.toFixed(2),
        formatSpread(spread(p99), 1),
        (spread(p99).median - spread(base!.p99).median).toFixed(1),
        String(lost),
      ]),
    ),
  );
}

async function compareAllocations(calls: number): Promise<void> {
  const results = running.map(() => ({ octets: [] as number[], collections: [] as number[] }));
  for (let round = 0; round < rounds; round++) {
    for (const [i, contestant] of running.entries()) {
      const { allocations, talk } = await measure(contestant, calls);
      const { allocated, collections } = busiest(allocations);
      results[i]!.octets.push(allocated / talk.received);
      results[i]!.collections.push(collections / Number(values.seconds));
    }
  }
  const base = spread(results[0]!.octets).median;
  console.log(`\n${calls} calls, ${100 * calls} packets a second: median (least-most) of ${rounds} rounds`);
  console.log(
    formatTable(
      ['', 'octets allocated a packet', 'of the plain loop', 'collections a second'],
      results.map(({ octets, collections }, i) => [
        running[i]!.name,
        formatSpread(spread(octets), 0),
        (spread(octets).median / base).toFixed(2),
        spread(collections).median.toFixed(1),
      ]),
    ),
  );
}

interface Measured {
  readonly cost: number;
  /** Of each of its threads, where that is what is measured. */
  readonly allocations: readonly ThreadAllocations[];
  readonly talk: TalkResult;
}

async function measure(contestant: Contestant, calls: number): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), 'vats-bench-relay-'));
  const phones = node('phones.ts', CORES.load);
  const relay = await contestant.start();
  try {
    phones.send({ open: calls });
    const opened = await answer<PhonesReady>(phones);
    const order = { phones: opened.phones, ...(contestant.record && { recordInto: folder }) };
    const ready = await relay.setUp(order);
    const talk: TalkOrder = { ...ready, warmUp: Number(values['warm-up']), seconds: Number(values.seconds) };
    phones.send(talk);
    const threads = relay.inspector === undefined ? undefined : await Threads.of(relay.inspector);
    let used = 0;
    let allocations: readonly ThreadAllocations[] = [];
    for (;;) {
      const news = await answer<TalkNews>(phones);
      if (news === 'begin') {
        await threads?.beginAllocations();
        used = -cpuSeconds(relay.pid);
      } else if (news === 'end') {
        used += cpuSeconds(relay.pid);
        allocations = (await threads?.endAllocations()) ?? [];
        threads?.close();
      } else return { cost: (1e6 * used) / news.received, allocations, talk: news };
    }
  } finally {
    await ended(phones);
    await relay.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function ours(name: string, file: string, record: boolean): Contestant {
  return {
    name,
    record,
    start: async () => {
      const inspector = values.allocations ? await freePorts() : undefined;
      const child = node(file, CORES.peer, inspector === undefined ? [] : [`--inspect=127.0.0.1:${inspector}`]);
      return {
        pid: child.pid!,
        ...(inspector !== undefined && { inspector }),
        setUp: (order) => {
          child.send(order);
          return answer<RelayReady>(child);
        },
        stop: () => ended(child),
      };
    },
  };
}

function rtpengine(name: string, record: boolean): Contestant {
  const spool = mkdtempSync(join(tmpdir(), 'vats-bench-rtpengine-'));
  process.on('exit', () => rmSync(spool, { recursive: true, force: true }));
  const recording = record ? [`--recording-dir=${spool}`, '--recording-method=pcap', '--recording-format=eth'] : [];
  return {
    name,
    record,
    start: async () => {
      const child = pinned(
        'rtpengine',
        ['-f', '-E', '-L', '3', '--table=-1', '--interface=127.0.0.1', `--listen-ng=127.0.0.1:${NG_PORT}`].concat(
          ['-m', '45000', '-M', '49999', '--num-threads=1', '--delete-delay=0', '--timeout=300'],
          recording,
        ),
        CORES.peer,
        'ignore',
      );
      return {
        pid: child.pid!,
        setUp: async (order) => {
          // It says nowhere that it is ready.
          await new Promise((resolve) => setTimeout(resolve, 1_500));
          return rtpengineCalls(NG_PORT, order);
        },
        stop: () => ended(child),
      };
    },
  };
}

function asterisk(name: string, record: boolean): Contestant {
  return {
    name,
    record,
    start: async () => {
      const folder = mkdtempSync(join(tmpdir(), 'vats-bench-asterisk-'));
      const pid = await startAsterisk(values.asterisk, folder, CORES.peer);
      return {
        pid,
        setUp: asteriskCalls,
        stop: async () => {
          process.kill(pid, 'SIGKILL');
          while (existsSync(`/proc/${pid}`)) await new Promise((resolve) => setTimeout(resolve, 50));
          rmSync(folder, { recursive: true, force: true });
        },
      };
    },
  };
}

async function ended(child: ChildProcess): Promise<void> {
  child.kill();
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}

function node(file: string, core: number | undefined, options: readonly string[] = []): ChildProcess {
  const script = join(import.meta.dirname, 'relay', file);
  return pinned(process.execPath, ['--no-warnings', ...options, script], core, 'inherit');
}

function pinned(command: string, args: string[], core: number | undefined, output: 'inherit' | 'ignore'): ChildProcess {
  const stdio = ['ignore', output, output, 'ipc'] as const;
  return core !== undefined && installed('taskset')
    ? spawn('taskset', ['-c', String(core), command, ...args], { stdio: [...stdio] })
    : spawn(command, args, { stdio: [...stdio] });
}

async function answer<T>(child: ChildProcess): Promise<T> {
  const gone = once(child, 'exit').then(([code]) =>
    Promise.reject(new Error(`${child.spawnargs.join(' ')}: exit ${code}`)),
  );
  const [message] = await Promise.race([once(child, 'message'), gone]);
  return message as T;
}

function installed(program: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((directory) => existsSync(join(directory, program)));
}

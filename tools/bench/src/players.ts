/**
 * What it costs to play to many callers at once, and how steadily their packets leave: a prompt from a file in a loop, through the
 * whole media plane (one worker, real sockets; callers who say nothing, or of whom it is known where they are), beside the least that it can cost in Node (`raw`: packets that are ready, from one socket,
 * from one for each caller, from connected ones).
 *
 *     node tools/bench/src/players.ts [--players 1000] [--seconds 10] [--rounds 3] [--codec pcma|pcmu|g722|opus] [--only NAME,...]
 *         [--against CHECKOUT] [--asterisk SCRIPT]    # the script starts an Asterisk with a configuration directory laid over its own, and prints "pid N"
 *
 * The contestants take turns within a round. Each keeps to one core, who hears them to the other. CPU is that of the contestant's
 * process; the steadiness is what the listener sees, which looks every millisecond.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { cpuSeconds } from './load/process-cost.ts';
import { CORES, circumstances } from './load/report.ts';
import { formatSpread, formatTable, spread } from './load/statistics.ts';
import { asteriskPlays } from './players/asterisk.ts';
import {
  CODECS,
  type CodecName,
  type Ears,
  type Heard,
  type PlayersOrder,
  type Playing,
  type SpeakOrder,
} from './players/protocol.ts';

const { values } = parseArgs({
  options: {
    players: { type: 'string', default: '1000' },
    seconds: { type: 'string', default: '10' },
    'warm-up': { type: 'string', default: '4' },
    rounds: { type: 'string', default: '3' },
    codec: { type: 'string', default: 'pcma' },
    only: { type: 'string' },
    /** Another checkout, whose player takes part as `before`. */
    against: { type: 'string', default: '' },
    asterisk: { type: 'string', default: process.env.VATS_BENCH_ASTERISK ?? '' },
    /** Arguments for the contestants' node, as `--cpu-prof`. */
    node: { type: 'string', default: '' },
  },
});
const [players, seconds, rounds] = [Number(values.players), Number(values.seconds), Number(values.rounds)];
const codec = values.codec as CodecName;
if (!Object.hasOwn(CODECS, codec)) throw new Error(`--codec is one of ${Object.keys(CODECS).join(', ')}`);

interface Contestant {
  readonly name: string;
  /** Empty for Asterisk. */
  readonly file: string;
  readonly music: boolean;
  readonly sockets: PlayersOrder['sockets'];
  /** Its listeners say something now and then: it knows them, and may connect its sockets. */
  readonly known?: boolean;
}

const VATS_PLAYER = 'tools/bench/src/players/vats-player.ts';
const all: readonly Contestant[] = [
  { name: 'raw', file: 'raw-sender.ts', music: false, sockets: 'each' },
  { name: 'raw-connected', file: 'raw-sender.ts', music: false, sockets: 'connected' },
  { name: 'raw-one', file: 'raw-sender.ts', music: false, sockets: 'one' },
  { name: 'prompts', file: 'vats-player.ts', music: false, sockets: 'each' },
  { name: 'prompts-known', file: 'vats-player.ts', music: false, sockets: 'each', known: true },
  { name: 'music', file: 'vats-player.ts', music: true, sockets: 'each' },
  ...(values.against === ''
    ? []
    : [{ name: 'before', file: join(values.against, VATS_PLAYER), music: false, sockets: 'each' } as const]),
  ...(values.asterisk === '' ? [] : [{ name: 'asterisk', file: '', music: false, sockets: 'each' } as const]),
];
const contestants = all.filter(({ name }) => values.only === undefined || values.only.split(',').includes(name));
if (contestants.length === 0) throw new Error(`--only takes ${all.map(({ name }) => name).join(', ')}`);

interface Result {
  readonly cpu: number;
  readonly heard: Heard;
}

const sink = node('sink.ts', CORES.load);
const [ears] = (await once(sink, 'message')) as [Ears];
const results = contestants.map((): Result[] => []);
for (let round = 0; round < rounds; round++) {
  for (const [i, contestant] of contestants.entries()) results[i]!.push(await measure(contestant));
}
sink.disconnect();
sink.kill();

console.log(circumstances());
console.log(`${players} listeners, ${codec}, ${rounds} rounds of ${seconds} s: median (least-most)\n`);
const base = results.at(0)!.map(costOf);
console.log(
  formatTable(
    [
      '',
      '% of a core',
      'µs a packet',
      `of ${contestants[0]!.name}`,
      'sent of due',
      'lost',
      'p50 ms',
      'p99 ms',
      'worst',
      'drift',
    ],
    results.map((found, i) => {
      const of = (figure: (result: Result) => number) => spread(found.map(figure));
      return [
        contestants[i]!.name,
        formatSpread(
          of(({ cpu }) => (100 * cpu) / seconds),
          1,
        ),
        formatSpread(of(costOf), 1),
        (of(costOf).median / spread(base).median).toFixed(2),
        String(of(({ heard }) => heard.players).least),
        `${(100 * of(({ heard }) => (heard.packets + heard.lost) / (players * 50 * seconds)).median).toFixed(2)} %`,
        String(found.reduce((sum, { heard }) => sum + heard.lost, 0)),
        of(({ heard }) => heard.p50).median.toFixed(1),
        formatSpread(
          of(({ heard }) => heard.p99),
          1,
        ),
        of(({ heard }) => heard.worst).most.toFixed(1),
        of(({ heard }) => heard.drift).most.toFixed(1),
      ];
    }),
  ),
);

function costOf({ cpu, heard }: Result): number {
  return (1e6 * cpu) / (heard.packets + heard.lost);
}

async function measure({ file, music, sockets, known = false }: Contestant): Promise<Result> {
  if (file === '') {
    const asterisk = await asteriskPlays(values.asterisk, { players, ears, cores: CORES });
    try {
      return await count(asterisk.pid);
    } finally {
      await asterisk.stop();
    }
  }
  const contestant = node(file, CORES.peer, values.node.split(' ').filter(Boolean));
  try {
    contestant.send({ players, ears, codec, music, sockets } satisfies PlayersOrder);
    const { legs } = await answer<Playing>(contestant);
    sink.send({ legs: known ? legs : [] } satisfies SpeakOrder);
    // A socket is connected 5 s after its peer was heard.
    if (known) await sleep(6_000);
    return await count(contestant.pid!);
  } finally {
    contestant.disconnect();
    await once(contestant, 'exit');
  }
}

async function count(pid: number): Promise<Result> {
  await sleep(1_000 * Number(values['warm-up']));
  sink.send('count');
  const before = cpuSeconds(pid);
  await sleep(1_000 * seconds);
  const cpu = cpuSeconds(pid) - before;
  sink.send('tell');
  return { cpu, heard: await answer<Heard>(sink) };
}

function node(file: string, core: number | undefined, args: readonly string[] = []): ChildProcess {
  const command = [process.execPath, '--no-warnings', ...args, resolve(import.meta.dirname, 'players', file)];
  const pinned = core === undefined ? command : ['taskset', '-c', String(core), ...command];
  return spawn(pinned[0]!, pinned.slice(1), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
}

async function answer<T>(child: ChildProcess): Promise<T> {
  const gone = once(child, 'exit').then(([code]) =>
    Promise.reject(new Error(`${child.spawnargs.join(' ')}: exit ${code}`)),
  );
  const [message] = await Promise.race([once(child, 'message'), gone]);
  return message as T;
}

/**
 * What callers cost who wait in a queue, and how steadily they hear its music: so many of them (SIPp) in one queue of a whole switch, in
 * silence, with music, and with music and their place said every 15 seconds; and, where that is asked for, in Asterisk's Queue.
 *
 *     node tools/bench/src/queue.ts [--callers 1000] [--seconds 20] [--only NAME,...] [--asterisk SCRIPT]   # as in players.ts
 *
 * The switch keeps to one core, callers and ears to the other. CPU is that of the switch's process, all its threads together.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { cpuSeconds, residentMegabytes } from './load/process-cost.ts';
import { CORES, circumstances } from './load/report.ts';
import { formatTable } from './load/statistics.ts';
import { asteriskPlays } from './players/asterisk.ts';
import type { Ears, Heard } from './players/protocol.ts';
import { sippCallers } from './players/sipp-callers.ts';

const { values } = parseArgs({
  options: {
    callers: { type: 'string', default: '1000' },
    seconds: { type: 'string', default: '20' },
    only: { type: 'string' },
    asterisk: { type: 'string', default: process.env.VATS_BENCH_ASTERISK ?? '' },
  },
});
const [callers, seconds] = [Number(values.callers), Number(values.seconds)];
const WARM_UP_MS = 5_000;
const SWITCH = '127.43.2.1';
const CALLER = '127.0.0.11';

const QUEUES: Readonly<Record<string, object>> = {
  silence: { music: 'none' },
  music: {},
  'music, place said': { announcePosition: true, every: '15s' },
};

interface Result {
  readonly cpu: number;
  readonly megabytes: number;
  readonly heard: Heard;
}

const sink = spawn(
  'taskset',
  ['-c', String(CORES.load ?? 0), process.execPath, '--no-warnings', resolve(import.meta.dirname, 'players/sink.ts')],
  { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] },
);
const [ears] = (await once(sink, 'message')) as [Ears];
const results = new Map<string, Result>();
for (const [name, queue] of Object.entries(QUEUES)) if (isWanted(name)) results.set(name, await ofVats(queue));
if (values.asterisk !== '' && isWanted('asterisk')) {
  const asterisk = await asteriskPlays(values.asterisk, { players: callers, ears, cores: CORES, queue: true });
  results.set('asterisk', await count(asterisk.pid));
  await asterisk.stop();
}
sink.disconnect();
sink.kill();

console.log(circumstances());
console.log(`${callers} callers in one queue, ${seconds} s\n`);
console.log(
  formatTable(
    ['', '% of a core', 'µs of CPU a caller and second', 'MB', 'heard by', 'lost', 'p50 ms', 'p99 ms', 'worst'],
    [...results].map(([name, { cpu, megabytes, heard }]) => [
      ...[name, ((100 * cpu) / seconds).toFixed(1), ((1e6 * cpu) / seconds / callers).toFixed(0), megabytes.toFixed(0)],
      ...[String(heard.players), String(heard.lost)],
      ...(heard.players === 0 ? ['', '', ''] : [heard.p50, heard.p99, heard.worst].map((ms) => ms.toFixed(1))),
    ]),
  ),
);

function isWanted(name: string): boolean {
  return values.only === undefined || values.only.split(',').includes(name);
}

async function ofVats(queue: object): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'vats-bench-queue-'));
  const vats = await started(folder, queue);
  try {
    const target = `${SWITCH}:5060`;
    const waiting = await sippCallers({
      ...{ folder, target, address: CALLER, dials: '74950000008', players: callers, ears, core: CORES.load },
    });
    const result = await count(vats.pid!);
    await waiting.stop();
    return result;
  } finally {
    vats.kill('SIGKILL');
    await once(vats, 'exit');
    rmSync(folder, { recursive: true, force: true });
  }
}

async function started(folder: string, queue: object): Promise<ChildProcess> {
  const settings = {
    data: join(folder, 'data'),
    sip: { listen: [`udp://${SWITCH}:5060`] },
    media: { address: SWITCH, ports: '30000-39999' },
    calls: { max: 2 * callers },
    log: { level: 'warn' },
  };
  const pbx = {
    domain: 'bench.example',
    trunks: [{ name: 'callers', proxy: `sip:${CALLER}:5061`, allow: [CALLER] }],
    numbers: [{ number: '+74950000008', trunk: 'callers', to: '600' }],
    // An agent to whom there is no way: callers wait as long as they like.
    groups: [
      { extension: '600', name: 'Bench', members: ['+79160000000'], queue: { max: callers, wait: '1h', ...queue } },
    ],
  };
  writeFileSync(join(folder, 'vats.yaml'), JSON.stringify(settings));
  writeFileSync(join(folder, 'pbx.yaml'), JSON.stringify(pbx));
  const main = resolve(import.meta.dirname, '../../../packages/vats/src/main.ts');
  const command = [process.execPath, '--no-warnings', main, 'up', '--config', join(folder, 'vats.yaml')];
  const pinned = CORES.peer === undefined ? command : ['taskset', '-c', String(CORES.peer), ...command];
  const vats = spawn(pinned[0]!, [...pinned.slice(1), '--apply', join(folder, 'pbx.yaml')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  // The banner says that it listens.
  await once(vats.stdout!, 'data');
  vats.stdout!.resume();
  await sleep(2_000);
  if (vats.exitCode !== null) throw new Error(`the switch: exit ${vats.exitCode}`);
  return vats;
}

async function count(pid: number): Promise<Result> {
  await sleep(WARM_UP_MS);
  sink.send('count');
  const before = cpuSeconds(pid);
  await sleep(1_000 * seconds);
  const cpu = cpuSeconds(pid) - before;
  sink.send('tell');
  const [heard] = (await once(sink, 'message')) as [Heard];
  return { cpu, megabytes: residentMegabytes(pid), heard };
}

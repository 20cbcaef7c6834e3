import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Ledger, SystemClock } from '@vats/kernel';
import { FakeMediaPlane } from '@vats/media/testing';
import { checkSettings, createSwitch } from '@vats/vats';
import { BarePhones } from './in-memory/bare-phones.ts';
import { InstantNetwork } from './in-memory/instant-network.ts';
import { companyFile } from './large-company.ts';
import { circumstances } from './load/report.ts';

/*
 * What `apply` of a large company's file costs inside a switch with its database on disk, and how long calls that come
 * meanwhile wait for the main thread: read, checks, comparison, commit, new look-ups, sweep. The library's bare parse of the same text is
 * measured in the same run.
 *
 *   node tools/bench/src/apply.ts [--changes N] [--calls N-a-second]
 */
const { values: flags } = parseArgs({
  options: { changes: { type: 'string', default: '15' }, calls: { type: 'string', default: '50' } },
});
const SWITCH = { address: '198.51.100.1', port: 5060 };
const PATH = '/bench/big.yaml';

const data = mkdtempSync(join(tmpdir(), 'vats-bench-'));
const settings = checkSettings(
  JSON.stringify({ data, sip: { listen: [`udp://${SWITCH.address}:${SWITCH.port}`] } }),
  'bench.yaml',
  Date.now(),
);
if (!settings.ok) throw new Error(JSON.stringify(settings.problems));
const phone = (index: number) => ({
  ...{ login: `user${index}`, password: 'Vf5kNm7Z', number: String(10_000 + index) },
  at: { address: `192.0.2.${index + 1}`, port: 5060 },
});
const phones = new BarePhones(phone(0), phone(1), 'big.example');
const network = new InstantNetwork(phones.receive);
phones.network = network;
const clock = new SystemClock();
const ledger = new Ledger();
const media = new FakeMediaPlane({ clock, ledger, addresses: { 4: SWITCH.address }, pairs: 100_000 });
const pbx = await createSwitch(settings.value, { network, clock, ledger, media });

const small = [0, 1]
  .map(phone)
  .map(
    ({ number, login, password }) =>
      `  - { extension: "${number}", name: x, devices: [{ login: ${login}, password: ${password} }] }`,
  );
await apply(`domain: big.example\nusers:\n${small.join('\n')}\n`);
for (const who of ['caller', 'callee'] as const) {
  phones.register(who);
  await new Promise((resolve) => setTimeout(resolve, 200));
  phones.take('SIP/2.0 200');
}

async function apply(text: string): Promise<number> {
  const change = await pbx.model.applyFile({ path: PATH, name: 'big.yaml', text });
  if (!change.ok) throw new Error(JSON.stringify(change.problems.slice(0, 3)));
  return change.changes.length;
}

/**
 * Calls that begin at an even pace, each ended when 50 later ones stand. Tells how late any began, and the longest turn of the
 * event loop by the main thread's own CPU time, of which other processes of the machine take nothing.
 */
function callsMeanwhile(): { end(): { late: number; turn: number } } {
  const gap = 1_000 / Number(flags.calls);
  const standing: { end(): void }[] = [];
  let due = performance.now() + gap;
  let late = 0;
  let turn = 0;
  let before = threadMs();
  let isOver = false;
  const look = (): void => {
    if (isOver) return;
    const now = threadMs();
    turn = Math.max(turn, now - before);
    before = now;
    const tardy = performance.now() - due;
    if (tardy >= 0) {
      late = Math.max(late, tardy);
      standing.push(phones.begin());
      if (standing.length > 50) standing.shift()?.end();
      // What was missed is not made up for: a heap of calls in one turn would be measured as one long turn.
      due = Math.max(due, performance.now()) + gap;
    }
    setImmediate(look);
  };
  setImmediate(look);
  return {
    end: () => {
      isOver = true;
      const seen = { late: Math.max(late, performance.now() - due), turn: Math.max(turn, threadMs() - before) };
      for (const call of standing) call.end();
      return seen;
    },
  };
}

function threadMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

interface Cost {
  readonly wall: number;
  readonly cpu: number;
  /** Of the main thread alone. */
  readonly main: number;
  /** Milliseconds that the call waited which waited longest, and that the longest turn took. */
  readonly late: number;
  readonly turn: number;
}

async function costOf(act: () => Promise<unknown>, isWithCalls = false): Promise<Cost> {
  const calls = isWithCalls ? callsMeanwhile() : undefined;
  const [cpuBefore, mainBefore, began] = [process.cpuUsage(), threadMs(), performance.now()];
  await act();
  const [wall, main] = [performance.now() - began, threadMs() - mainBefore];
  const { user, system } = process.cpuUsage(cpuBefore);
  return { wall, main, cpu: (user + system) / 1_000, ...(calls?.end() ?? { late: 0, turn: 0 }) };
}

function print(what: string, costs: readonly Cost[]): void {
  const median = (of: (cost: Cost) => number): string => {
    const sorted = costs.map(of).sort((a, b) => a - b);
    return sorted[sorted.length >> 1]!.toFixed(0);
  };
  console.log(
    `${what}: ${median(({ cpu }) => cpu)} ms of CPU, ${median(({ main }) => main)} of them the main thread's; ${median(({ wall }) => wall)} ms`,
  );
}

/** What of it is the calls' own is not told apart. */
function printCalls(what: string, costs: readonly Cost[]): void {
  const worst = (of: (cost: Cost) => number): string => Math.max(...costs.map(of)).toFixed(0);
  console.log(
    `${what}: the longest turn took ${worst(({ turn }) => turn)} ms of CPU, a call waited ${worst(({ late }) => late)} ms at most`,
  );
}

const changes = Number(flags.changes);
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
console.log(circumstances());
const text = companyFile('Anna');
printCalls('calls alone, for two seconds', [await costOf(() => pause(2_000), true)]);
print(`the whole file, ${text.length} characters, new to the database`, [await costOf(() => apply(text))]);
const oneLine: Cost[] = [];
const withCalls: Cost[] = [];
for (let i = 0; i < changes; i++) {
  const [one, other] = [companyFile(`Anna ${i}`), companyFile(`Boris ${i}`)];
  oneLine.push(await costOf(() => apply(one)));
  withCalls.push(await costOf(() => apply(other), true));
}
print('one line changed', oneLine);
printCalls('one line changed, with calls', withCalls);
const other = text
  .replaceAll('after: 20s', 'after: 21s')
  .replaceAll('1h', '2h')
  .replaceAll('channels: 30', 'channels: 31');
printCalls('nearly every line changed, with calls', [await costOf(() => apply(other), true)]);
const { parseDocument } = createRequire(fileURLToPath(import.meta.resolve('@vats/pbx')))('yaml') as {
  parseDocument(text: string): unknown;
};
print('the yaml library alone, the whole file', [await costOf(async () => parseDocument(text))]);
await pbx.close();
rmSync(data, { recursive: true });

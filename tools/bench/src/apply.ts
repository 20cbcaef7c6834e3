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

/** Calls that begin at an even pace, each ended when 50 later ones stand; tells how late any began. */
function callsMeanwhile(): { end(): number } {
  const gap = 1_000 / Number(flags.calls);
  const standing: { end(): void }[] = [];
  let due = performance.now() + gap;
  let latest = 0;
  const timer = setInterval(() => {
    while (performance.now() >= due) {
      latest = Math.max(latest, performance.now() - due);
      standing.push(phones.begin());
      if (standing.length > 50) standing.shift()?.end();
      due += gap;
    }
  }, 1);
  return {
    end: () => {
      clearInterval(timer);
      for (const call of standing) call.end();
      return Math.max(latest, performance.now() - due);
    },
  };
}

interface Cost {
  readonly wall: number;
  readonly cpu: number;
  /** Milliseconds that the call waited which waited longest. */
  readonly late: number;
}

async function costOf(act: () => Promise<unknown>, isWithCalls = false): Promise<Cost> {
  const calls = isWithCalls ? callsMeanwhile() : undefined;
  const before = process.cpuUsage();
  const began = performance.now();
  await act();
  const wall = performance.now() - began;
  const { user, system } = process.cpuUsage(before);
  return { wall, cpu: (user + system) / 1_000, late: calls?.end() ?? 0 };
}

function print(what: string, costs: readonly Cost[], isWithCalls = false): void {
  const median = (of: (cost: Cost) => number): string =>
    costs
      .map(of)
      .sort((a, b) => a - b)
      [costs.length >> 1]!.toFixed(0);
  const worst = Math.max(...costs.map(({ late }) => late)).toFixed(0);
  const late = isWithCalls ? `, a call waited ${worst} ms at most` : '';
  console.log(`${what}: ${median(({ cpu }) => cpu)} ms of CPU, ${median(({ wall }) => wall)} ms${late}`);
}

const changes = Number(flags.changes);
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
console.log(circumstances());
const text = companyFile('Anna');
print('calls alone, for a second', [await costOf(() => pause(1_000), true)], true);
print(
  `the whole file, ${text.length} characters, into a new database, with calls`,
  [await costOf(() => apply(text), true)],
  true,
);
const oneLine: Cost[] = [];
for (let i = 0; i < changes; i++) oneLine.push(await costOf(() => apply(companyFile(`Anna ${i}`))));
print('one line changed', oneLine);
const withCalls: Cost[] = [];
for (let i = 0; i < changes; i++) withCalls.push(await costOf(() => apply(companyFile(`Boris ${i}`)), true));
print('one line changed, with calls', withCalls, true);
const { parseDocument } = createRequire(fileURLToPath(import.meta.resolve('@vats/pbx')))('yaml') as {
  parseDocument(text: string): unknown;
};
print('the yaml library alone, the whole file', [await costOf(async () => parseDocument(text))]);
await pbx.close();
rmSync(data, { recursive: true });

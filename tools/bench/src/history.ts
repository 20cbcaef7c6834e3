/**
 * What the history of calls costs: how many finished calls a second it takes while signalling goes on, and how long a page of a
 * search takes.
 *
 *     node tools/bench/src/history.ts [--calls 2000000] [--rate 2000] [--seconds 10] [--rounds 40] [--directory DIR] [--keep]
 *         [--only pages | inserts]
 *
 * A database is filled with `--calls` calls of three years: 5,000 numbers of the company's, 200 employees, 20 groups, and outside
 * numbers of whom some call often and most once. Filling makes the rows that the store itself makes, by a shorter way. Then calls are
 * kept at `--rate` a second for `--seconds`, each with its note, while the main thread's delay is measured by a timer every
 * millisecond; and pages of 100 are read, each kind of search with other values in every round.
 */
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { SystemClock } from '@vats/kernel';
import { SeededRandom } from '@vats/kernel/testing';
import { type CallFilter, readNumberSearch } from '@vats/pbx';
import { openStore, type Store } from '@vats/store';
import { fillHistory } from '@vats/store/testing';
import { HistoryCalls, YEARS_MS } from './history/history-calls.ts';
import { circumstances } from './load/report.ts';

const { values: flags } = parseArgs({
  options: {
    calls: { type: 'string', default: '2000000' },
    rate: { type: 'string', default: '2000' },
    seconds: { type: 'string', default: '10' },
    rounds: { type: 'string', default: '40' },
    /** Where the database is, or is made. */
    directory: { type: 'string' },
    /** Leaves it there, for another run with `--directory`. */
    keep: { type: 'boolean', default: false },
    /** `pages` or `inserts` alone. */
    only: { type: 'string' },
    /** Puts the file out of the machine's memory before every page (dd, of GNU's coreutils). */
  },
});
const CALLS = Number(flags.calls);
const RATE = Number(flags.rate);
const SECONDS = Number(flags.seconds);
const ROUNDS = Number(flags.rounds);
const BURST_MS = 5;

console.log(circumstances());
const directory = flags.directory ?? mkdtempSync(join(tmpdir(), 'vats-bench-history-'));
const file = join(directory, 'vats.db');
const isThere = existsSync(file);
const calls = new HistoryCalls(new SeededRandom(4), CALLS);
const open = () => openStore({ url: `sqlite:${file}`, keyFile: join(directory, 'key'), clock: new SystemClock() });
let store = await open();
try {
  if (!isThere) {
    await store.close();
    await fill();
    store = await open();
  }
  console.log(`${CALLS} calls, ${(statSync(file).size / 2 ** 30).toFixed(1)} GiB in ${file}`);
  if (flags.only !== 'inserts') await measurePages(store);
  if (flags.only !== 'pages') {
    await measureInserts();
    await measureInserts(store);
    await measurePages(store, 'while calls are kept');
  }
} finally {
  await store.close();
  if (!flags.keep) rmSync(directory, { recursive: true, force: true });
}

async function fill(): Promise<void> {
  const began = performance.now();
  await fillHistory(file, everyCall(), (made) => {
    if (made % 500_000 === 0) console.log(`${made} calls after ${seconds(began)} s`);
  });
  console.log(`filled in ${seconds(began)} s`);
}

function* everyCall() {
  for (let index = 0; index < CALLS; index++) yield calls.at(index);
}

/**
 * Keeps calls at the wanted rate, noted as they start; says how late the main thread was, and how long a promise took. Without a store the
 * same calls are made and thrown away: what the machine and the making of calls cost by themselves.
 */
async function measureInserts(into?: Store): Promise<void> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const took: number[] = [];
  const kept: Promise<void>[] = [];
  let refused = 0;
  const refuse = (): void => {
    refused++;
  };
  const began = performance.now();
  const cpu = process.cpuUsage();
  const thread = process.threadCpuUsage();
  delay.enable();
  let made = 0;
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const due = Math.min(RATE * SECONDS, Math.floor(((performance.now() - began) / 1_000) * RATE));
      for (; made < due; made++) {
        const record = calls.at(CALLS + made);
        if (into === undefined) continue;
        const from = performance.now();
        kept.push(into.history.noteOpen(record).catch(refuse));
        kept.push(into.history.append(record).then(() => void took.push(performance.now() - from), refuse));
      }
      if (made < RATE * SECONDS) return;
      clearInterval(timer);
      resolve();
    }, BURST_MS);
  });
  const offered = performance.now() - began;
  await Promise.all(kept);
  delay.disable();
  const own = process.threadCpuUsage(thread);
  const used = process.cpuUsage(cpu);
  const elapsed = performance.now() - began;
  const perCall = ({ user, system }: NodeJS.CpuUsage): string => `${((user + system) / made).toFixed(0)} µs`;
  const what =
    into === undefined
      ? `${made} calls made and not kept`
      : `${made} calls kept in ${(elapsed / 1_000).toFixed(2)} s, offered in ${(offered / 1_000).toFixed(2)} s: ` +
        `${Math.round((took.length / elapsed) * 1_000)} a second${refused === 0 ? '' : `, ${refused} writes refused`}; ` +
        `durable after p50 ${at(took, 0.5)}, p99 ${at(took, 0.99)} ms`;
  console.log(
    `${what}; event loop late by p50 ${ms(delay.percentile(50) / 1e6)}, p99 ${ms(delay.percentile(99) / 1e6)}, ` +
      `most ${ms(delay.max / 1e6)} ms; CPU a call: main thread ${perCall(own)}, all ${perCall(used)}`,
  );
}

async function measurePages(from: Store, circumstance = 'idle'): Promise<void> {
  const load = !circumstance.startsWith('while')
    ? undefined
    : setInterval(() => void from.history.append(calls.at(0)), 1);
  const random = new SeededRandom(9);
  const since = calls.end - moment(random);
  const searches: Record<string, () => CallFilter> = {
    'newest of a domain': () => ({ domain: 'acme' }),
    'any page of a domain': () => ({ domain: 'acme', before: calls.end - moment(random) }),
    missed: () => ({ domain: 'acme', results: ['missed'], before: calls.end - moment(random) }),
    'outgoing, answered': () => ({ domain: 'acme', directions: ['out'], results: ['answered'] }),
    employee: () => ({ domain: 'acme', employee: calls.employee(random) }),
    'employee, missed': () => ({ domain: 'acme', employee: calls.employee(random), results: ['missed'] }),
    'employee, outgoing, served': () => ({
      employee: calls.employee(random),
      directions: ['out'],
      results: ['served'],
    }),
    group: () => ({ domain: 'acme', group: calls.group(random) }),
    'group, a day': () => ({ domain: 'acme', group: calls.group(random), since, before: since + 86_400_000 }),
    'frequent caller': () => ({ domain: 'acme', number: sought(calls.frequent(random)) }),
    'rare caller': () => ({ domain: 'acme', number: sought(calls.rare(random)) }),
    'own number': () => ({ domain: 'acme', number: sought(calls.own(random)) }),
    'number by 4 digits': () => ({ domain: 'acme', number: sought(String(1_000 + random.below(9_000))) }),
    'number by 7 digits': () => ({ domain: 'acme', number: sought(calls.rare(random).slice(-7)) }),
    'number with a million calls': () => ({ domain: 'acme', number: sought(calls.hotline) }),
    'the same, missed, any page': () => ({
      ...{ domain: 'acme', number: sought(calls.hotline), results: ['missed'] },
      before: calls.end - moment(random),
    }),
    'the same and an employee': () => ({
      ...{ domain: 'acme', number: sought(calls.hotline), employee: calls.employee(random) },
    }),
    'the same and nobody': () => ({ domain: 'acme', number: sought(calls.hotline), employee: '999' }),
    'two with no call together': () => ({ domain: 'acme', number: sought(calls.hotline), group: '301' }),
    'number that nobody has': () => ({ domain: 'acme', number: sought('+4930123456') }),
    'employee and group, a week': () => ({
      ...{ domain: 'acme', employee: calls.employee(random), group: calls.group(random) },
      ...{ since, before: since + 7 * 86_400_000 },
    }),
    'frequent caller and employee': () => ({
      domain: 'acme',
      number: sought(calls.frequent(random)),
      employee: calls.employee(random),
    }),
  };
  const all: number[] = [];
  console.log(`\npage of 100, ${circumstance}`.padEnd(33), 'p50 ms    p95 ms   most ms  p95 CPU   rows');
  for (const [name, next] of Object.entries(searches)) {
    const took: number[] = [];
    const work: number[] = [];
    let rows = 0;
    let refused = 0;
    let partly = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const filter = next();
      const began = performance.now();
      const cpu = process.cpuUsage();
      try {
        const page = await from.history.list(filter);
        rows += page.calls.length;
        if (page.lookedBackTo !== undefined) partly++;
      } catch (error) {
        if (!String(error).includes('numbers end in')) throw error;
        refused++;
      }
      took.push(performance.now() - began);
      const { user, system } = process.cpuUsage(cpu);
      work.push((user + system) / 1_000);
    }
    all.push(...took);
    const notes = [
      ...(refused === 0 ? [] : [`${refused} of ${ROUNDS} refused as too wide`]),
      ...(partly === 0 ? [] : [`${partly} of ${ROUNDS} said how far back they looked`]),
    ];
    const note = notes.length === 0 ? '' : `  (${notes.join(', ')})`;
    console.log(
      `${name.padEnd(30)} ${cells(took)}  ${at(work, 0.95).padStart(8)} ${String(Math.round(rows / ROUNDS)).padStart(6)}${note}`,
    );
  }
  console.log(`${'all'.padEnd(30)} ${cells(all)}`);
  clearInterval(load);
}

function moment(random: SeededRandom): number {
  return (random.below(2 ** 32) / 2 ** 32) * YEARS_MS;
}

function sought(text: string) {
  const read = readNumberSearch(text);
  if (!read.ok) throw new Error(read.error);
  return read.value;
}

function cells(took: readonly number[]): string {
  return [0.5, 0.95, 1].map((share) => at(took, share).padStart(8)).join('  ');
}

function at(values: readonly number[], share: number): string {
  const sorted = [...values].sort((a, b) => a - b);
  return ms(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0);
}

function ms(value: number): string {
  return value.toFixed(1);
}

function seconds(since: number): string {
  return ((performance.now() - since) / 1_000).toFixed(0);
}

/**
 * Whether anything grows while calls come and go: resident memory, what each thread holds after a collection, descriptors, media
 * ports, and everything that the switch counts as held. Calls are plain, recorded, held, converted, encrypted, cancelled and refused
 * ones, with sound both ways; phones register anew now and then. A line is fitted through the second half of each series.
 *
 *     node tools/bench/src/churn.ts [--minutes 30] [--rate 4] [--samples FILE] [--snapshots DIR]
 *
 * Ends with 1 when something grows, a call fails, or anything is left when all calls are over. Collections are asked for by V8's
 * inspector, from outside; nothing of the bench is in the switch.
 */
import { appendFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { freePorts, Scene, Switch } from '@vats/interop';
import { kindAt, placeCall } from './churn/calls.ts';
import { growthOf, type Point } from './churn/growth.ts';
import { type Figure, takeSample } from './churn/sample.ts';
import { Seat } from './churn/seat.ts';
import { circumstances } from './load/report.ts';
import { formatTable } from './load/statistics.ts';
import { Threads } from './load/threads.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    /** New calls a second. */
    rate: { type: 'string', default: '4' },
    /** Seconds between two samples. */
    every: { type: 'string', default: '30' },
    /** A file that each sample is added to, a line of JSON each. */
    samples: { type: 'string' },
    /** A folder for heap snapshots of every thread: after a third, two thirds and all of the time. Each holds calls up for some seconds. */
    snapshots: { type: 'string' },
  },
});
const length = Number(values.minutes) * 60_000;
const gap = 1_000 / Number(values.rate);
const every = Number(values.every) * 1_000;
const DOMAIN = 'office.example';
const PASSWORD = 'Ld9kQm4X';
/** Shortest and longest talk. */
const TALK_MS = [2_000, 8_000] as const;
const PACKET_MS = 20;
const MOST_BEHIND_MS = 1_000;
/** A call of which nothing is heard any more ends after a minute, and what is kept of it 32 s later. */
const SETTLES_MS = 150_000;
/** Of each sort of caller, and of callees twice as many: the longest call and its renewal, at this rate, with room. */
const SEATS = Math.ceil(Number(values.rate) * 12);
/** Calls that may fail of 1,000, on a machine where others work too. */
const MAY_FAIL = 2;
const SNAPSHOTS = 3;

interface Seats {
  readonly recorded: readonly Seat[];
  readonly others: readonly Seat[];
  readonly callees: readonly Seat[];
}

const scene = new Scene('bench-churn');
try {
  process.exitCode = await churn();
} finally {
  await scene.close();
}

async function churn(): Promise<number> {
  const inspector = await freePorts();
  const extensions = {
    recorded: numbers(2_000, SEATS),
    others: numbers(3_000, SEATS),
    callees: numbers(4_000, 2 * SEATS),
  };
  const vats = await Switch.start(scene, {
    place: { prefix: ['env', `NODE_OPTIONS=--inspect=127.0.0.1:${inspector}`] },
    pbx: JSON.stringify({
      domain: DOMAIN,
      access: 'any',
      recording: { mode: 'rules', rules: extensions.recorded.map((extension) => ({ extension, record: true })) },
      users: Object.values(extensions)
        .flat()
        .map((extension) => ({
          extension,
          name: `Phone ${extension}`,
          devices: [{ login: `phone${extension}`, password: PASSWORD }],
        })),
    }),
    settings: { log: { level: 'warn', format: 'json' } },
  });
  let threads = await Threads.of(inspector);
  const open = (sort: number, all: readonly string[]) =>
    Promise.all(
      all.map((extension, i) =>
        Seat.open({
          login: `phone${extension}`,
          password: PASSWORD,
          domain: DOMAIN,
          extension,
          server: vats.sip,
          address: `127.${sort}.${process.pid & 0xff}.${i + 1}`,
        }),
      ),
    );
  const seats: Seats = {
    recorded: await open(90, extensions.recorded),
    others: await open(91, extensions.others),
    callees: await open(92, extensions.callees),
  };
  const everybody = Object.values(seats).flat();
  const speaking = setInterval(() => {
    for (const seat of everybody) seat.say();
  }, PACKET_MS);

  const began = performance.now();
  const series = new Map<string, { readonly figure: Figure; readonly points: Point[] }>();
  const failures: string[] = [];
  const underWay = new Set<Promise<void>>();
  const placed = new Map<string, number>();
  let sampled = 0;
  let snapshots = 0;
  let due = began;
  let sampling = Promise.resolve();
  const sample = async (): Promise<void> => {
    try {
      note(series, await takeSample(vats, threads), (performance.now() - began) / 1_000);
    } catch (fault) {
      console.error(`a sample is missing: ${fault}`);
      threads.close();
      threads = await Threads.of(inspector);
    }
  };
  for (let turn = 0; performance.now() - began < length; turn++) {
    const kind = kindAt(turn);
    const caller = free(kind.recorded ? seats.recorded : seats.others);
    const callee = free(seats.callees);
    if (caller === undefined || callee === undefined) failures.push(`${kind.name}: no phone is free`);
    else {
      caller.busy = true;
      callee.busy = true;
      placed.set(kind.name, (placed.get(kind.name) ?? 0) + 1);
      const [shortest, longest] = TALK_MS;
      const call = placeCall(kind, caller, callee, shortest + ((turn * 7) % 13) * ((longest - shortest) / 12))
        .catch((fault: unknown) => {
          failures.push(`${kind.name}: ${fault}`);
          console.error(failures.at(-1));
          caller.hangUp();
          callee.hangUp();
        })
        .then(async () => {
          await caller.leave();
          await callee.leave();
        })
        .catch((fault: unknown) => {
          failures.push(`${kind.name}, after it: ${fault}`);
        });
      underWay.add(call);
      void call.then(() => underWay.delete(call));
    }
    if (performance.now() - began >= sampled * every) {
      sampled++;
      sampling = sampling.then(sample);
    }
    if (values.snapshots !== undefined && performance.now() - began >= ((snapshots + 1) * length) / SNAPSHOTS) {
      const [folder, label] = [values.snapshots, String(++snapshots)];
      sampling = sampling.then(() => threads.snapshots(folder, label));
    }
    // On a grid, but a machine that was busy elsewhere is not made up for by a crowd.
    due = Math.max(due + gap, performance.now() - MOST_BEHIND_MS);
    await wait(Math.max(0, due - performance.now()));
  }
  await sampling;
  await Promise.all(underWay);
  clearInterval(speaking);
  let left = 'nothing is left of them';
  await vats.settled(SETTLES_MS).catch((fault: unknown) => {
    left = `LEFT OVER: ${fault}`;
  });
  if (values.snapshots !== undefined) await threads.snapshots(values.snapshots, 'at-rest');
  const atRest = await takeSample(vats, threads);
  threads.close();
  await Promise.all(everybody.map((seat) => seat.close()));
  const grown = print(series, placed, failures, atRest, left);
  const calls = [...placed.values()].reduce((sum, count) => sum + count, 0);
  return grown || left.startsWith('LEFT') || failures.length > (calls * MAY_FAIL) / 1_000 ? 1 : 0;
}

function numbers(first: number, count: number): string[] {
  return Array.from({ length: count }, (_, i) => String(first + i));
}

function free(seats: readonly Seat[]): Seat | undefined {
  return seats.find(({ busy }) => !busy);
}

function note(series: Map<string, { figure: Figure; points: Point[] }>, figures: readonly Figure[], at: number): void {
  for (const figure of figures) {
    const of = series.get(figure.name) ?? { figure, points: [] };
    series.set(figure.name, of);
    of.points.push({ at, value: figure.value });
  }
  if (values.samples === undefined) return;
  const row = Object.fromEntries(figures.map(({ name, value }) => [name, value]));
  appendFileSync(values.samples, `${JSON.stringify({ at, ...row })}\n`);
}

/** Prints all that there is to say; answers whether anything grows. */
function print(
  series: ReadonlyMap<string, { readonly figure: Figure; readonly points: readonly Point[] }>,
  placed: ReadonlyMap<string, number>,
  failures: readonly string[],
  atRest: readonly Figure[],
  left: string,
): boolean {
  console.log(circumstances());
  console.log([...placed].map(([name, count]) => `${count} ${name}`).join('; '));
  console.log(`${failures.length} failed; ${left}\n`);
  const rows: string[][] = [];
  let grown = false;
  for (const [name, { figure, points }] of series) {
    // A thread that was there for a moment has no series.
    if (points.length < 8) continue;
    const { mean, slope, error, grows } = growthOf(points, figure.least);
    grown ||= grows;
    const digits = figure.unit === 'MB' ? 2 : 1;
    if (mean === 0 && slope === 0) continue;
    rows.push([
      name,
      figure.unit,
      (points[0]?.value ?? 0).toFixed(digits),
      mean.toFixed(digits),
      `${slope.toFixed(digits)} ± ${error.toFixed(digits)}`,
      (atRest.find((at) => at.name === name)?.value ?? 0).toFixed(digits),
      grows ? 'GROWS' : '',
    ]);
  }
  console.log(formatTable(['', '', 'at first', 'second half', 'an hour', 'at rest', ''], rows));
  return grown;
}

import type { Kind } from './kinds.ts';

export interface Times {
  readonly name: string;
  /** Microseconds of each run, ascending. */
  readonly sorted: Float64Array;
  /** The same of the medians of each call's runs: a call that is slow by itself is slow each time, the machine's pauses are not. */
  readonly medians: Float64Array;
}

/** What goes in is not optimised away. */
let sink: unknown;

/**
 * Wall time of each run. The kinds take turns run by run, so that what else the machine does falls on all alike, and none finds its
 * objects in the cache because it has just had them.
 */
export function timeByTurns(kinds: readonly Kind[], runs: number, warmUp: number): Times[] {
  const times = kinds.map(() => new Float64Array(runs));
  for (let i = -warmUp; i < runs; i++) {
    for (const [index, { run }] of kinds.entries()) {
      const began = process.hrtime.bigint();
      sink = run(i + warmUp);
      const ended = process.hrtime.bigint();
      if (i >= 0) times[index]![i] = Number(ended - began) / 1_000;
    }
  }
  if (sink === times) throw new Error('this can not be');
  return kinds.map(({ name, calls }, index) => {
    const all = times[index]!;
    const medians = Float64Array.from({ length: calls }, (_, call) =>
      medianOf(all.filter((_, i) => i % calls === call)),
    );
    return { name, medians: medians.sort(), sorted: all.sort() };
  });
}

function medianOf(values: Float64Array): number {
  return values.sort()[values.length >> 1] ?? 0;
}

export function printTimes(rows: readonly Times[]): void {
  const width = Math.max(...rows.map(({ name }) => name.length));
  const runs = rows[0]?.sorted.length ?? 0;
  const heads = ['p50', 'p90', 'p99', 'p99.9', 'p99 of calls, each by its median'];
  console.log(`\n${`µs, ${runs} runs each by turns`.padEnd(width)} ${heads.map((head) => head.padStart(8)).join(' ')}`);
  for (const { name, sorted, medians } of rows) {
    const shown = [...[0.5, 0.9, 0.99, 0.999].map((share) => at(sorted, share)), at(medians, 0.99)];
    console.log(`${name.padEnd(width)} ${shown.map((each) => each.toFixed(1).padStart(8)).join(' ')}`);
  }
}

function at(sorted: Float64Array, share: number): number {
  return sorted[Math.floor(sorted.length * share)] ?? 0;
}

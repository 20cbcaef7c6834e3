import type { Kind } from './kinds.ts';

export interface Times {
  readonly name: string;
  /** Microseconds, ascending. */
  readonly sorted: Float64Array;
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
  return kinds.map(({ name }, index) => ({ name, sorted: times[index]!.sort() }));
}

export function printTimes(rows: readonly Times[]): void {
  const width = Math.max(...rows.map(({ name }) => name.length));
  const runs = rows[0]?.sorted.length ?? 0;
  console.log(`\n${`µs, ${runs} runs each by turns`.padEnd(width)}      p50      p90      p99    p99.9`);
  for (const { name, sorted } of rows) {
    const at = (share: number): string => (sorted[Math.floor(sorted.length * share)] ?? 0).toFixed(1).padStart(8);
    console.log(`${name.padEnd(width)} ${at(0.5)} ${at(0.9)} ${at(0.99)} ${at(0.999)}`);
  }
}

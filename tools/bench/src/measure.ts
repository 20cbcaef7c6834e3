/** One thing to measure: `run` does it once and answers a number, so that no work can be optimised away. */
export interface Contestant {
  readonly name: string;
  readonly run: () => number;
}

export interface Measured {
  readonly name: string;
  /** Microseconds of CPU for one run: the median round, the cheapest and the dearest. */
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

export interface MeasureOptions {
  /** Rounds that count; one more goes before them to warm up. */
  readonly rounds?: number;
  readonly roundMilliseconds?: number;
}

/** What the contestants' answers go into. */
let sink = 0;

/**
 * Measures all contestants by turns, round after round, so that what else the machine does falls on all alike.
 * CPU time is counted, not wall time: a neighbour's load does not show as ours.
 */
export function measure(contestants: readonly Contestant[], options: MeasureOptions = {}): Measured[] {
  const rounds = options.rounds ?? 7;
  const nanoseconds = BigInt((options.roundMilliseconds ?? 400) * 1_000_000);
  const costs = contestants.map((): number[] => []);
  for (let round = 0; round <= rounds; round++) {
    for (const [index, contestant] of contestants.entries()) {
      const cost = oneRound(contestant, nanoseconds);
      if (round > 0) costs[index]!.push(cost);
    }
  }
  return contestants.map(({ name }, index) => summary(name, costs[index]!));
}

function oneRound({ run }: Contestant, nanoseconds: bigint): number {
  const before = process.cpuUsage();
  const end = process.hrtime.bigint() + nanoseconds;
  let runs = 0;
  do {
    for (let turn = 0; turn < 200; turn++) sink += run();
    runs += 200;
  } while (process.hrtime.bigint() < end);
  const used = process.cpuUsage(before);
  return (used.user + used.system) / runs;
}

function summary(name: string, costs: number[]): Measured {
  costs.sort((one, other) => one - other);
  return { name, median: costs[costs.length >> 1]!, least: costs[0]!, most: costs.at(-1)! };
}

/** Prints a table with each row's cost as a multiple of the base's, when the base took part. */
export function printTable(title: string, rows: readonly Measured[], base: string): void {
  const baseCost = rows.find(({ name }) => name === base)?.median;
  const width = Math.max(...rows.map(({ name }) => name.length));
  console.log(
    `\n${title}\n${'µs CPU: '.padEnd(width)}   median    least     most${baseCost ? `   against ${base}` : ''}`,
  );
  for (const { name, median, least, most } of rows) {
    const figures = [median, least, most].map((cost) => cost.toFixed(2).padStart(8)).join(' ');
    const ratio = baseCost
      ? `   ${(median / baseCost).toFixed(2)} (${(baseCost / median).toFixed(2)} times as fast)`
      : '';
    console.log(`${name.padEnd(width)} ${figures}${ratio}`);
  }
  if (!Number.isFinite(sink)) throw new Error('a contestant answered no number');
}

/**
 * What the dearest messages cost: 64 KiB of whatever takes the most work in each header, parsed, checked, read field by field and
 * answered. Fails when one takes 5 ms of CPU.
 *
 *     node tools/bench/src/hostile.ts [--rounds N]
 */
import { parseArgs } from 'node:util';
import { hostileMessages, workThrough } from './parse/hostile.ts';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '9' } } });
const MOST_MS = 5;
const rounds = Number(values.rounds);

/** Milliseconds of CPU of the cheapest round: what the message costs when nobody else's work is in the way. */
function costOf(octets: Buffer): number {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round++) {
    const before = process.cpuUsage();
    workThrough(octets);
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, (user + system) / 1_000);
  }
  return least;
}

const costs = hostileMessages().map(({ name, octets }) => ({ name, cost: costOf(octets), octets: octets.length }));
costs.sort((one, other) => other.cost - one.cost);
console.log(
  `Node ${process.version}: ${costs.length} messages, least of ${rounds} rounds, milliseconds of CPU; the dearest:\n`,
);
for (const { name, cost, octets } of costs.slice(0, 12))
  console.log(`${cost.toFixed(2).padStart(6)}  ${octets} octets  ${name}`);
const median = costs[costs.length >> 1]!;
console.log(`\nmedian ${median.cost.toFixed(2)}`);
const tooDear = costs.filter(({ cost }) => cost >= MOST_MS);
if (tooDear.length > 0) {
  console.error(`${tooDear.length} take ${MOST_MS} ms or more`);
  process.exitCode = 1;
}

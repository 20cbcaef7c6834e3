import type { Random } from '@vats/kernel';
import type { SrvRecord } from './dns.ts';

/**
 * The order in which servers are to be tried (RFC 2782): by priority, and within one drawn by weight, so that a record comes
 * first as often as its weight is of the sum. Records of weight 0 have a small chance beside others.
 */
export function orderOf(records: readonly SrvRecord[], random: Random): SrvRecord[] {
  const ordered: SrvRecord[] = [];
  const priorities = [...new Set(records.map(({ priority }) => priority))].sort((one, other) => one - other);
  for (const priority of priorities) {
    const rest = records.filter((record) => record.priority === priority);
    // Those of weight 0 stand first, where a draw of 0 finds them; among themselves by chance.
    let left = [...shuffled(rest.filter(isWeightless), random), ...rest.filter((record) => !isWeightless(record))];
    while (left.length > 0) {
      const drawn = draw(left, random);
      ordered.push(drawn);
      left = left.filter((record) => record !== drawn);
    }
  }
  return ordered;
}

function isWeightless({ weight }: SrvRecord): boolean {
  return weight === 0;
}

/** The first record whose running sum of weights reaches a number from 0 to the whole sum. */
function draw(records: readonly SrvRecord[], random: Random): SrvRecord {
  const sum = records.reduce((total, { weight }) => total + weight, 0);
  const number = random.below(sum + 1);
  let running = 0;
  for (const record of records) {
    running += record.weight;
    if (running >= number) return record;
  }
  return records.at(-1)!;
}

function shuffled<T>(list: readonly T[], random: Random): T[] {
  const mixed = [...list];
  for (let at = mixed.length - 1; at > 0; at--) {
    const other = random.below(at + 1);
    [mixed[at], mixed[other]] = [mixed[other]!, mixed[at]!];
  }
  return mixed;
}

import type { BlockCoverage } from './coverage.ts';
import { SeenBlocks } from './seen-blocks.ts';
import { shrunk } from './shrink.ts';
import type { Target } from './target.ts';

/** Each costs a look at the coverage, about a millisecond. */
const ATTEMPTS = 250;

/**
 * As few and as short inputs as run all that `inputs` run: the shortest come first, whoever adds nothing goes, and of each that stays
 * everything goes without which it adds no less.
 */
export function minimal(inputs: readonly Buffer[], target: Target, coverage: BlockCoverage): Buffer[] {
  const kept: Buffer[] = [];
  const seen = new SeenBlocks();
  coverage.take();
  const ran = (octets: Buffer) => {
    try {
      target.run(octets);
    } catch {
      // A fault is told by whoever looks for faults.
    }
    return coverage.take();
  };
  for (const input of [...inputs].sort((one, other) => one.length - other.length)) {
    const adds = seen.additions(ran(input));
    if (adds === 0) continue;
    const short = shrunk(input, (candidate) => seen.additions(ran(candidate)) >= adds, ATTEMPTS);
    seen.note(ran(short));
    kept.push(short);
  }
  return kept;
}

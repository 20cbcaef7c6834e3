import type { Target } from '../target.ts';

/**
 * A fault behind three conditions, each of which says nothing of the next one: one in 2^24 inputs has all three octets, and each of them
 * alone runs a line that none without it does.
 */
function run(octets: Buffer): void {
  if (octets[0] === 0x9b) {
    if (octets[2] === 0x2e) {
      if (octets[3] === 0xd7) throw new Error('the planted fault');
    }
  }
}

export const TARGETS: Readonly<Record<string, Target>> = {
  planted: { run, seeds: [Buffer.alloc(4)], words: [], longest: 4 },
};

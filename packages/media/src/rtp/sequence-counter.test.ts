import { expect, test } from 'vitest';
import { SequenceCounter } from './sequence-counter.ts';

function lostOf(sequences: readonly number[], ssrc = 1, counter = new SequenceCounter()): number {
  for (const sequence of sequences) counter.saw(ssrc, sequence);
  return counter.lost;
}

test.each([
  [[], 0],
  [[7, 8, 9], 0],
  [[7, 9, 12], 3],
  [[65_534, 65_535, 0, 1], 0],
  [[65_534, 2], 3],
  [[10, 12, 11, 13], 0],
  [[10, 10, 11, 11], 0],
  [[10, 11, 30_000, 30_001], 0],
  [[10, 12, 30_000, 30_002], 2],
])('sequence numbers %j: %i lost', (sequences, lost) => {
  expect(lostOf(sequences)).toBe(lost);
});

test('another SSRC counts anew, and what the former lost stays counted', () => {
  const counter = new SequenceCounter();
  lostOf([1, 3], 1, counter);
  expect(lostOf([40_000, 40_003], 2, counter)).toBe(3);
});

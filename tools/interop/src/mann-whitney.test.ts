import { SeededRandom } from '@vats/kernel/testing';
import { describe, expect, test } from 'vitest';
import { mannWhitney, median } from './mann-whitney.ts';

/** Skewed like waiting times: most near 100, some much later. */
function waits(random: SeededRandom, count: number, more = 0): number[] {
  return Array.from({ length: count }, () => 100 - 30 * Math.log((random.below(1e6) + 1) / 1e6) + more);
}

describe('mannWhitney', () => {
  test('gives the textbook value where ranks are known', () => {
    // U = 16 of 64, 32 expected, spread sqrt(8 * 8 * 17 / 12).
    const { z } = mannWhitney([1, 2, 3, 4, 5, 6, 15, 16], [7, 8, 9, 10, 11, 12, 13, 14]);
    expect(z).toBeCloseTo((16 - 32) / Math.sqrt((64 * 17) / 12), 10);
  });

  test('the same values differ by nothing, also with ties', () => {
    expect(mannWhitney([1, 2, 2, 3], [1, 2, 2, 3])).toEqual({ z: 0, p: expect.closeTo(1, 5) });
    expect(mannWhitney([5, 5, 5], [5, 5, 5])).toEqual({ z: 0, p: expect.closeTo(1, 5) });
  });

  test('p is right at the limits that everybody knows', () => {
    // A shift of ranks such that z is exactly known is rare; the tail is checked through a large sample instead.
    const random = new SeededRandom(1);
    const found = Array.from({ length: 400 }, () => mannWhitney(waits(random, 60), waits(random, 60)).p);
    expect(found.filter((p) => p < 0.05).length / 400).toBeGreaterThan(0.02);
    expect(found.filter((p) => p < 0.05).length / 400).toBeLessThan(0.09);
  });

  test('a thousand waits each show a shift of a fifth of their spread', () => {
    const random = new SeededRandom(2);
    expect(mannWhitney(waits(random, 1_000), waits(random, 1_000, 6)).p).toBeLessThan(0.001);
  });
});

test('median', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
});

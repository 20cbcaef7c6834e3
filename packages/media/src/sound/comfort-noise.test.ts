import { SeededRandom } from '@vats/kernel/testing';
import { expect, test } from 'vitest';
import { comfortNoise } from './comfort-noise.ts';

test('faint, of both signs, and no shorter than a second', () => {
  const noise = comfortNoise(new SeededRandom(1));
  expect(noise.length).toBeGreaterThan(16_000);
  expect([Math.min(...noise), Math.max(...noise)]).toEqual([-12, 12]);
  expect(Math.abs(noise.reduce((sum, sample) => sum + sample, 0) / noise.length)).toBeLessThan(1);
});

import { expect, test } from 'vitest';
import { equallyLoud, trimmed } from './shape.ts';

const word = (amplitude: number) =>
  Int16Array.from({ length: 8_000 }, (_, i) => (i < 2_000 || i >= 6_000 ? 0 : Math.round(amplitude * Math.sin(i / 3))));

test('silence around a clip is cut to a breath', () => {
  expect(trimmed(word(5_000))).toHaveLength(160 + 4_000 + 480);
  expect(trimmed(new Int16Array(8_000)).length).toBeLessThan(1_000);
});

test('clips become equally loud, and none is cut at its peaks', () => {
  const quiet = equallyLoud(word(500));
  const loud = equallyLoud(word(20_000));
  expect(Math.max(...quiet)).toBeCloseTo(Math.max(...loud), -2);
  const click = new Int16Array(800);
  click[400] = 20_000;
  expect(Math.max(...equallyLoud(click))).toBeLessThanOrEqual(30_000);
  expect(equallyLoud(new Int16Array(100))).toEqual(new Int16Array(100));
});

import { expect, test } from 'vitest';
import { growthOf, type Point } from './growth.ts';

const minutes = (value: (minute: number) => number): Point[] =>
  Array.from({ length: 30 }, (_, minute) => ({ at: minute * 60, value: value(minute) }));

test('a line of 2 a minute is 120 an hour, without any doubt', () => {
  const { slope, error, grows } = growthOf(
    minutes((minute) => 7 + 2 * minute),
    1,
  );
  expect(slope).toBeCloseTo(120, 6);
  expect(error).toBeCloseTo(0, 6);
  expect(grows).toBe(true);
});

test('what was grown in the first half alone does not grow', () => {
  expect(
    growthOf(
      minutes((minute) => Math.min(minute, 14)),
      0,
    ),
  ).toMatchObject({ mean: 14, slope: 0, grows: false });
});

test('what goes up and down is no growth, however steep a line through it is by chance', () => {
  const { slope, error, grows } = growthOf(
    minutes((minute) => (minute % 2 === 0 ? 100 : 130) + 0.3 * minute),
    1,
  );
  expect(slope).toBeGreaterThan(1);
  expect(error).toBeGreaterThan(slope / 2);
  expect(grows).toBe(false);
});

test('a growth within noise is found', () => {
  const noise = [3, -2, 1, -3, 2, -1];
  const { grows } = growthOf(
    minutes((minute) => minute + (noise[minute % noise.length] ?? 0)),
    1,
  );
  expect(grows).toBe(true);
});

test('growth that is too small to matter is none; shrinking neither', () => {
  expect(
    growthOf(
      minutes((minute) => minute / 1_000),
      1,
    ).grows,
  ).toBe(false);
  expect(
    growthOf(
      minutes((minute) => -minute),
      1,
    ).grows,
  ).toBe(false);
});

test('too few points are an error, not a verdict', () => {
  expect(() => growthOf(minutes(() => 1).slice(0, 6), 1)).toThrow('too few');
});

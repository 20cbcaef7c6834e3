import { expect, test } from 'vitest';
import { SystemRandom } from './random.ts';
import { SeededRandom } from './testing/index.ts';

test.each([
  ['system', new SystemRandom()],
  ['seeded', new SeededRandom(7)],
] as const)('%s: below() stays in range and reaches every value', (_name, random) => {
  const seen = new Set<number>();
  for (let i = 0; i < 2000; i++) seen.add(random.below(10));
  expect([...seen].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(random.below(1)).toBe(0);
  expect(() => random.below(0)).toThrow(RangeError);
});

test.each([
  ['system', new SystemRandom()],
  ['seeded', new SeededRandom(7)],
] as const)('%s: tokens have the asked length and only token characters', (_name, random) => {
  for (const length of [0, 1, 8, 32]) expect(random.token(length)).toMatch(new RegExp(`^[a-z0-9]{${length}}$`));
  expect(random.bytes(33)).toHaveLength(33);
});

test('one seed gives one sequence, another seed another', () => {
  expect(new SeededRandom(1).token(20)).toBe(new SeededRandom(1).token(20));
  expect(new SeededRandom(1).token(20)).not.toBe(new SeededRandom(2).token(20));
});

test('system tokens do not repeat', () => {
  const random = new SystemRandom();
  const tokens = new Set(Array.from({ length: 10_000 }, () => random.token(10)));
  expect(tokens.size).toBe(10_000);
});

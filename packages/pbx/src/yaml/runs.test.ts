import { expect, test } from 'vitest';
import { outlineOf } from './outline.ts';
import { runsOf } from './runs.ts';

const lines = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, i) => `  - { extension: "${from + i}", name: User }\n`);

function runsIn(entries: readonly string[]): string[] {
  const text = `users:\n${entries.join('')}`;
  const { items } = outlineOf(text)!.sections[0]!;
  const runs = runsOf(text, items);
  expect(runs.map(({ first }) => first)).toEqual([0, ...runs.slice(0, -1).map(({ end }) => end)]);
  expect(runs.at(-1)?.end).toBe(entries.length);
  for (const { first, end, from, to } of runs) expect(text.slice(from, to)).toBe(entries.slice(first, end).join(''));
  return runs.map(({ from, to }) => text.slice(from, to));
}

test('an entry that is put in leaves all runs but its own as they were', () => {
  const entries = lines(10_000, 14_000);
  const before = runsIn(entries);
  const after = new Set(runsIn(entries.toSpliced(1_234, 0, '  - { extension: "99", name: New }\n')));
  expect(before.length).toBeGreaterThan(20);
  expect(before.filter((run) => !after.has(run)).length).toBeLessThanOrEqual(2);
});

test('entries that look all alike are cut too', () => {
  expect(runsIn(Array.from({ length: 2_000 }, () => '  - {}\n')).length).toBeGreaterThanOrEqual(4);
});

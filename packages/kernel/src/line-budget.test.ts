import { expect, test } from 'vitest';
import { LineBudget } from './line-budget.ts';
import { FakeClock, MemoryLog } from './testing/index.ts';

function flood(budget: LineBudget, sources: number, first = 0): number {
  let written = 0;
  for (let i = 0; i < sources; i++) if (budget.allows(`source ${first + i}`)) written++;
  return written;
}

test('one line a second for each source, the rest counted', () => {
  const clock = new FakeClock();
  const budget = new LineBudget(clock, new MemoryLog());
  expect([budget.allows('a'), budget.allows('a'), budget.allows('b')]).toEqual([true, false, true]);
  clock.advance(1000);
  expect(budget.allows('a')).toBe(true);
  expect(budget.suppressed).toBe(1);
});

test('however many sources there are, some twenty lines a second are written after the first hundred', () => {
  const clock = new FakeClock();
  const budget = new LineBudget(clock, new MemoryLog());
  expect(flood(budget, 4_500)).toBe(100);
  let written = 0;
  for (let second = 1; second <= 60; second++) {
    clock.advance(1000);
    written += flood(budget, 4_500, second * 4_500);
  }
  expect(written).toBe(60 * 20);
  expect(budget.suppressed).toBe(61 * 4_500 - 100 - 60 * 20);
});

test('a source that the total turned away is written of as soon as there is room', () => {
  const clock = new FakeClock();
  const budget = new LineBudget(clock, new MemoryLog());
  flood(budget, 4_500);
  expect(budget.allows('late')).toBe(false);
  clock.advance(50);
  expect(budget.allows('late')).toBe(true);
});

test('how many lines are missing is said every ten seconds while a flood goes on, and with the next line after it', () => {
  const clock = new FakeClock();
  const log = new MemoryLog();
  const budget = new LineBudget(clock, log);
  for (let second = 0; second < 25; second++) {
    flood(budget, 120, second * 120);
    clock.advance(1000);
  }
  expect(log.lines).toEqual([
    // The first second leaves 20 out, each further one 100; each number ends with the line that was asked for last.
    { level: 'warn', event: 'log.lines-left-out', fields: { lines: 20 + 9 * 100, seconds: 10 } },
    { level: 'warn', event: 'log.lines-left-out', fields: { lines: 10 * 100, seconds: 10 } },
  ]);
  clock.advance(60_000);
  expect(budget.allows('much later')).toBe(true);
  expect(log.lines[2]?.fields).toMatchObject({ lines: expect.any(Number), seconds: expect.any(Number) });
  const told = log.lines.reduce((sum, { fields }) => sum + Number(fields.lines), 0);
  expect(told).toBe(budget.suppressed);
  clock.advance(60_000);
  budget.allows('later still');
  expect(log.lines).toHaveLength(3);
});

test('it runs no timer', () => {
  const clock = new FakeClock();
  flood(new LineBudget(clock, new MemoryLog()), 4_500);
  expect(clock.pending).toBe(0);
});

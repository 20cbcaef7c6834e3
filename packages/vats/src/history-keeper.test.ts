import { FakeClock, MemoryLog } from '@vats/kernel/testing';
import { expect, test } from 'vitest';
import { HistoryKeeper } from './history-keeper.ts';

const HOUR_MS = 3_600_000;

function keeper(keep: number | undefined, handfuls: (number | Error)[], workMs = 0) {
  const clock = new FakeClock();
  const log = new MemoryLog();
  const asked: number[] = [];
  const history = {
    removeBefore: async (at: number) => {
      asked.push(clock.now() - at);
      const next = handfuls.shift() ?? 0;
      if (workMs > 0) await new Promise<void>((resolve) => clock.after(workMs, resolve));
      if (next instanceof Error) throw next;
      return next;
    },
  };
  return { kept: new HistoryKeeper({ history, clock, log, keep }), clock, log, asked };
}

/** Lets time go by, and what waits for the store go on. */
async function pass(clock: FakeClock, ms: number): Promise<void> {
  clock.advance(ms);
  for (let i = 0; i < 5; i++) await Promise.resolve();
}

test('what is too old goes a handful at a time, then it is looked again each hour', async () => {
  const { kept, clock, log, asked } = keeper(5 * HOUR_MS, [100, 30, 0, new Error('disk full'), 7]);
  for (let i = 0; i < 3; i++) await pass(clock, 50);
  expect(asked).toEqual([5 * HOUR_MS, 5 * HOUR_MS, 5 * HOUR_MS]);
  expect(log.lines).toMatchObject([{ event: 'history.removed', fields: { calls: 130 } }]);
  await pass(clock, HOUR_MS);
  expect(log.lines.at(-1)).toMatchObject({ level: 'error', event: 'history.not-removed' });
  await pass(clock, HOUR_MS);
  expect(asked).toHaveLength(5);
  kept.close();
  await pass(clock, HOUR_MS);
  expect(asked).toHaveLength(5);
});

test('a disk for which a handful is much work has four times as long to itself', async () => {
  const { kept, clock, asked } = keeper(HOUR_MS, [100, 100, 100], 30);
  await pass(clock, 50);
  await pass(clock, 30);
  await pass(clock, 119);
  expect(asked).toHaveLength(1);
  await pass(clock, 1);
  expect(asked).toHaveLength(2);
  kept.close();
});

test('without the setting nothing is removed', async () => {
  const { clock, asked } = keeper(undefined, []);
  await pass(clock, HOUR_MS);
  expect(asked).toEqual([]);
});

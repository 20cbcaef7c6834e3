import { expect, test } from 'vitest';
import { loopOccupancy, loopStarvation, type ProcessorTimes } from './load-sample.ts';

/** What a look finds after 100 ms in which this was so. */
function starvedBy(during: Omit<ProcessorTimes, 'wall'>): number {
  const times = [
    { wall: 0, awake: 0, thread: 0, process: 0, processors: during.processors },
    { wall: 100, ...during },
  ];
  const look = loopStarvation(() => times.shift()!);
  return look();
}

test('a loop lacks the processor for as long as it is awake without it', () => {
  expect(starvedBy({ awake: 100, thread: 30, process: 40, processors: 2 })).toBeCloseTo(0.7);
  expect(starvedBy({ awake: 100, thread: 98, process: 99, processors: 2 })).toBeCloseTo(0.02);
  expect(starvedBy({ awake: 10, thread: 12, process: 12, processors: 2 })).toBe(0);
});

test('but not where the other threads of its own process have the machine', () => {
  expect(starvedBy({ awake: 100, thread: 30, process: 100, processors: 2 })).toBe(0);
  expect(starvedBy({ awake: 100, thread: 30, process: 190, processors: 2 })).toBe(0);
  expect(starvedBy({ awake: 100, thread: 30, process: 99, processors: 2 })).toBeCloseTo(0.7);
});

test('two looks in the same moment find nothing', () => {
  const same = { wall: 5, awake: 5, thread: 1, process: 1, processors: 1 };
  expect(loopStarvation(() => same)()).toBe(0);
});

test("this thread's own figures are shares", () => {
  for (const look of [loopOccupancy(), loopStarvation()]) {
    const share = look();
    expect(share).toBeGreaterThanOrEqual(0);
    expect(share).toBeLessThanOrEqual(1);
  }
});

import { expect, test } from 'vitest';
import { atOnce, inTurns, type Steps } from './steps.ts';

function* counting(to: number, done: number[]): Steps<string> {
  for (let i = 1; i <= to; i++) {
    done.push(i);
    yield;
  }
  return 'all';
}

test('at once nobody else gets a turn', () => {
  const done: number[] = [];
  expect(atOnce(counting(3, done))).toBe('all');
  expect(done).toEqual([1, 2, 3]);
});

test('in turns there is time for others after each step', async () => {
  const done: number[] = [];
  const seen: number[] = [];
  const look = (): void => {
    seen.push(done.length);
    if (done.length < 3) setImmediate(look);
  };
  setImmediate(look);
  expect(await inTurns(counting(3, done))).toBe('all');
  expect(seen).toEqual([1, 2, 3]);
});

test('what goes wrong in a step is thrown to whoever waits', async () => {
  // biome-ignore lint/correctness/useYield: it throws before it would
  function* failing(): Steps<never> {
    throw new Error('no');
  }
  await expect(inTurns(failing())).rejects.toThrow('no');
  expect(() => atOnce(failing())).toThrow('no');
});

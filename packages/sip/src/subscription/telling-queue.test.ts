import { FakeClock } from '@vats/kernel/testing';
import { expect, test } from 'vitest';
import { TellingQueue } from './telling-queue.ts';

function ground() {
  const clock = new FakeClock();
  const bugs: unknown[] = [];
  const queue = new TellingQueue(clock, (error) => bugs.push(error));
  const told: number[] = [];
  const teller = (id: number) => ({ tell: () => void told.push(id) });
  return { clock, bugs, queue, told, teller };
}

test('what comes up within 20 ms is told together, each once, in order', () => {
  const { clock, queue, told, teller } = ground();
  const [first, second] = [teller(1), teller(2)];
  queue.add(first);
  clock.advance(19);
  queue.add(second);
  queue.add(first);
  expect(told).toEqual([]);
  clock.advance(1);
  expect([told, queue.size, clock.pending]).toEqual([[1, 2], 0, 0]);
});

test('a thousand watchers are told a hundred a turn, so that calls go on between', () => {
  const { clock, queue, told, teller } = ground();
  const perTurn: number[] = [];
  for (let id = 0; id < 1_000; id++) queue.add(teller(id));
  let turns = 0;
  const count = (): void => {
    perTurn.push(told.length);
    if (++turns < 20) clock.after(0, count);
  };
  clock.after(20, count);
  clock.advance(20);
  expect(told).toHaveLength(1_000);
  expect(perTurn.slice(0, 4)).toEqual([100, 200, 300, 400]);
});

test('one that throws keeps nobody else from being told', () => {
  const { clock, queue, bugs, told, teller } = ground();
  queue.add({
    tell: () => {
      throw new Error('a bug');
    },
  });
  queue.add(teller(2));
  clock.advance(20);
  expect([told, bugs.length]).toEqual([[2], 1]);
});

test('one that is gone is not told, and a closed queue tells nobody and has no timer', () => {
  const { clock, queue, told, teller } = ground();
  const gone = teller(1);
  queue.add(gone);
  queue.delete(gone);
  clock.advance(20);
  queue.add(teller(2));
  queue.close();
  clock.advance(20);
  expect([told, clock.pending]).toEqual([[], 0]);
});

import { FakeClock, SeededRandom } from '@vats/kernel/testing';
import { expect, test } from 'vitest';
import { Deadlines } from './deadlines.ts';

function deadlines() {
  const clock = new FakeClock();
  const due: [item: string, at: number][] = [];
  return { clock, due, deadlines: new Deadlines<string>(clock, (item) => due.push([item, clock.monotonic()])) };
}

test('each item falls due once, at its own time, on one timer', () => {
  const { clock, due, deadlines: d } = deadlines();
  d.set('c', 30);
  d.set('a', 10);
  d.set('b', 20);
  expect(clock.pending).toBe(1);
  clock.advance(100);
  expect(due).toEqual([
    ['a', 10],
    ['b', 20],
    ['c', 30],
  ]);
  expect([clock.pending, d.size]).toEqual([0, 0]);
});

test('a deadline may be moved in both directions, and dropped', () => {
  const { clock, due, deadlines: d } = deadlines();
  d.set('later', 10);
  d.set('sooner', 50);
  d.set('dropped', 20);
  d.set('later', 40);
  d.set('sooner', 5);
  d.delete('dropped');
  d.delete('unknown');
  clock.advance(100);
  expect(due).toEqual([
    ['sooner', 5],
    ['later', 40],
  ]);
});

test('what falls due may set itself again', () => {
  const clock = new FakeClock();
  const at: number[] = [];
  const d: Deadlines<string> = new Deadlines(clock, (item) => {
    at.push(clock.monotonic());
    if (at.length < 3) d.set(item, clock.monotonic() + 25);
  });
  d.set('ping', 25);
  clock.advance(1000);
  expect(at).toEqual([25, 50, 75]);
});

test('no timer is left when the last item goes or all are cleared', () => {
  const { clock, deadlines: d } = deadlines();
  d.set('a', 10);
  d.delete('a');
  expect(clock.pending).toBe(0);
  d.set('a', 10);
  d.set('b', 10);
  d.clear();
  expect([clock.pending, d.size]).toEqual([0, 0]);
});

test('thousands due at one moment are handled over several turns', () => {
  const { clock, due, deadlines: d } = deadlines();
  for (let i = 0; i < 1000; i++) d.set(`item ${i}`, 10);
  clock.advance(10);
  expect(due).toHaveLength(1000);
});

test('it agrees with a sorted list over random sets, moves and drops', () => {
  const { clock, due, deadlines: d } = deadlines();
  const random = new SeededRandom(5);
  const model = new Map<string, number>();
  for (let i = 0; i < 3000; i++) {
    const item = `item ${random.below(200)}`;
    if (random.below(4) === 0) {
      d.delete(item);
      model.delete(item);
    } else {
      const at = 1 + random.below(10_000);
      d.set(item, at);
      model.set(item, at);
    }
  }
  clock.advance(10_000);
  expect(new Map(due)).toEqual(model);
  expect(due.map(([, at]) => at)).toEqual([...model.values()].sort((a, b) => a - b));
});

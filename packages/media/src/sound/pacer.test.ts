import { FakeClock } from '@vats/kernel/testing';
import { beforeEach, expect, test, vi } from 'vitest';
import { type Paced, Pacer } from './pacer.ts';

let clock: FakeClock;
let pacer: Pacer;
let faults: string[];

beforeEach(() => {
  clock = new FakeClock();
  faults = [];
  pacer = new Pacer(clock);
});

class Counter implements Paced {
  turns: number[] = [];
  turn(): void {
    this.turns.push(clock.monotonic());
  }

  fail(detail: string): void {
    faults.push(detail);
  }
}

function add(count: number): Counter[] {
  const counters = Array.from({ length: count }, () => new Counter());
  for (const counter of counters) pacer.add(counter);
  return counters;
}

test('each has a turn every 20 ms, from one timer', () => {
  const counters = add(1_000);
  expect(clock.pending).toBe(1);
  clock.advance(10_000);
  for (const { turns } of counters) {
    expect(turns.length).toBe(500);
    expect(turns.every((at, i) => i === 0 || at - turns[i - 1]! === 20)).toBe(true);
  }
  expect(clock.pending).toBe(1);
});

test('many are spread over the 20 ms, few share one wake-up', () => {
  const few = add(20);
  clock.advance(40);
  expect(new Set(few.map(({ turns }) => turns[0]! % 20)).size).toBe(1);
  const many = add(1_000);
  clock.advance(40);
  const moments = many.map(({ turns }) => turns[0]! % 20);
  for (const moment of [0, 5, 10, 15]) {
    expect(moments.filter((each) => each === moment).length).toBeGreaterThan(200);
  }
});

test('timers that fire late make nothing drift', () => {
  const after = clock.after.bind(clock);
  vi.spyOn(clock, 'after').mockImplementation((milliseconds, fire) => after(milliseconds + 1.7, fire));
  const [counter] = add(1);
  clock.advance(60_000);
  expect(counter!.turns.length).toBeGreaterThanOrEqual(2_998);
  expect(counter!.turns.length).toBeLessThanOrEqual(3_000);
});

test('a stop of the thread is made up for up to five turns, and no more', () => {
  const after = clock.after.bind(clock);
  const [counter] = add(1);
  clock.advance(100);
  expect(counter!.turns).toHaveLength(5);
  // The timer that is due fires 70 ms late.
  pacer.close();
  vi.spyOn(clock, 'after').mockImplementationOnce((milliseconds, fire) => after(milliseconds + 70, fire));
  add(1);
  clock.advance(90);
  expect(counter!.turns).toHaveLength(5 + 4);
  pacer.close();
  vi.spyOn(clock, 'after').mockImplementationOnce((milliseconds, fire) => after(milliseconds + 5_000, fire));
  add(1);
  const before = counter!.turns.length;
  clock.advance(5_020);
  expect(counter!.turns.length - before).toBe(5);
});

test('who leaves gets no more turns, also in the midst of one; nobody left, no timer', () => {
  const [one, other] = add(2);
  one!.turn = () => {
    pacer.remove(one!);
    pacer.remove(other!);
  };
  clock.advance(100);
  expect(other!.turns).toEqual([]);
  expect(clock.pending).toBe(0);
  pacer.add(other!);
  clock.advance(100);
  expect(other!.turns.length).toBe(5);
  pacer.remove(other!);
  pacer.remove(other!);
  expect([pacer.size, clock.pending]).toEqual([0, 0]);
});

test('one that throws is taken out and told of, the others go on', () => {
  const [bad, good] = add(2);
  bad!.turn = () => {
    throw new Error('broken');
  };
  clock.advance(100);
  expect(faults).toHaveLength(1);
  expect(good!.turns).toHaveLength(5);
  expect(pacer.size).toBe(1);
});

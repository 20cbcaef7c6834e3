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
  gaps: number[] = [];
  turn(): void {
    this.turns.push(clock.monotonic());
  }

  missed(turns: number): void {
    this.gaps.push(turns);
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
  for (const moment of [0, 2, 4, 6, 8, 10, 12, 14, 16, 18]) {
    const together = moments.filter((each) => each === moment).length;
    expect(together).toBeGreaterThan(75);
    expect(together).toBeLessThan(125);
  }
});

test('timers that fire late make nothing drift in hours, and no turn more than a moment late', () => {
  const after = clock.after.bind(clock);
  vi.spyOn(clock, 'after').mockImplementation((milliseconds, fire) => after(milliseconds + 1.7, fire));
  const [counter] = add(1);
  const hours = 3 * 3_600_000;
  clock.advance(hours);
  const { turns, gaps } = counter!;
  expect(turns.length).toBeGreaterThanOrEqual(hours / 20 - 1);
  expect(turns.length).toBeLessThanOrEqual(hours / 20);
  expect(gaps).toEqual([]);
  expect(turns.every((at, i) => at - (i + 1) * 20 >= 0 && at - (i + 1) * 20 < 2)).toBe(true);
});

test('a timer that fires up to a millisecond early is taken for the moment that is due: one wake-up a turn, and no drift', () => {
  const after = clock.after.bind(clock);
  const timers = vi.spyOn(clock, 'after').mockImplementation((milliseconds, fire) => after(milliseconds - 0.9, fire));
  const [counter] = add(1);
  clock.advance(60_000);
  const { turns } = counter!;
  expect(turns.length).toBe(3_000);
  expect(timers.mock.calls.length).toBe(3_001);
  expect(turns.every((at, i) => Math.abs(at - (i + 1) * 20) < 1)).toBe(true);
});

test('one that fires much too early serves nobody yet', () => {
  const after = clock.after.bind(clock);
  vi.spyOn(clock, 'after').mockImplementationOnce((milliseconds, fire) => after(milliseconds - 10, fire));
  const [counter] = add(1);
  clock.advance(19);
  expect(counter!.turns).toEqual([]);
  clock.advance(1);
  expect(counter!.turns).toEqual([20]);
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
  expect(counter!.gaps).toEqual([]);
  pacer.close();
  vi.spyOn(clock, 'after').mockImplementationOnce((milliseconds, fire) => after(milliseconds + 5_000, fire));
  add(1);
  const before = counter!.turns.length;
  clock.advance(5_020);
  const { turns, gaps } = counter!;
  expect(turns.length - before).toBe(5);
  // None is lost count of: what was not made up for is told as missed.
  expect(gaps).toHaveLength(1);
  expect(turns.length + gaps[0]!).toBe(Math.floor(turns.at(-1)! / 20));
});

test('what is missed is told before the turns that are made up for, once', () => {
  const after = clock.after.bind(clock);
  const story: string[] = [];
  const [counter] = add(1);
  counter!.turn = () => void story.push('turn');
  counter!.missed = (turns) => void story.push(`missed ${turns}`);
  pacer.close();
  vi.spyOn(clock, 'after').mockImplementationOnce((milliseconds, fire) => after(milliseconds + 200, fire));
  pacer.add(new Counter());
  clock.advance(220);
  expect(story).toEqual(['missed 6', ...Array(5).fill('turn')]);
  clock.advance(20);
  expect(story.length).toBe(7);
});

test('one that throws over what it missed is taken out and told of', () => {
  const after = clock.after.bind(clock);
  const [bad, good] = add(2);
  bad!.missed = () => {
    throw new Error('broken');
  };
  pacer.close();
  vi.spyOn(clock, 'after').mockImplementationOnce((milliseconds, fire) => after(milliseconds + 200, fire));
  pacer.add(new Counter());
  clock.advance(220);
  expect(faults).toHaveLength(1);
  expect(bad!.turns).toEqual([]);
  expect(good!.turns).toHaveLength(5);
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

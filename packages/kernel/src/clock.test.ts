import { expect, test } from 'vitest';
import { FakeClock } from './testing/index.ts';

test('timers fire in the order of their time, then of their making', () => {
  const clock = new FakeClock();
  const fired: string[] = [];
  clock.after(20, () => fired.push('late'));
  clock.after(10, () => fired.push('first of two'));
  clock.after(10, () => fired.push('second of two'));
  clock.advance(9);
  expect(fired).toEqual([]);
  clock.advance(11);
  expect(fired).toEqual(['first of two', 'second of two', 'late']);
  expect(clock.pending).toBe(0);
});

test('a timer started by a timer fires in the same advance, at its own time', () => {
  const clock = new FakeClock();
  const at: number[] = [];
  const again = (): void => {
    at.push(clock.monotonic());
    if (at.length < 3) clock.after(5, again);
  };
  clock.after(5, again);
  clock.advance(100);
  expect(at).toEqual([5, 10, 15]);
  expect(clock.monotonic()).toBe(100);
});

test('a cancelled timer never fires, and cancelling twice is harmless', () => {
  const clock = new FakeClock();
  let fired = 0;
  const cancel = clock.after(1, () => fired++);
  cancel();
  cancel();
  clock.advance(10);
  expect(fired).toBe(0);
  expect(clock.next).toBeUndefined();
});

test('a step of the wall clock moves no timer', () => {
  const clock = new FakeClock();
  let fired = 0;
  clock.after(1000, () => fired++);
  clock.stepWall(3_600_000);
  clock.advance(999);
  expect(fired).toBe(0);
  clock.advance(1);
  expect(fired).toBe(1);
});

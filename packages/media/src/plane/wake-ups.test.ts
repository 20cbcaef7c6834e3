import { FakeClock } from '@vats/kernel/testing';
import { beforeEach, expect, test } from 'vitest';
import { WakeUps } from './wake-ups.ts';

let clock: FakeClock;
let packets: number;
let turns: (() => void)[];
let sleeps: number[];
let wakeUps: WakeUps;
/** What became of the rounds: 'start', 'stop', or when one was made. */
let rounds: (string | number)[];

beforeEach(() => {
  clock = new FakeClock();
  packets = 0;
  turns = [];
  sleeps = [];
  const loop = {
    sleep: (milliseconds: number) => {
      sleeps.push(milliseconds);
      clock.advance(milliseconds);
    },
    afterSockets: (turn: () => void) => void turns.push(turn),
  };
  rounds = [];
  wakeUps = new WakeUps({
    clock,
    loop,
    packets: () => packets,
    rounds: {
      start: (now) => void rounds.push('start', now),
      stop: () => void rounds.push('stop'),
      make: (now) => void rounds.push(now),
    },
  });
  wakeUps.start();
});

/** Turns the loop for so long at so many packets a second; each turn's own work takes `work` milliseconds. */
function run(milliseconds: number, rate: number, work = 0.1): void {
  for (const end = clock.monotonic() + milliseconds; clock.monotonic() < end; ) {
    const before = clock.monotonic();
    clock.advance(work);
    const due = turns;
    turns = [];
    for (const turn of due) turn();
    packets += ((clock.monotonic() - before) * rate) / 1000;
  }
}

test('with few packets it never sleeps', () => {
  run(1_000, 1_400);
  expect([wakeUps.batching, sleeps.length, turns.length]).toEqual([false, 0, 0]);
});

test('with many it sleeps through to each 2 ms deadline', () => {
  run(200, 10_000);
  expect(wakeUps.batching).toBe(true);
  sleeps = [];
  run(1_000, 10_000);
  expect(sleeps.length).toBeGreaterThan(490);
  expect(sleeps.length).toBeLessThan(510);
  expect(Math.max(...sleeps)).toBeLessThanOrEqual(2);
});

test('a round is made after each sleep, and none before or after the batches', () => {
  run(100, 1_400);
  expect(rounds).toEqual([]);
  run(300, 10_000);
  expect(rounds[0]).toBe('start');
  const made = rounds.slice(1) as number[];
  expect(made.length).toBeGreaterThan(40);
  expect(made.slice(2).map((at, i) => Math.round(at - made[i + 1]!))).toEqual(made.slice(2).map(() => 2));
  rounds = [];
  run(300, 100);
  expect(rounds).toContain('stop');
  rounds = [];
  run(300, 100);
  expect(rounds).toEqual([]);
});

test('a worker without time to sleep makes no rounds until it has some again', () => {
  run(400, 10_000);
  expect(rounds).toContain('start');
  run(200, 10_000, 5);
  expect(rounds).toContain('stop');
  rounds = [];
  run(300, 10_000, 5);
  expect(rounds).toEqual([]);
  run(300, 10_000);
  expect(rounds[0]).toBe('start');
  expect(rounds.length).toBeGreaterThan(40);
});

test('a loop that falls behind does not sleep', () => {
  run(200, 10_000);
  sleeps = [];
  run(100, 10_000, 5);
  expect(sleeps).toEqual([]);
});

test('it stays on until the rate has fallen well below what turned it on', () => {
  run(200, 2_000);
  run(500, 900);
  expect(wakeUps.batching).toBe(true);
  run(300, 700);
  expect(wakeUps.batching).toBe(false);
  run(300, 1_400);
  expect([wakeUps.batching, turns.length]).toEqual([false, 0]);
});

test('with no calls left it stops, timers and all', () => {
  run(200, 10_000);
  wakeUps.stop();
  run(50, 10_000);
  expect([wakeUps.batching, turns.length, clock.pending]).toEqual([false, 0, 0]);
  wakeUps.start();
  run(250, 10_000);
  expect(wakeUps.batching).toBe(true);
});

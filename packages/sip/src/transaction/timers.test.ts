import { expect, test } from 'vitest';
import { type TimerName, TRANSACTION_TIMERS, timerDuration } from './timers.ts';

const NEVER = Number.POSITIVE_INFINITY;

test.each<[TimerName, unreliable: number, reliable: number]>([
  ['A', 500, NEVER],
  ['B', 32_000, 32_000],
  ['D', 32_000, 0],
  ['E', 500, NEVER],
  ['F', 32_000, 32_000],
  ['G', 500, NEVER],
  ['H', 32_000, 32_000],
  ['I', 5_000, 0],
  ['J', 32_000, 0],
  ['K', 5_000, 0],
  ['L', 32_000, 32_000],
  ['M', 32_000, 32_000],
  ['cancelled', 32_000, 32_000],
  ['trying', 200, 200],
  ['late', 3_500, 3_500],
  ['abandoned', 32_000, 32_000],
])('Timer %s begins with %d ms over UDP and %d ms over TCP (RFC 3261 table 4)', (name, unreliable, reliable) => {
  expect(timerDuration(name, TRANSACTION_TIMERS, false)).toBe(unreliable);
  expect(timerDuration(name, TRANSACTION_TIMERS, true)).toBe(reliable);
});

test('RFC 3261 §17.1.1.2: Timer D is never shorter than 32 s, and grows with T1', () => {
  expect(timerDuration('D', { ...TRANSACTION_TIMERS, t1: 100 }, false)).toBe(32_000);
  expect(timerDuration('D', { ...TRANSACTION_TIMERS, t1: 1_000 }, false)).toBe(64_000);
});

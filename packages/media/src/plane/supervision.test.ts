import { beforeEach, expect, test } from 'vitest';
import { Supervision } from './supervision.ts';

const NEVER = Number.NEGATIVE_INFINITY;

let supervision: Supervision;

beforeEach(() => {
  supervision = new Supervision({ silenceMs: 60_000, holdMs: 1_800_000 }, 1_000);
});

test('silence counts from the answer when nobody was heard at all, and is told once', () => {
  expect(supervision.check(60_999, NEVER, false)).toBeUndefined();
  expect(supervision.check(61_000, NEVER, false)).toBe('silence');
  expect(supervision.check(200_000, NEVER, false)).toBeUndefined();
});

test('silence counts from what was heard last, and anew after sound', () => {
  expect(supervision.check(70_000, 30_000, false)).toBeUndefined();
  expect(supervision.check(90_000, 30_000, false)).toBe('silence');
  expect(supervision.check(100_000, 99_000, false)).toBeUndefined();
  expect(supervision.check(159_000, 99_000, false)).toBe('silence');
});

test('early media before the answer does not shorten it', () => {
  expect(supervision.check(60_500, 500, false)).toBeUndefined();
});

test('silence does not count while a leg is held, and starts over when the hold ends', () => {
  expect(supervision.check(30_000, 2_000, true)).toBeUndefined();
  expect(supervision.check(500_000, 2_000, true)).toBeUndefined();
  expect(supervision.check(501_000, 2_000, false)).toBeUndefined();
  expect(supervision.check(560_999, 2_000, false)).toBeUndefined();
  expect(supervision.check(561_000, 2_000, false)).toBe('silence');
});

test('each hold is timed, and told once', () => {
  supervision.check(10_000, 9_000, true);
  expect(supervision.check(1_809_999, 9_000, true)).toBeUndefined();
  expect(supervision.check(1_810_000, 9_000, true)).toBe('hold-expired');
  expect(supervision.check(1_900_000, 9_000, true)).toBeUndefined();
  expect(supervision.check(1_901_000, 1_900_500, false)).toBeUndefined();
  expect(supervision.check(1_902_000, 1_900_500, true)).toBeUndefined();
  expect(supervision.check(3_702_000, 1_900_500, true)).toBe('hold-expired');
});

test('0 switches a limit off', () => {
  const off = new Supervision({ silenceMs: 0, holdMs: 0 }, 0);
  expect(off.check(1e9, NEVER, false)).toBeUndefined();
  off.check(1e9, NEVER, true);
  expect(off.check(2e9, NEVER, true)).toBeUndefined();
});

import { FakeClock } from '@vats/kernel/testing';
import { expect, test } from 'vitest';
import { TimerQueues } from '../transaction/index.ts';
import { SuccessRepeater } from './success-repeater.ts';
import { DIALOG_TIMERS } from './timers.ts';

function queuesOf(clock: FakeClock): TimerQueues {
  return new TimerQueues(clock, (bug) => {
    throw bug;
  });
}

function repeating() {
  const clock = new FakeClock();
  const times: number[] = [];
  const gaveUp: number[] = [];
  const repeater = new SuccessRepeater(queuesOf(clock), DIALOG_TIMERS, {
    repeat: () => times.push(clock.monotonic()),
    giveUp: () => gaveUp.push(clock.monotonic()),
  });
  return { clock, times, gaveUp, repeater };
}

test('from T1, doubling to T2, until 64*T1 (RFC 3261 §13.3.1.4)', () => {
  const { clock, times, gaveUp } = repeating();
  clock.advance(100_000);
  expect(times).toEqual([500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500]);
  expect(gaveUp).toEqual([32_000]);
  expect(clock.pending).toBe(0);
});

test('stopped, it is silent and leaves no timer', () => {
  const { clock, times, gaveUp, repeater } = repeating();
  clock.advance(600);
  repeater.stop();
  repeater.stop();
  expect(clock.pending).toBe(0);
  clock.advance(100_000);
  expect(times).toEqual([500]);
  expect(gaveUp).toEqual([]);
});

test('stopped by what a repetition caused, it is silent', () => {
  const clock = new FakeClock();
  let count = 0;
  const repeater: SuccessRepeater = new SuccessRepeater(queuesOf(clock), DIALOG_TIMERS, {
    repeat: () => {
      count++;
      repeater.stop();
    },
    giveUp: () => {},
  });
  clock.advance(100_000);
  expect(count).toBe(1);
  expect(clock.pending).toBe(0);
});

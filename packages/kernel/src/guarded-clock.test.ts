import { expect, test } from 'vitest';
import { GuardedClock } from './guarded-clock.ts';
import { FakeClock } from './testing/index.ts';

test('what a timer throws is told, and the others fire', () => {
  const fake = new FakeClock();
  const faults: unknown[] = [];
  const clock = new GuardedClock(fake, (error) => void faults.push(error));
  const fault = new Error('ours');
  const fired: string[] = [];
  clock.after(10, () => {
    throw fault;
  });
  clock.after(10, () => void fired.push('beside it'));
  const cancel = clock.after(20, () => void fired.push('never'));
  clock.after(30, () => void fired.push('later'));
  cancel();
  fake.advance(100);
  expect([faults, fired]).toEqual([[fault], ['beside it', 'later']]);
  expect([clock.now(), clock.monotonic()]).toEqual([fake.now(), fake.monotonic()]);
});

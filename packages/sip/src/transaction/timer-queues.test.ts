import { FakeClock, SeededRandom } from '@vats/kernel/testing';
import { beforeEach, expect, test } from 'vitest';
import { type RunningTimer, TimerQueues } from './timer-queues.ts';

let clock: FakeClock;
let queues: TimerQueues;
let bugs: unknown[];
let fired: string[];

/** Notes its timers by a name of its own. */
function owner(name: string, then: () => void = () => {}): { onTimer(timer: RunningTimer): void } {
  return {
    onTimer: () => {
      fired.push(`${name}@${clock.monotonic()}`);
      then();
    },
  };
}

beforeEach(() => {
  clock = new FakeClock();
  bugs = [];
  fired = [];
  queues = new TimerQueues(clock, (error) => bugs.push(error));
});

test('each timer fires at its time, whatever was started and stopped around it', () => {
  queues.start(owner('long'), 'B', 100);
  clock.advance(10);
  const stopped = queues.start(owner('stopped'), 'A', 20);
  queues.start(owner('short'), 'A', 20);
  clock.advance(5);
  queues.start(owner('second'), 'A', 20);
  queues.stop(stopped);
  clock.advance(1_000);
  expect(fired).toEqual(['short@30', 'second@35', 'long@100']);
  expect(queues.waiting).toBe(0);
  expect(clock.pending).toBe(0);
});

test('stopping the head leaves the next one its own time', () => {
  const head = queues.start(owner('head'), 'A', 50);
  clock.advance(30);
  queues.start(owner('next'), 'A', 50);
  queues.stop(head);
  queues.stop(head);
  expect(queues.waiting).toBe(1);
  clock.advance(1_000);
  expect(fired).toEqual(['next@80']);
});

test('an empty queue keeps no timer of the clock', () => {
  const only = queues.start(owner('only'), 'A', 50);
  queues.stop(only);
  expect(clock.pending).toBe(0);
  queues.start(owner('again'), 'A', 50);
  clock.advance(50);
  expect(fired).toEqual(['again@50']);
});

test('a timer may start and stop others while it fires', () => {
  let other: RunningTimer | undefined;
  queues.start(
    owner('first', () => {
      if (other !== undefined) queues.stop(other);
      queues.start(owner('third'), 'A', 50);
    }),
    'A',
    50,
  );
  other = queues.start(owner('second'), 'A', 50);
  clock.advance(50);
  expect(fired).toEqual(['first@50']);
  expect(queues.waiting).toBe(1);
  expect(clock.pending).toBe(1);
  clock.advance(50);
  expect(fired).toEqual(['first@50', 'third@100']);
  expect(clock.pending).toBe(0);
});

test('timers of several durations that are due at once fire in the order of their start', () => {
  queues.start(owner('long'), 'B', 100);
  clock.advance(50);
  queues.start(owner('middle'), 'A', 50);
  clock.advance(30);
  queues.start(owner('short'), 'E', 20);
  clock.advance(20);
  expect(fired).toEqual(['long@100', 'middle@100', 'short@100']);
});

test('however many timers wait, the clock has one', () => {
  for (const milliseconds of [100, 20, 50]) queues.start(owner('x'), 'A', milliseconds);
  expect(clock.pending).toBe(1);
  expect(clock.next).toBe(20);
  clock.advance(20);
  expect(clock.pending).toBe(1);
  expect(clock.next).toBe(30);
});

test('an owner that throws keeps no other timer from firing', () => {
  const bug = new Error('a bug');
  queues.start(
    {
      onTimer: () => {
        throw bug;
      },
    },
    'A',
    50,
  );
  queues.start(owner('good'), 'A', 50);
  clock.advance(50);
  expect(fired).toEqual(['good@50']);
  expect(bugs).toEqual([bug]);
});

test('agrees with one timer of the clock for each', () => {
  const random = new SeededRandom(7);
  const expected: string[] = [];
  const cancels: (() => void)[] = [];
  for (let i = 0; i < 500; i++) {
    const milliseconds = [10, 20, 40][random.below(3)]!;
    const cancel = clock.after(milliseconds, () => expected.push(`${i}@${clock.monotonic()}`));
    const timer = queues.start(owner(String(i)), 'A', milliseconds);
    cancels.push(() => {
      cancel();
      queues.stop(timer);
    });
    if (random.below(3) === 0) cancels[random.below(cancels.length)]!();
    clock.advance(random.below(4));
  }
  clock.advance(1_000);
  expect(fired).toEqual(expected);
  expect(queues.waiting).toBe(0);
  expect(clock.pending).toBe(0);
});

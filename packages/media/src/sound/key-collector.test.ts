import { FakeClock } from '@vats/kernel/testing';
import { beforeEach, expect, test } from 'vitest';
import type { DtmfKey } from '../rtp/telephone-event.ts';
import { type CollectOptions, KeyCollector } from './key-collector.ts';

let clock: FakeClock;
let told: unknown[][];

beforeEach(() => {
  clock = new FakeClock();
  told = [];
});

function collector(options: Partial<CollectOptions> = {}): KeyCollector {
  const all = { most: 4, terminators: ['#'] as DtmfKey[], firstMs: 5_000, betweenMs: 3_000, ...options };
  return new KeyCollector(all, clock, (...end) => told.push(end));
}

function press(to: KeyCollector, keys: string): void {
  for (const key of keys) to.press(key as DtmfKey);
}

test('enough keys end it, and what comes after is not its business', () => {
  const keys = collector();
  press(keys, '12345');
  clock.advance(60_000);
  keys.stop();
  expect(told).toEqual([['1234', 'complete', undefined]]);
});

test('a terminator ends it and is no digit', () => {
  press(collector(), '12#');
  press(collector(), '#');
  expect(told).toEqual([
    ['12', 'terminator', '#'],
    ['', 'terminator', '#'],
  ]);
});

test('while the prompt is played there is no limit; then the first key is waited for', () => {
  const keys = collector();
  clock.advance(60_000);
  expect(told).toEqual([]);
  keys.startTimer();
  clock.advance(4_999);
  expect(told).toEqual([]);
  clock.advance(1);
  expect(told).toEqual([['', 'nothing', undefined]]);
});

test('between two keys it waits anew each time', () => {
  const keys = collector();
  press(keys, '1');
  clock.advance(2_999);
  press(keys, '2');
  // The prompt ends only now: the keys have begun.
  keys.startTimer();
  clock.advance(2_999);
  expect(told).toEqual([]);
  clock.advance(1);
  expect(told).toEqual([['12', 'time-out', undefined]]);
});

test('it can be stopped, and is bounded', () => {
  const keys = collector({ most: 1e9, terminators: [] });
  press(keys, '1'.repeat(127));
  keys.stop();
  const other = collector({ most: 1e9, terminators: [] });
  press(other, '#'.repeat(128));
  expect(told.map(([digits, why]) => [String(digits).length, why])).toEqual([
    [127, 'stopped'],
    [128, 'complete'],
  ]);
  expect(clock.pending).toBe(0);
});

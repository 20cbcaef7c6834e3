import { FakeClock } from '@vats/kernel/testing';
import { expect, test } from 'vitest';
import { NC_WINDOW, NonceCounters, parseNonceCount } from './nonce-counter.ts';

function counters(limit = 10) {
  const clock = new FakeClock();
  return { clock, counters: new NonceCounters({ clock, limit, lifetime: 1000 }) };
}

test('RFC 7616 §5.4: each count is new once, in any order within the window', () => {
  const { counters: seen } = counters();
  for (const count of [3, 1, 2, 70, 69, 8]) {
    expect(seen.isNew('n', count)).toBe(true);
    seen.record('n', count);
    expect(seen.isNew('n', count)).toBe(false);
  }
});

test('what is too far behind is not new', () => {
  const { counters: seen } = counters();
  seen.record('n', 1000);
  expect(seen.isNew('n', 1000 - NC_WINDOW + 1)).toBe(true);
  expect(seen.isNew('n', 1000 - NC_WINDOW)).toBe(false);
  expect(seen.isNew('n', 1)).toBe(false);
});

test('a leap forgets what fell out of the window and nothing else', () => {
  const { counters: seen } = counters();
  seen.record('n', 1);
  seen.record('n', NC_WINDOW);
  expect(seen.isNew('n', 1)).toBe(false);
  expect(seen.isNew('n', 2)).toBe(true);
  seen.record('n', 0xffffffff);
  expect(seen.isNew('n', 0xffffffff)).toBe(false);
  expect(seen.isNew('n', 0xfffffffe)).toBe(true);
});

test('nonces do not share counters, and the map is bounded', () => {
  const { counters: seen } = counters(2);
  seen.record('a', 1);
  seen.record('b', 1);
  expect(seen.isNew('c', 1)).toBe(true);
  seen.record('c', 1);
  expect(seen.size).toBe(2);
  expect(seen.isNew('c', 1)).toBe(false);
});

test.each([
  ['00000001', 1],
  ['ffffffff', 0xffffffff],
  ['0000000A', 10],
  ['00000000', undefined],
  ['1', undefined],
  ['000000001', undefined],
  ['0000000g', undefined],
  ['', undefined],
])('nc=%j is %j', (text, count) => {
  expect(parseNonceCount(text)).toBe(count);
});

import { FakeClock } from '@vats/kernel/testing';
import { expect, test } from 'vitest';
import { Rush } from './rush.ts';

function some() {
  const clock = new FakeClock();
  const rush = new Rush(clock);
  const allowed = (address: string, times: number): boolean[] =>
    Array.from({ length: times }, () => {
      if (rush.refuses(address)) return false;
      rush.take(address);
      return true;
    });
  return { clock, rush, allowed };
}

test('without a rush everybody is allowed everything, and nobody is remembered', () => {
  const { rush, allowed } = some();
  expect(allowed('192.0.2.1', 100)).not.toContain(false);
  expect(rush.size).toBe(0);
});

test('in a rush each source has two requests, and one more every 20 seconds', () => {
  const { clock, rush, allowed } = some();
  rush.note();
  expect(allowed('192.0.2.1', 3)).toEqual([true, true, false]);
  expect(allowed('192.0.2.2', 1)).toEqual([true]);
  clock.advance(19_999);
  expect(allowed('192.0.2.1', 1)).toEqual([false]);
  clock.advance(1);
  expect(allowed('192.0.2.1', 2)).toEqual([true, false]);
});

test('what was used stays used when the rush comes again within a minute', () => {
  const { clock, rush, allowed } = some();
  rush.note();
  clock.advance(59_000);
  allowed('192.0.2.1', 4);
  clock.advance(1_000);
  expect(allowed('192.0.2.1', 9)).not.toContain(false);
  rush.note();
  expect(allowed('192.0.2.1', 1)).toEqual([false]);
});

test('a minute after it nobody is remembered any more', () => {
  const { clock, rush, allowed } = some();
  rush.note();
  allowed('192.0.2.1', 4);
  expect(rush.size).toBe(1);
  clock.advance(120_000);
  expect(allowed('192.0.2.2', 1)).toEqual([true]);
  expect(rush.size).toBe(0);
});

test('hosts of one IPv6 network share, and a wider one has more', () => {
  const { rush, allowed } = some();
  rush.note();
  expect([1, 2, 3].map((host) => allowed(`2001:db8:0:1::${host}`, 1)[0])).toEqual([true, true, false]);
  const nets = Array.from({ length: 10 }, (_, i) => allowed(`2001:db8:0:1${i}::1`, 2));
  // The /56 has eight, two of which are gone.
  expect(nets.flat().filter(Boolean)).toHaveLength(6);
});

test('asking takes nothing', () => {
  const { rush, allowed } = some();
  rush.note();
  for (let i = 0; i < 10; i++) expect(rush.refuses('192.0.2.1')).toBe(false);
  expect(rush.size).toBe(0);
  expect(allowed('192.0.2.1', 3)).toEqual([true, true, false]);
});

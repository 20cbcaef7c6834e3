import { FakeClock } from '@vats/kernel/testing';
import { expect, test } from 'vitest';
import { GoodSources } from './good-sources.ts';

const HOUR = 3_600_000;

test('a pair of source and user is remembered for a day from its last use', () => {
  const clock = new FakeClock();
  const good = new GoodSources({ clock });
  good.good('192.0.2.1', 'd\nanna');
  clock.advance(23 * HOUR);
  good.good('192.0.2.1', 'd\nanna');
  clock.advance(23 * HOUR);
  expect(good.isGood('192.0.2.1', 'd\nanna')).toBe(true);
  expect(good.isGood('192.0.2.1', 'd\nboris')).toBe(false);
  expect(good.isGood('192.0.2.2', 'd\nanna')).toBe(false);
  expect(good.anyGood('192.0.2.1')).toBe(true);
  clock.advance(HOUR);
  expect(good.isGood('192.0.2.1', 'd\nanna')).toBe(false);
  expect(good.anyGood('192.0.2.1')).toBe(false);
});

test('of IPv6 the /64 counts, and its wider networks know that somebody is good there', () => {
  const good = new GoodSources({ clock: new FakeClock() });
  good.good('2001:db8:0:1::1', 'd\nanna');
  expect(good.isGood('2001:db8:0:1::2', 'd\nanna')).toBe(true);
  expect(good.isGood('2001:db8:0:2::1', 'd\nanna')).toBe(false);
  expect(['2001:db8:0:1::/64', '2001:db8::/56', '2001:db8::/48'].map((key) => good.anyGood(key))).toEqual([
    true,
    true,
    true,
  ]);
  expect(good.anyGood('2001:db8:0:2::/64')).toBe(false);
});

test('what was good before a restart counts for the rest of its day', () => {
  const clock = new FakeClock();
  const good = new GoodSources({ clock });
  good.good('192.0.2.1', 'd\nanna', clock.now() - 20 * HOUR);
  good.good('192.0.2.2', 'd\nanna', clock.now() - 24 * HOUR);
  expect(good.size).toBe(1);
  clock.advance(4 * HOUR - 1);
  expect(good.isGood('192.0.2.1', 'd\nanna')).toBe(true);
  clock.advance(1);
  expect(good.isGood('192.0.2.1', 'd\nanna')).toBe(false);
});

test('it is bounded, and gone after a day without anybody', () => {
  const clock = new FakeClock();
  const good = new GoodSources({ clock, limit: 10 });
  for (let i = 0; i < 100; i++) good.good(`192.0.2.${i}`, `d\nanna${i % 7}`);
  expect(good.size).toBe(10);
  expect(good.isGood('192.0.2.99', 'd\nanna1')).toBe(true);
  clock.advance(24 * HOUR);
  good.sweep();
  expect(good.size).toBe(0);
});

test('a user who owns many networks pushes out nobody’s but their own', () => {
  const good = new GoodSources({ clock: new FakeClock(), limit: 20, perUser: 5 });
  good.good('192.0.2.1', 'd\nboris');
  for (let i = 0; i < 100; i++) good.good(`2001:db8:1:${i.toString(16)}::1`, 'd\nanna');
  expect([good.size, good.isGood('192.0.2.1', 'd\nboris'), good.anyGood('192.0.2.1')]).toEqual([6, true, true]);
  const networks = ['2001:db8:1:5e::/64', '2001:db8:1:5f::/64', '2001:db8:1::/56', '2001:db8:1::/48'];
  expect(networks.map((key) => good.anyGood(key))).toEqual([false, true, true, true]);
});

test('a network is good for as long as anybody in it', () => {
  const clock = new FakeClock();
  const good = new GoodSources({ clock });
  good.good('2001:db8:1:1::1', 'd\nanna');
  clock.advance(12 * HOUR);
  good.good('2001:db8:1:2::1', 'd\nboris');
  clock.advance(12 * HOUR);
  expect(['2001:db8:1:1::/64', '2001:db8:1::/56'].map((key) => good.anyGood(key))).toEqual([false, true]);
  clock.advance(12 * HOUR);
  expect([good.anyGood('2001:db8:1::/56'), good.size]).toEqual([false, 0]);
});

test('names of any length are the same name each time', () => {
  const good = new GoodSources({ clock: new FakeClock() });
  const name = `d\n${'x'.repeat(100_000)}`;
  good.good('192.0.2.1', name);
  good.good('192.0.2.1', name);
  expect(good.size).toBe(1);
  expect(good.isGood('192.0.2.1', name)).toBe(true);
});

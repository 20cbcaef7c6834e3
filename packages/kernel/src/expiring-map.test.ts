import { expect, test } from 'vitest';
import { ExpiringMap } from './expiring-map.ts';
import { FakeClock } from './testing/index.ts';

function map(limit = 3, lifetime = 100) {
  const clock = new FakeClock();
  return { clock, map: new ExpiringMap<string, number>({ clock, limit, lifetime }) };
}

test('an entry is gone when its life is over, without any timer', () => {
  const { clock, map: m } = map();
  m.set('a', 1);
  clock.advance(99);
  expect(m.get('a')).toBe(1);
  clock.advance(1);
  expect(m.get('a')).toBeUndefined();
  expect(clock.pending).toBe(0);
});

test('the limit holds: the entry written longest ago makes room', () => {
  const { map: m } = map(2);
  m.set('a', 1);
  m.set('b', 2);
  m.set('a', 3);
  m.set('c', 4);
  expect([...m.entries()]).toEqual([
    ['a', 3],
    ['c', 4],
  ]);
  expect(m.pushedOut).toBe(1);
});

test('expired entries make room without counting as pushed out', () => {
  const { clock, map: m } = map(2);
  m.set('a', 1);
  m.set('b', 2);
  clock.advance(200);
  m.set('c', 3);
  m.set('d', 4);
  expect(m.size).toBe(2);
  expect(m.pushedOut).toBe(0);
});

test('a long life in front does not hide expired entries behind it from readers', () => {
  const { clock, map: m } = map(10, 10);
  m.set('long', 1, 1000);
  m.set('short', 2);
  clock.advance(500);
  expect([...m.entries()]).toEqual([['long', 1]]);
  m.sweep();
  expect(m.size).toBe(1);
});

test('a limit below one is our own mistake and says so', () => {
  expect(() => map(0)).toThrow(/limit/);
});

import { expect, test } from 'vitest';
import { BucketMap } from './bucket-map.ts';
import { BucketSize } from './token-bucket.ts';

const SIZE = new BucketSize(1, 2);

test('a key without a bucket has all its tokens', () => {
  const map = new BucketMap(10);
  expect(map.get('a')).toBeUndefined();
  map.take('a', SIZE, 0);
  map.take('a', SIZE, 0);
  expect(map.get('a')?.has(0)).toBe(false);
});

test('the limit holds: the oldest bucket makes room, and that is counted', () => {
  const map = new BucketMap(100);
  for (let i = 0; i < 1000; i++) {
    map.take(`k${i}`, SIZE, 0);
    expect(map.size).toBeLessThanOrEqual(100);
  }
  expect(map.pushedOut).toBe(900);
  expect(map.get('k999')).toBeDefined();
});

test('full buckets go as new ones come, and are not counted as pushed out', () => {
  const map = new BucketMap(100);
  for (let i = 0; i < 100; i++) map.take(`k${i}`, SIZE, 0);
  for (let i = 0; i < 100; i++) map.take(`late${i}`, SIZE, 1000);
  expect(map.pushedOut).toBe(0);
  expect(map.get('k0')).toBeUndefined();
  expect(map.get('late0')).toBeDefined();
});

test('one bucket in use hides no full ones behind it', () => {
  const map = new BucketMap(100);
  map.take('busy', new BucketSize(0.001, 1), 0);
  for (let i = 0; i < 50; i++) map.take(`k${i}`, SIZE, 0);
  for (let i = 0; i < 60; i++) map.take(`late${i}`, SIZE, 5000);
  expect(map.get('busy')).toBeDefined();
  expect(map.size).toBe(61);
});

test('a sweep leaves only what is in use', () => {
  const map = new BucketMap(100);
  map.take('a', SIZE, 0);
  map.take('b', SIZE, 900);
  map.sweep(1000);
  expect(map.get('a')).toBeUndefined();
  expect(map.size).toBe(1);
});

test('a limit below one is our own mistake and says so', () => {
  expect(() => new BucketMap(0)).toThrow(/limit/);
});

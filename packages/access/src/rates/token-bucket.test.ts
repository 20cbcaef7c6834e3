import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BucketSize, TokenBucket } from './token-bucket.ts';

test('a bucket starts full, is used up, and fills with time up to its burst', () => {
  const bucket = new TokenBucket(new BucketSize(10, 3), 0);
  for (let i = 0; i < 3; i++) {
    expect(bucket.has(0)).toBe(true);
    bucket.take();
  }
  expect(bucket.has(99)).toBe(false);
  expect(bucket.has(100)).toBe(true);
  expect(bucket.isFull(299)).toBe(false);
  expect(bucket.isFull(300)).toBe(true);
  for (let i = 0; i < 3; i++) bucket.take();
  expect(bucket.has(300)).toBe(false);
});

test('what is given back never makes it more than full', () => {
  const bucket = new TokenBucket(new BucketSize(1, 1), 0);
  bucket.giveBack();
  bucket.take();
  expect(bucket.has(0)).toBe(false);
  bucket.giveBack();
  expect(bucket.has(0)).toBe(true);
});

test('however it is asked, it gives no more than its burst and what came back', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1000 }),
      fc.integer({ min: 1, max: 50 }),
      fc.array(fc.double({ min: 0, max: 500, noNaN: true }), { maxLength: 200 }),
      (perSecond, burst, pauses) => {
        const bucket = new TokenBucket(new BucketSize(perSecond, burst), 0);
        let now = 0;
        let taken = 0;
        for (const pause of pauses) {
          now += pause;
          if (!bucket.has(now)) continue;
          bucket.take();
          taken++;
        }
        expect(taken).toBeLessThanOrEqual(burst + (now * perSecond) / 1000 + 1e-6);
      },
    ),
  );
});

test('a size that could never give anything is our own mistake and says so', () => {
  expect(() => new BucketSize(0, 1)).toThrow(RangeError);
  expect(() => new BucketSize(1, 0.5)).toThrow(RangeError);
  expect(() => new BucketSize(Number.NaN, 1)).toThrow(RangeError);
});

import { expect, test } from 'vitest';
import { grantedExpires } from './expiry.ts';
import { DEFAULT_LIMITS } from './limits.ts';

test.each<[asked: number | undefined, direct: number | undefined, behindNat: number | undefined]>([
  [undefined, 3600, 300],
  [0, 0, 0],
  [1, undefined, undefined],
  [59, undefined, undefined],
  [60, 60, 60],
  [299, 299, 299],
  [301, 301, 300],
  [3600, 3600, 300],
  [7200, 7200, 300],
  [7201, 7200, 300],
  [4_294_967_295, 7200, 300],
])('asked %s: %s s, behind a NAT on UDP %s s (RFC 3261 §10.3 item 7)', (asked, direct, behindNat) => {
  expect(grantedExpires(asked, false, DEFAULT_LIMITS)).toBe(direct);
  expect(grantedExpires(asked, true, DEFAULT_LIMITS)).toBe(behindNat);
});

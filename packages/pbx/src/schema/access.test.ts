import { expect, test } from 'vitest';
import type { z } from 'zod';
import { access, isNetwork } from './access.ts';

test.each([
  '127.0.0.1',
  '10.0.0.0/8',
  '0.0.0.0/0',
  '::1',
  '2001:db8::/32',
  '192.168.1.16-32',
  '10.20.*',
  '10.*',
  '10.20.30.*',
])('%s is a network', (text) => {
  expect(isNetwork(text)).toBe(true);
});

test.each([
  '',
  'localhost',
  '10.0.0.0/33',
  '2001:db8::/129',
  '10.0.0/8',
  '192.168.1.32-16',
  '192.168.1.16-300',
  '300.1.*',
  '*',
  '10.20.*.*',
  '10.20.30.40.*',
  '10.0.0.0/',
  '10.0.0.0/-1',
  '::1/',
])('%j is no network', (text) => {
  expect(isNetwork(text)).toBe(false);
});

test('a policy keeps to the shortest form that says it all', () => {
  expect(access.decode('russia')).toEqual({ mode: 'russia' });
  expect(access.encode({ mode: 'russia' })).toBe('russia');
  const long = { mode: 'list', allow: ['10.0.0.0/8'] } as const;
  expect(access.encode({ ...long, allow: [...long.allow] })).toEqual(long);
});

test.each([
  [{ mode: 'any', deny: ['203.0.113.0/24'] }],
  [{ mode: 'any', enforce: true }],
  [{ mode: 'russia', enforce: false }],
  [{ mode: 'russia', allow: [], deny: [] }],
  [{ mode: 'countries', countries: ['RU', 'KZ'], allow: ['10.20.*'], deny: ['10.20.30.0/24'], enforce: false }],
] as const)('%j is written as it was read', (written) => {
  const policy = access.decode(written as unknown as z.input<typeof access>);
  expect(policy).toEqual(written);
  expect(access.encode(policy)).toEqual(written);
});

test.each([
  ['list'],
  [{ mode: 'list' }],
  [{ mode: 'list', allow: [] }],
  [{ mode: 'countries' }],
  [{ mode: 'countries', countries: ['Russia'] }],
  [{ mode: 'any', countries: ['RU'] }],
  [{ mode: 'any', deny: ['nowhere'] }],
  [{ mode: 'any', enforce: 'no' }],
])('%j is refused', (policy) => {
  expect(access.safeParse(policy).success).toBe(false);
});

test.each(['allow', 'deny'])('of %s 10,000 networks are the most', (key) => {
  const policy = (count: number) => ({
    mode: 'any',
    [key]: Array.from({ length: count }, (_, i) => `20.${i >> 8}.${i & 255}.0/24`),
  });
  expect(access.safeParse(policy(10_000)).success).toBe(true);
  expect(access.safeParse(policy(10_001)).success).toBe(false);
});

import { expect, test } from 'vitest';
import { connectionsWithin, descriptorLimit, softLimitIn } from './descriptors.ts';
import { checkSettings, type Settings } from './settings/index.ts';

const LIMITS = [
  'Limit                     Soft Limit           Hard Limit           Units     ',
  'Max processes             unlimited            unlimited            processes ',
  'Max open files            1024                 524288               files     ',
  'Max locked memory         8388608              8388608              bytes     ',
  '',
].join('\n');

function settings(text = '{}'): Settings {
  const read = checkSettings(text, 'vats.yaml', 0);
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return read.value;
}

test('the limit in force is the soft one', () => {
  expect(softLimitIn(LIMITS)).toBe(1024);
  expect(softLimitIn(LIMITS.replace('1024  ', 'unlimited'))).toBe(Number.POSITIVE_INFINITY);
  expect(softLimitIn('nonsense')).toBeUndefined();
});

test('this process has a limit that one can work with', () => {
  expect(descriptorLimit()).toBeGreaterThan(64);
});

test('connections leave a descriptor for every media port, every recording and some more', () => {
  expect(connectionsWithin(20_000, settings())).toEqual({ connections: 5_739, enough: true });
  const small = settings('{ media: { ports: 20000-20999 }, calls: { max: 100 } }');
  expect(connectionsWithin(4_096, small)).toEqual({ connections: 2_635, enough: true });
  const both = settings('{ media: { address: [192.0.2.1, "2001:db8::1"], ports: 20000-20999 }, calls: { max: 100 } }');
  expect(connectionsWithin(4_096, both)).toEqual({ connections: 1_635, enough: true });
});

test('each media worker takes some beside its ports, so that many workers on a large machine leave fewer connections', () => {
  const left = (workers: number) =>
    connectionsWithin(20_000, settings(`{ media: { workers: ${workers} }, calls: { max: 1000 } }`)).connections;
  expect(left(2) - left(202)).toBe(1_000);
});

test('where there are too few for all, a quarter is for connections, and it shows', () => {
  expect(connectionsWithin(4_096, settings())).toEqual({ connections: 1_024, enough: false });
  expect(connectionsWithin(Number.POSITIVE_INFINITY, settings()).enough).toBe(true);
});

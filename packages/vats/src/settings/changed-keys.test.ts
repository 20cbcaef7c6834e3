import { expect, test } from 'vitest';
import { changedKeys } from './changed-keys.ts';

test('the same settings differ in nothing, whatever the order of their keys', () => {
  const settings = { sip: { listen: ['udp://127.0.0.1:5060'] }, calls: { max: 500 } };
  expect(changedKeys(settings, { calls: { max: 500 }, sip: { listen: ['udp://127.0.0.1:5060'] } })).toEqual([]);
});

test('a key is named by its whole way, also one that came or went', () => {
  const before = { sip: { listen: ['udp://a'], advertise: { host: 'a' } }, access: { ban: { for: 1, failures: 10 } } };
  const after = { sip: { listen: ['udp://b'] }, access: { ban: { for: 2, failures: 10 }, refuse: '403' } };
  expect(changedKeys(before, after)).toEqual(['sip.listen', 'sip.advertise', 'access.ban.for', 'access.refuse']);
});

import { expect, test } from 'vitest';
import { judgeMediaAddress } from './media-address.ts';

test.each([
  ['203.0.113.7', '198.51.100.2', 'dial'],
  ['2001:db8::7', '2001:db8::9', 'dial'],
  ['192.168.1.20', '203.0.113.7', 'learn'],
  ['10.1.2.3', '2001:db8::9', 'learn'],
  ['100.64.0.1', '203.0.113.7', 'learn'],
  ['fd12::1', '203.0.113.7', 'learn'],
  ['::ffff:10.0.0.1', '203.0.113.7', 'learn'],
  ['192.168.1.20', '192.168.1.20', 'dial'],
  ['192.168.1.20', '10.0.0.5', 'dial'],
  ['192.168.1.20', '127.0.0.1', 'dial'],
  ['127.0.0.1', '127.0.0.9', 'dial'],
  ['127.0.0.1', '192.168.1.20', 'learn'],
  ['::1', '203.0.113.7', 'learn'],
  ['media.example.org', '203.0.113.7', 'learn'],
  ['0.0.0.0', '203.0.113.7', 'hold'],
  ['::', '2001:db8::9', 'hold'],
  ['0:0:0:0:0:0:0:0', '2001:db8::9', 'hold'],
])('checklist 20: c=%s from a peer at %s: %s', (address, signalling, verdict) => {
  expect(judgeMediaAddress(address, signalling)).toBe(verdict);
});

test.each([
  '224.0.0.1',
  '239.255.255.250',
  '255.255.255.255',
  '240.0.0.1',
  '169.254.1.1',
  '169.254.169.254',
  '100.100.100.200',
  '0.1.2.3',
  'fe80::1',
  'ff02::1',
  'fd00:ec2::254',
  '::ffff:169.254.169.254',
  '::ffff:224.0.0.1',
])('checklist 20: nobody is at %s, whoever says so', (address) => {
  expect(judgeMediaAddress(address, '127.0.0.1')).toBe('refuse');
  expect(judgeMediaAddress(address, '192.168.1.1', () => true)).toBe('refuse');
});

test('a peer may be allowed to name private addresses', () => {
  const allowed = (address: string) => address.startsWith('10.7.');
  expect(judgeMediaAddress('10.7.0.1', '203.0.113.7', allowed)).toBe('dial');
  expect(judgeMediaAddress('10.8.0.1', '203.0.113.7', allowed)).toBe('learn');
});

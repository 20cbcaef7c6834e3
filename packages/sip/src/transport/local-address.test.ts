import { expect, test } from 'vitest';
import { type InterfaceAddress, localAddressTowards } from './local-address.ts';

function at(cidr: string, internal = false): InterfaceAddress {
  const address = cidr.split('/')[0] ?? '';
  return { address, cidr, internal, family: address.includes(':') ? 'IPv6' : 'IPv4' };
}

const MACHINE = [
  at('127.0.0.1/8', true),
  at('::1/128', true),
  at('169.254.10.1/16'),
  at('192.0.2.10/24'),
  at('10.0.0.1/8'),
  at('10.1.0.1/16'),
  at('fe80::1/64'),
  at('2001:db8:1::1/64'),
];

test.each([
  ['127.0.0.5', '127.0.0.1'],
  ['192.0.2.77', '192.0.2.10'],
  ['10.1.2.3', '10.1.0.1'],
  ['10.2.2.3', '10.0.0.1'],
  ['203.0.113.5', '192.0.2.10'],
  ['169.254.99.9', '169.254.10.1'],
  ['::1', '::1'],
  ['2001:db8:1::99', '2001:db8:1::1'],
  ['2001:db8:ffff::1', '2001:db8:1::1'],
  ['fe80::77%eth0', 'fe80::1'],
])('a packet to %s leaves from %s', (remote, local) => {
  expect(localAddressTowards(remote, MACHINE)).toBe(local);
});

test('a machine that has only the loopback uses it, one without the family nothing', () => {
  expect(localAddressTowards('203.0.113.5', [at('127.0.0.1/8', true)])).toBe('127.0.0.1');
  expect(localAddressTowards('2001:db8::1', [at('127.0.0.1/8', true)])).toBeUndefined();
});

test('an address without network is passed over', () => {
  const bare: InterfaceAddress = { address: '192.0.2.1', cidr: null, family: 'IPv4', internal: false };
  expect(localAddressTowards('192.0.2.2', [bare, at('192.0.2.10/24')])).toBe('192.0.2.10');
});

test('the machine that runs this finds its loopback', () => {
  expect(localAddressTowards('127.0.0.1')).toMatch(/^127\./);
});

import { formatAddress, ipv6Prefix } from '@vats/kernel';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { keysAround, sourceKey, sourceKeys } from './source-key.ts';

const ipv6 = fc.bigInt({ min: 1n << 112n, max: (1n << 128n) - 1n });

test('an IPv4 address counts by itself, also when a dual-stack socket writes it as IPv6', () => {
  expect(sourceKeys('192.0.2.1')).toEqual(['192.0.2.1']);
  expect(sourceKeys('::ffff:192.0.2.1')).toEqual(['192.0.2.1']);
  expect(sourceKeys('::FFFF:c000:201')).toEqual(['192.0.2.1']);
});

test('an IPv6 address counts under its /64, /56 and /48', () => {
  expect(sourceKeys('2001:DB8:1:234::5')).toEqual(['2001:db8:1:234::/64', '2001:db8:1:200::/56', '2001:db8:1::/48']);
  expect(sourceKeys('::1')).toEqual(['::/64', '::/56', '::/48']);
  expect(sourceKeys('fe80::1%eth0')).toEqual(sourceKeys('fe80::2'));
});

test('text that is no address counts by itself', () => {
  expect(sourceKeys('phone-7')).toEqual(['phone-7']);
});

test('the narrowest key is the first one', () => {
  for (const address of ['192.0.2.1', '::ffff:192.0.2.1', '2001:db8::1']) {
    expect(sourceKey(address)).toBe(sourceKeys(address)[0]);
  }
});

test('hosts of one /64 share all keys; neighbours in the /56 and the /48 share what is wide enough', () => {
  fc.assert(
    fc.property(ipv6, fc.bigInt({ min: 0n, max: (1n << 80n) - 1n }), (address, change) => {
      const [narrow, middle, wide] = sourceKeys(formatAddress(address));
      const [otherNarrow, otherMiddle, otherWide] = sourceKeys(formatAddress(address ^ change));
      expect(otherWide).toBe(wide);
      expect(otherMiddle === middle).toBe(change < 1n << 72n);
      expect(otherNarrow === narrow).toBe(change < 1n << 64n);
    }),
  );
});

test('keys are written as networks are everywhere else', () => {
  const sparse = fc
    .array(fc.constantFrom(0n, 1n, 0x10n, 0x100n, 0x1000n, 0xffffn), { minLength: 8, maxLength: 8 })
    .map((groups) => groups.reduce<bigint>((address, group) => (address << 16n) | group, 0n));
  fc.assert(
    fc.property(fc.oneof(ipv6, sparse), (address) => {
      fc.pre(address >> 32n !== 0xffffn);
      expect(sourceKeys(formatAddress(address))).toEqual([64, 56, 48].map((bits) => ipv6Prefix(address, bits)));
    }),
  );
});

test('many addresses after one another do not mix up what is remembered', () => {
  for (let i = 0; i < 10_000; i++) expect(sourceKeys(`2001:db8:0:${i.toString(16)}::1`)[0]).toBe(keyOf(i));
  expect(sourceKeys('2001:db8:0:7::1')[0]).toBe('2001:db8:0:7::/64');
});

test('a network lies in the keys that are at least as wide', () => {
  const first = 0x20010db8000100020000000000000000n;
  expect(keysAround(first, 60)).toEqual(['2001:db8:1::/56', '2001:db8:1::/48']);
  expect(keysAround(first, 32)).toEqual([]);
});

function keyOf(i: number): string {
  return i === 0 ? '2001:db8::/64' : `2001:db8:0:${i.toString(16)}::/64`;
}

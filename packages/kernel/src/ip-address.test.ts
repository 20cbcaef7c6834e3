import { isIP } from 'node:net';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatAddress, ipv6Prefix, isPrivateAddress, parseAddress } from './ip-address.ts';

const ipv4 = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const ipv6 = fc.bigInt({ min: 0n, max: (1n << 128n) - 1n });

/** The address as eight groups of IPv6, by other means than the code under test: URL knows the canonical form. */
const canonical = (text: string): string => new URL(`http://[${text}]`).hostname.slice(1, -1);

describe('parseAddress', () => {
  test.each([
    ['0.0.0.0', 0],
    ['255.255.255.255', 2 ** 32 - 1],
    ['192.0.2.1', 0xc0000201],
    ['::', 0n],
    ['::1', 1n],
    ['1::', 1n << 112n],
    ['2001:db8::1', 0x20010db8000000000000000000000001n],
    ['2001:DB8:0:0:0:0:AbCd:ef01', 0x20010db80000000000000000abcdef01n],
    ['1:2:3:4:5:6:7:8', 0x00010002000300040005000600070008n],
    ['1:2:3:4:5:6:7::', 0x00010002000300040005000600070000n],
    ['::2:3:4:5:6:7:8', 0x00000002000300040005000600070008n],
    ['64:ff9b::192.0.2.1', 0x0064ff9b0000000000000000c0000201n],
    ['1:2:3:4:5:6:192.0.2.1', 0x000100020003000400050006c0000201n],
    ['::192.0.2.1', 0xc0000201n],
  ])('%s', (text, value) => {
    expect(parseAddress(text)).toBe(value);
  });

  test.each(['::ffff:192.0.2.1', '::FFFF:c000:201', '0:0:0:0:0:ffff:192.0.2.1', '::ffff:192.0.2.1%eth0'])(
    '%s is the IPv4 address in it',
    (text) => {
      expect(parseAddress(text)).toBe(0xc0000201);
    },
  );

  test('a zone says nothing of who is there', () => {
    expect(parseAddress('fe80::1%eth0')).toBe(parseAddress('fe80::1'));
    expect(parseAddress('fe80::%0')).toBe(parseAddress('fe80::'));
  });

  test.each(['', '1.2.3', '1.2.3.4.5', '256.1.1.1', '01.2.3.4', '1..3.4', '.1.2.3', '1.2.3.', ' 1.2.3.4', '1.2.3.4%x'])(
    '%j is no address',
    (text) => {
      expect(parseAddress(text)).toBeUndefined();
    },
  );

  test('it takes for an address what node:net takes for one', () => {
    const near = fc.stringMatching(/^[0-9a-fA-F.:%]{0,24}$/);
    const quads = fc
      .array(fc.stringMatching(/^[0-9]{0,3}$/), { minLength: 3, maxLength: 5 })
      .map((all) => all.join('.'));
    const hextets = fc
      .array(fc.stringMatching(/^([0-9a-fA-F]{0,4}|0)$/), { minLength: 2, maxLength: 9 })
      .map((all) => all.join(':'));
    const mixed = fc.tuple(hextets, quads).map(([left, right]) => `${left}:${right}`);
    fc.assert(
      fc.property(fc.oneof(near, quads, hextets, mixed, fc.string()), (text) => {
        expect(parseAddress(text) !== undefined).toBe(isIP(text) !== 0);
      }),
      { numRuns: 20_000 },
    );
  });

  test('it reads every spelling of IPv6 as the WHATWG URL parser does', () => {
    const group = fc.oneof(fc.constant('0'), fc.constant('ffff'), fc.stringMatching(/^[0-9a-fA-F]{1,4}$/));
    const spelling = fc
      .tuple(fc.array(group, { minLength: 8, maxLength: 8 }), fc.nat(7), fc.nat(8), fc.boolean(), ipv4)
      .map(([all, from, length, dotted, quad]) => {
        const tail = dotted ? [formatAddress(quad)] : all.slice(6);
        const parts = [...all.slice(0, 6), ...tail];
        const to = Math.min(from + length, parts.length);
        if (length === 0 || to <= from) return parts.join(':');
        return `${parts.slice(0, from).join(':')}::${parts.slice(to).join(':')}`;
      })
      .filter((text) => isIP(text) === 6);
    fc.assert(
      fc.property(spelling, (text) => {
        const value = parseAddress(text)!;
        const written = typeof value === 'number' ? `::ffff:${formatAddress(value)}` : formatAddress(value);
        expect(canonical(written)).toBe(canonical(text));
      }),
      { numRuns: 5_000 },
    );
  });
});

describe('formatAddress', () => {
  test.each([
    '0.0.0.0',
    '255.255.255.255',
    '::',
    '::1',
    '1::',
    '2001:db8::1',
    // RFC 5952 §4.2.2: a single group of zeros is written; §4.2.3: the longest run goes, of equals the first.
    '2001:db8:0:1:1:1:1:1',
    '2001:0:0:1::1',
    '2001:db8::1:0:0:1',
    '1:2:3:4:5:6:7:8',
    '0:2:3:4:5:6:7:8',
  ])('%s', (text) => {
    expect(formatAddress(parseAddress(text)!)).toBe(text);
  });

  test('the mapped part of IPv6 is written as RFC 5952 §5 wants it', () => {
    expect(formatAddress(0xffffc0000201n)).toBe('::ffff:192.0.2.1');
  });

  test('what it writes is read as the same address', () => {
    fc.assert(
      fc.property(fc.oneof(ipv4, ipv6), (address) => {
        expect(parseAddress(formatAddress(address))).toBe(address);
      }),
    );
  });
});

test.each([
  ['2001:db8:0:1:2:3:4:5', 64, '2001:db8:0:1::/64'],
  ['2001:db8:12:3456::1', 56, '2001:db8:12:3400::/56'],
  ['2001:db8:12:3456::1', 48, '2001:db8:12::/48'],
  ['2001:db8::1', 128, '2001:db8::1/128'],
  ['2001:db8::1', 0, '::/0'],
])('%s lies in the /%i %s', (text, bits, network) => {
  expect(ipv6Prefix(parseAddress(text) as bigint, bits)).toBe(network);
});

test.each([
  ['9.255.255.255', '10.0.0.0', '10.255.255.255', '11.0.0.0'],
  ['126.255.255.255', '127.0.0.0', '127.255.255.255', '128.0.0.0'],
  ['172.15.255.255', '172.16.0.0', '172.31.255.255', '172.32.0.0'],
  ['192.167.255.255', '192.168.0.0', '192.168.255.255', '192.169.0.0'],
  ['169.253.255.255', '169.254.0.0', '169.254.255.255', '169.255.0.0'],
  ['100.63.255.255', '100.64.0.0', '100.127.255.255', '100.128.0.0'],
  ['fbff:ffff::', 'fc00::', 'fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'fe00::'],
  ['fe7f:ffff::', 'fe80::', 'febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'fec0::'],
  ['::', '::1', '::1', '::2'],
])('private begins after %s: %s to %s, and ends before %s', (before, first, last, after) => {
  const verdicts = [before, first, last, after].map((text) => isPrivateAddress(parseAddress(text)!));
  expect(verdicts).toEqual([false, true, true, false]);
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatAddress, type IpAddress } from './ip-address.ts';
import { type Network, NetworkMap, NetworkSet, networkOf, parseNetwork } from './network.ts';

describe('parseNetwork', () => {
  test.each([
    ['203.0.113.5', '203.0.113.5', '203.0.113.5'],
    ['203.0.113.0/24', '203.0.113.0', '203.0.113.255'],
    ['203.0.113.77/24', '203.0.113.0', '203.0.113.255'],
    ['203.0.113.77/32', '203.0.113.77', '203.0.113.77'],
    ['203.0.113.77/31', '203.0.113.76', '203.0.113.77'],
    ['203.0.113.77/0', '0.0.0.0', '255.255.255.255'],
    ['192.168.1.16-32', '192.168.1.16', '192.168.1.32'],
    ['192.168.1.7-7', '192.168.1.7', '192.168.1.7'],
    ['10.*', '10.0.0.0', '10.255.255.255'],
    ['10.20.*', '10.20.0.0', '10.20.255.255'],
    ['10.20.30.*', '10.20.30.0', '10.20.30.255'],
    ['2001:db8::7', '2001:db8::7', '2001:db8::7'],
    ['2001:db8:1:2::7/64', '2001:db8:1:2::', '2001:db8:1:2:ffff:ffff:ffff:ffff'],
    ['::/0', '::', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
    ['::1/128', '::1', '::1'],
    ['fe80::1%eth0/64', 'fe80::', 'fe80::ffff:ffff:ffff:ffff'],
    ['::ffff:203.0.113.77/120', '203.0.113.0', '203.0.113.255'],
    ['::ffff:0:0/96', '0.0.0.0', '255.255.255.255'],
    ['::ffff:203.0.113.77', '203.0.113.77', '203.0.113.77'],
    ['::ffff:203.0.113.77/16', '::', '0:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ])('%s', (text, first, last) => {
    const network = networkOf(text);
    expect(network.text).toBe(text);
    expect(network.family).toBe(first.includes(':') ? 6 : 4);
    expect([formatAddress(network.first), formatAddress(network.last)]).toEqual([first, last]);
  });

  test.each([
    ['', 'not-a-network'],
    ['localhost', 'not-a-network'],
    ['*', 'not-a-network'],
    ['10.20.*.*', 'not-a-network'],
    ['10.20.30.40.*', 'not-a-network'],
    ['10.0.0/8', 'not-a-network'],
    ['/8', 'not-a-network'],
    ['2001:db8::*', 'not-a-network'],
    ['10.0.0.0/33', 'bad-prefix-length'],
    ['2001:db8::/129', 'bad-prefix-length'],
    ['10.0.0.0/', 'bad-prefix-length'],
    ['10.0.0.0/-1', 'bad-prefix-length'],
    ['10.0.0.0/8 ', 'bad-prefix-length'],
    ['192.168.1.32-16', 'bad-range'],
    ['192.168.1.16-300', 'bad-range'],
    ['192.168.1.016-32', 'bad-range'],
    ['300.1.*', 'bad-wildcard'],
  ])('%j: %s', (text, code) => {
    const parsed = parseNetwork(text);
    expect(parsed.ok ? 'good' : parsed.error.code).toBe(code);
  });

  test('text that no one checked is our own mistake where it must be good', () => {
    expect(() => networkOf('pbx.example')).toThrow(RangeError);
    expect(() => NetworkSet.of(['10.0.0.0/8', 'pbx.example'])).toThrow(/pbx\.example/);
  });
});

describe('NetworkMap', () => {
  test('the smallest network that holds the address decides, in whatever order they come', () => {
    const texts = ['10.0.0.0/8', '10.1.0.0/16', '10.1.2.0/24', '10.1.2.3', '0.0.0.0/0', '10.1.2.3-9', '::/0', '::1'];
    for (const order of [texts, texts.toReversed()]) {
      const set = NetworkSet.of(order);
      const found = ['10.1.2.3', '10.1.2.4', '10.1.2.10', '10.1.3.1', '10.9.0.1', '11.0.0.1', '::1', '::2'].map(
        (text) => set.find(text),
      );
      expect(found).toEqual([
        '10.1.2.3',
        '10.1.2.3-9',
        '10.1.2.0/24',
        '10.1.0.0/16',
        '10.0.0.0/8',
        '0.0.0.0/0',
        '::1',
        '::/0',
      ]);
    }
  });

  test('of two of one size the first counts', () => {
    const map = new NetworkMap([
      [networkOf('10.0.0.0/24'), 'first'],
      [networkOf('10.0.0.*'), 'second'],
    ]);
    expect(map.find('10.0.0.1')).toBe('first');
    expect(NetworkSet.of(['10.0.0.10-20', '10.0.0.15-25']).find('10.0.0.17')).toBe('10.0.0.10-20');
    expect(NetworkSet.of(['10.0.0.10-20', '10.0.0.15-25']).find('10.0.0.21')).toBe('10.0.0.15-25');
  });

  test('an empty one, and text that is no address, find nothing', () => {
    expect(NetworkSet.of([]).find('10.0.0.1')).toBeUndefined();
    expect(NetworkSet.of(['0.0.0.0/0', '::/0']).find('pbx.example')).toBeUndefined();
    expect(NetworkSet.of(['0.0.0.0/0', '::/0']).find('')).toBeUndefined();
    expect(NetworkSet.of(['0.0.0.0/0', '::/0']).size).toBe(2);
  });

  test('both ends of everything', () => {
    const set = NetworkSet.of(['0.0.0.0/0', '::/0']);
    expect(['0.0.0.0', '255.255.255.255', '::ffff:1.2.3.4'].map((text) => set.find(text))).toEqual(
      Array(3).fill('0.0.0.0/0'),
    );
    expect(['::', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'].map((text) => set.find(text))).toEqual(
      Array(2).fill('::/0'),
    );
  });

  test('it answers as looking through all networks does', () => {
    // Few addresses, so that networks overlap in every way.
    const range = fc.tuple(fc.nat(40), fc.nat(40), fc.boolean()).map(([one, other, v6]): Network => {
      const [first, last] = [Math.min(one, other), Math.max(one, other)];
      const text = `${v6 ? 6 : 4}:${first}-${last}`;
      return v6 ? { text, family: 6, first: BigInt(first), last: BigInt(last) } : { text, family: 4, first, last };
    });
    const addresses = Array.from({ length: 43 }, (_, i) => i).flatMap((i): IpAddress[] => [i, BigInt(i)]);
    fc.assert(
      fc.property(fc.array(range, { maxLength: 12 }), (networks) => {
        const map = new NetworkMap(networks.map((network, i) => [network, i] as const));
        for (const address of addresses) expect(map.find(address)).toBe(slowly(networks, address));
      }),
      { numRuns: 500 },
    );
  });

  test('ten thousand networks inside one another are cut in no time to speak of', () => {
    const nested = Array.from({ length: 10_000 }, (_, i): Network => {
      return { text: String(i), family: 4, first: i, last: 2 ** 32 - 1 - i };
    });
    const set = new NetworkSet(nested);
    expect(set.find(5_000)).toBe('5000');
    expect(set.find(2 ** 31)).toBe('9999');
  });
});

/** Index of the network that decides; undefined when none holds the address. */
function slowly(networks: readonly Network[], address: IpAddress): number | undefined {
  let best: number | undefined;
  const sizeOf = ({ first, last }: Network) => Number(last) - Number(first);
  for (const [i, network] of networks.entries()) {
    if ((network.family === 4) !== (typeof address === 'number')) continue;
    if (address < network.first || address > network.last) continue;
    if (best === undefined || sizeOf(network) < sizeOf(networks[best]!)) best = i;
  }
  return best;
}

import type { Place, Policy } from '@vats/access';
import type { Domain } from '@vats/pbx';
import { modelOf } from '@vats/pbx/testing';
import { describe, expect, test } from 'vitest';
import { accessWarnings, type Exposure } from './warnings.ts';

const EVERYBODY: Policy = { mode: 'any' };

function domainsOf(...policies: readonly string[]): readonly Domain[] {
  return modelOf(...policies.map((policy, i) => `domain: d${i}.example\naccess: ${policy}\nusers: []\n`)).domains;
}

const TABLE = { isOld: false, builtAt: Date.UTC(2026, 5, 17), hasIPv6: true };

function warned(changes: Partial<Exposure> = {}): string[] {
  return accessWarnings({
    ...at('203.0.113.10'),
    machine: EVERYBODY,
    domains: domainsOf('russia'),
    places: [],
    table: TABLE,
    proxies: {},
    withoutClient: 0,
    ...changes,
  });
}

const at = (...addresses: string[]) => ({
  listeners: addresses.map((address) => ({ transport: 'udp', endpoint: { address, port: 5060 } }) as const),
});

describe('a domain that may be used from anywhere', () => {
  const open = { domains: domainsOf('any', 'russia') };

  test('on a public address is warned of, by its name and with a remedy', () => {
    expect(warned(open)).toEqual([
      'domain d0.example may be used from anywhere, and 203.0.113.10 is listened on: write access: russia, countries or list in its PBX file if its people are not everywhere',
    ]);
  });

  test('once a domain, however many addresses there are', () => {
    expect(warned({ domains: domainsOf('any', 'any'), ...at('203.0.113.10', '2a00:1450::5') })).toHaveLength(2);
  });

  test.each([['0.0.0.0'], ['::']])('on %s, which is every address', (address) => {
    expect(warned({ ...open, ...at(address) })[0]).toContain(`${address} (every address of this machine)`);
  });

  test.each([['127.0.0.1'], ['::1'], ['192.168.1.10'], ['10.0.0.5'], ['fd00::5'], ['100.64.0.5']])(
    'on %s alone is not',
    (address) => {
      expect(warned({ ...open, ...at(address) })).toEqual([]);
      expect(warned({ ...open, ...at(address, '203.0.113.10') })).toHaveLength(1);
    },
  );

  test('is not when the machine lets in some only', () => {
    expect(warned({ ...open, machine: { mode: 'russia' } })).toEqual([]);
    expect(warned({ ...open, machine: { mode: 'russia', enforce: false } })).toHaveLength(1);
  });

  test('is so too while its policy is only tried out, or the machine’s, and that is said then', () => {
    expect(warned({ domains: domainsOf('{ mode: russia, enforce: false }') })).toEqual([
      'domain d0.example may be used from anywhere, and 203.0.113.10 is listened on: its access is only tried out (enforce: false): take that out of its PBX file when vats explain policy shuts out none of its people',
    ]);
    expect(warned({ domains: domainsOf('any'), machine: { mode: 'russia', enforce: false } })).toEqual([
      "domain d0.example may be used from anywhere, and 203.0.113.10 is listened on: the machine's access.policy is only tried out (enforce: false): take that out of the settings when vats explain policy shuts out nobody who belongs here",
    ]);
  });

  test('is not when it has another policy', () => {
    expect(warned({ domains: domainsOf('russia', '{ mode: list, allow: [203.0.113.0/24] }') })).toEqual([]);
  });
});

describe('a geofence that sees one private address', () => {
  const [domain] = domainsOf('russia');
  const used = (...uses: readonly (readonly [login: string, address: string])[]): Place[] =>
    uses.map(([login, address]) => ({ domain: domain?.id ?? '', login, address, firstSeen: 1, lastSeen: 1, uses: 1 }));
  const bridge = used(['anna', '172.17.0.1'], ['boris', '172.17.0.1'], ['vera', '172.17.0.1']);
  const behind = { domains: domain === undefined ? [] : [domain] };

  test('is warned of', () => {
    expect(warned({ ...behind, places: bridge })).toEqual([
      "all 3 accounts come from 172.17.0.1, a private address, which the geofence lets pass: if a container or a proxy stands in front, use the host's network or name the proxy in access.proxies",
    ]);
  });

  test('is not with two accounts, nor when one account was used from three places', () => {
    expect(warned({ ...behind, places: bridge.slice(1) })).toEqual([]);
    expect(warned({ ...behind, places: used(...Array(5).fill(['anna', '172.17.0.1'])) })).toEqual([]);
  });

  test('is not when somebody comes from a public address, or from another private one', () => {
    expect(warned({ ...behind, places: [...bridge, ...used(['zoya', '203.0.113.5'])] })).toEqual([]);
    expect(warned({ ...behind, places: [...bridge, ...used(['zoya', '192.168.1.5'])] })).toEqual([]);
  });

  test('is not where nobody is judged by country', () => {
    const domains = domainsOf('{ mode: list, allow: [172.16.0.0/12] }');
    const places = bridge.map((place) => ({ ...place, domain: domains[0]?.id ?? '' }));
    expect(warned({ domains, places })).toEqual([]);
    expect(warned({ domains, places, machine: { mode: 'countries', countries: ['RU'] } })).toHaveLength(1);
  });

  test('leaves places of other domains out', () => {
    expect(warned({ ...behind, places: bridge.map((place) => ({ ...place, domain: 'another' })) })).toEqual([]);
  });
});

describe('an old country table', () => {
  test('is told with its date and a remedy', () => {
    expect(warned({ table: { ...TABLE, isOld: true } })).toEqual([
      'the country table is of 2026-06-17: give a newer one with vats geo update FILE',
    ]);
  });

  test('that the settings name is to be replaced by its owner, for no command does it', () => {
    expect(warned({ table: { ...TABLE, isOld: true, named: '/srv/geo.mmdb' } })).toEqual([
      'the country table is of 2026-06-17: replace /srv/geo.mmdb by a newer one and send SIGHUP',
    ]);
  });
});

describe('a country table without IPv6', () => {
  const table = { ...TABLE, hasIPv6: false };

  test('is told where a policy asks for countries, the machine’s or a domain’s', () => {
    const told =
      'the country table knows no IPv6, so whoever comes by IPv6 has no country and is refused: give one that knows both IPv4 and IPv6 with vats geo update FILE';
    expect(warned({ table })).toEqual([told]);
    expect(warned({ table, domains: domainsOf('any'), machine: { mode: 'countries', countries: ['RU'] } })).toEqual([
      told,
    ]);
    expect(warned({ table: { ...table, named: '/srv/geo.mmdb' } })).toEqual([
      expect.stringContaining(': replace /srv/geo.mmdb by one that knows both IPv4 and IPv6 and send SIGHUP'),
    ]);
  });

  test('is not where none does', () => {
    expect(warned({ table, domains: domainsOf('{ mode: list, allow: [203.0.113.0/24] }') })).toEqual([]);
  });
});

test('a proxy that does not say who its client is is told with what it should do', () => {
  const proxies = { '10.0.0.5': 'X-Client-Address', '10.0.0.6': 'X-Real-IP' };
  expect(warned({ proxies })).toEqual([]);
  expect(warned({ proxies, withoutClient: 3 })).toEqual([
    'dropped since the start: 3 requests of a proxy that did not say, once and clearly, who its client is: see that 10.0.0.5 overwrites X-Client-Address and 10.0.0.6 overwrites X-Real-IP in every request',
  ]);
});

describe('a system that keeps less of what comes in than was asked for', () => {
  const asked = 4_194_304;
  const granted = (octets: number, ...addresses: string[]): string[] => {
    const { listeners } = at(...addresses);
    return warned({ listeners: listeners.map((each) => ({ ...each, receiveBuffer: { asked, granted: octets } })) });
  };

  test('is told once, with both sizes and what to set', () => {
    expect(granted(212_992, '0.0.0.0', '::')).toEqual([
      "the system keeps no more than 208 KiB of what comes to udp://0.0.0.0:5060 until it is read, where 4096 KiB were asked for, so that in a burst or a flood phones' messages are lost: sysctl -w net.core.rmem_max=4194304, the same into /etc/sysctl.d, and start the switch again",
    ]);
  });

  test('is not where all was granted, nor on the loopback alone', () => {
    expect(granted(asked, '0.0.0.0')).toEqual([]);
    expect(granted(212_992, '127.0.0.1', '::1')).toEqual([]);
    expect(warned()).toEqual([]);
  });
});

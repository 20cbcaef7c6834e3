import type { Trunk } from '@vats/pbx';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { domainOf, ITSP, LinesBench, OPERATOR } from './testing/lines-bench.ts';

let bench: LinesBench;

beforeEach(async () => {
  bench = await LinesBench.open();
});

afterEach(async () => {
  expect(await bench.close()).toEqual([]);
});

const byAddress = (name: string, ...allow: string[]): Trunk => ({
  managedBy: 'cli',
  name,
  proxy: 'sip:198.51.100.9',
  ...(allow.length > 0 && { allow }),
});
const whose = (address: string, user?: string, domain?: string) => bench.lines.recognise(address, user, domain)?.name;

describe('a trunk that registers', () => {
  test('has the calls to its own Contact user from its servers, and no others', () => {
    bench.use(ITSP);
    const user = bench.line().contactUser;
    expect(whose(OPERATOR.address, user)).toBe('itsp');
    expect(whose(OPERATOR.address, '74951234567')).toBeUndefined();
    expect(whose(OPERATOR.address)).toBeUndefined();
    expect(whose('203.0.113.5', user)).toBeUndefined();
    expect(bench.line().admits(OPERATOR.address, user)).toBe(true);
    expect(bench.line().admits(OPERATOR.address, '74951234567')).toBe(false);
  });

  test('with an allow list has them from there only', () => {
    bench.use({ ...ITSP, allow: ['203.0.113.0/24'] });
    const user = bench.line().contactUser;
    expect(whose('203.0.113.5', user)).toBe('itsp');
    expect(whose(OPERATOR.address, user)).toBeUndefined();
    bench.use({ ...ITSP, allow: ['203.0.113.5'] });
    expect([whose('203.0.113.5', user), whose('203.0.113.6', user)]).toEqual(['itsp', undefined]);
  });

  test('is found by it before a trunk by the same address', () => {
    bench.use(byAddress('office'), ITSP);
    expect(whose(OPERATOR.address, bench.line().contactUser)).toBe('itsp');
    expect(whose(OPERATOR.address, '+74951234567')).toBe('office');
  });

  test('with a Contact user that another one has too: the smaller network decides', () => {
    const register = { ...ITSP.register!, contactUser: 'line1' };
    const wide = { ...ITSP, name: 'wide', register, allow: ['203.0.113.0/24'] };
    bench.use(wide, { ...wide, name: 'narrow', allow: ['203.0.113.5'] });
    expect([whose('203.0.113.5', 'line1'), whose('203.0.113.6', 'line1')]).toEqual(['narrow', 'wide']);
  });
});

test('a trunk that is spoken with over TCP or TLS has no calls that came over UDP, where an address can be forged', () => {
  const by = (transport: 'udp' | 'tcp' | 'tls' | 'wss') =>
    bench.lines.recognise('203.0.113.5', '100', undefined, () => true, transport)?.name;
  const all = () => [by('udp'), by('tcp'), by('tls'), by('wss')];
  bench.use({ ...byAddress('tcp', '203.0.113.0/24'), transport: 'tcp' });
  expect(all()).toEqual([undefined, 'tcp', 'tcp', 'tcp']);
  bench.use({ ...byAddress('tls', '203.0.113.0/24'), transport: 'tls' });
  expect(all()).toEqual([undefined, undefined, 'tls', 'tls']);
  bench.use({ ...byAddress('sips', '203.0.113.0/24'), proxy: 'sips:198.51.100.9' });
  expect(all()).toEqual([undefined, undefined, 'sips', 'sips']);
  bench.use({ ...ITSP, transport: 'tcp' });
  const user = bench.line().contactUser;
  expect(bench.lines.recognise(OPERATOR.address, user)?.name).toBeUndefined();
  expect(bench.lines.recognise(OPERATOR.address, user, undefined, undefined, 'tcp')?.name).toBe('itsp');
  bench.use(byAddress('any', '203.0.113.0/24'));
  expect(all()).toEqual(['any', 'any', 'any', 'any']);
});

describe('a trunk that registers and is recognised by address', () => {
  const byNumber = (name: string, login: string, allow?: string[]): Trunk => ({
    ...ITSP,
    name,
    register: { ...ITSP.register!, login, recognise: 'address' },
    ...(allow && { allow }),
  });
  const called = (login: string) => (line: { readonly login: string | undefined }) => line.login === login;
  const whoseNumber = (address: string, number: string) =>
    bench.lines.recognise(address, number, undefined, called(number))?.name;

  test('has the calls to its own numbers from its servers, and no others', () => {
    bench.use(byNumber('itsp', '74951234567'));
    expect(whoseNumber(OPERATOR.address, '74951234567')).toBe('itsp');
    expect(whoseNumber(OPERATOR.address, '74957654321')).toBeUndefined();
    expect(whoseNumber('203.0.113.5', '74951234567')).toBeUndefined();
    expect(whose(OPERATOR.address, bench.line().contactUser)).toBe('itsp');
  });

  test('is told from another account at the same servers by the number', () => {
    bench.use(byNumber('one', '74951111111'), byNumber('two', '74952222222'));
    expect(['74951111111', '74952222222'].map((number) => whoseNumber(OPERATOR.address, number))).toEqual([
      'one',
      'two',
    ]);
    expect(bench.log.events).not.toContain('trunk.ambiguous');
  });

  test('goes before a trunk by the same address, which has the rest', () => {
    bench.use(byAddress('office', OPERATOR.address), byNumber('itsp', '74951234567', ['198.51.100.0/24']));
    expect(whoseNumber(OPERATOR.address, '74951234567')).toBe('itsp');
    expect(whoseNumber(OPERATOR.address, '+79031234567')).toBe('office');
  });

  test('and one that is not is missed: it would have had the call by its Contact', () => {
    bench.use(ITSP);
    expect(whoseNumber(OPERATOR.address, '74951234567')).toBeUndefined();
    expect(bench.lines.missed(OPERATOR.address, called('74951234567'))?.name).toBe('itsp');
    expect(bench.lines.missed(OPERATOR.address, called('74950000000'))).toBeUndefined();
    expect(bench.lines.missed('203.0.113.5', called('74951234567'))).toBeUndefined();
  });
});

describe('whose address it is', () => {
  test('servers and narrow allow lists are the trunk’s; half the world is nobody’s', () => {
    bench.use(
      { ...ITSP, allow: ['203.0.113.0/24', '2001:db8:7::/48'] },
      byAddress('wide', '10.0.0.0/8', '2001:db8::/32'),
    );
    const isOfTrunk = (address: string) => bench.lines.isOfTrunk(address);
    expect([OPERATOR.address, '203.0.113.5', '2001:db8:7:9::1'].map(isOfTrunk)).toEqual([true, true, true]);
    expect(['203.0.114.1', '10.1.2.3', '2001:db8:8::1'].map(isOfTrunk)).toEqual([false, false, false]);
    // It may still call: it is judged like a stranger before.
    expect(whose('10.1.2.3')).toBe('wide');
  });

  test('two addresses of one trunk are one system, two trunks’ are not', () => {
    bench.use({ ...ITSP, allow: ['203.0.113.0/24'] }, byAddress('office', '192.0.2.90'));
    expect(bench.lines.areOfOne(OPERATOR.address, '203.0.113.5')).toBe(true);
    expect(bench.lines.areOfOne('203.0.113.5', '192.0.2.90')).toBe(false);
    expect(bench.lines.areOfOne('203.0.113.5', '192.0.2.91')).toBe(false);
  });
});

describe('trunks by address', () => {
  test('the smallest network decides', () => {
    bench.use(byAddress('wide', '203.0.113.0/24'), byAddress('narrow', '203.0.113.0/28'));
    expect([whose('203.0.113.5'), whose('203.0.113.99'), whose('203.0.114.1')]).toEqual(['narrow', 'wide', undefined]);
    expect(bench.log.events).not.toContain('trunk.ambiguous');
  });

  test('of one network the domain that is spoken of decides, else the first, with a line in the log, bounded', () => {
    bench.lines.use([
      domainOf([byAddress('one', '203.0.113.0/24')], 'd1', 'one.example'),
      domainOf([byAddress('two', '203.0.113.*')], 'd2', 'two.example'),
    ]);
    expect(whose('203.0.113.5', '201', 'd2')).toBe('two');
    expect(bench.log.events).not.toContain('trunk.ambiguous');
    for (let i = 0; i < 1000; i++) expect(whose('203.0.113.5', '201')).toBe('one');
    const lines = bench.log.lines.filter(({ event }) => event === 'trunk.ambiguous');
    expect(lines.length).toBe(1);
    expect(lines[0]?.fields).toMatchObject({ taken: 'one of one.example', others: ['two of two.example'] });
  });

  test('one that is removed, or ended, has no calls any more', () => {
    bench.use(byAddress('office'));
    const line = bench.line('office');
    bench.use();
    expect(whose(OPERATOR.address)).toBeUndefined();
    expect(line.admits(OPERATOR.address, undefined)).toBe(false);
  });

  test('without a list its addresses are those that the DNS gives now', async () => {
    bench.dns.records.set('A pbx.example', ['198.51.100.50']);
    bench.use({ ...byAddress('office'), proxy: 'sip:pbx.example:5060' });
    expect(whose('198.51.100.50')).toBeUndefined();
    await bench.dns.settled();
    expect(whose('198.51.100.50')).toBe('office');
    expect([bench.lines.isOfTrunk('198.51.100.50'), bench.lines.isOfTrunk('198.51.100.51')]).toEqual([true, false]);
  });
});

test('ten thousand trunks are looked through in no time', () => {
  const trunks = Array.from({ length: 10_000 }, (_, i) => byAddress(`t${i}`, `10.${i >> 8}.${i & 255}.0/24`));
  // Only the index: the trunks need not be asked for it.
  bench.lines.use([domainOf(trunks)]);
  expect(whose('10.20.7.9')).toBe(`t${20 * 256 + 7}`);
});

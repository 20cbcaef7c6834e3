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
    expect([bench.lines.hasServerAt('198.51.100.50'), bench.lines.hasServerAt('198.51.100.51')]).toEqual([true, false]);
  });
});

test('ten thousand trunks are looked through in no time', () => {
  const trunks = Array.from({ length: 10_000 }, (_, i) => byAddress(`t${i}`, `10.${i >> 8}.${i & 255}.0/24`));
  // Only the index: the trunks need not be asked for it.
  bench.lines.use([domainOf(trunks)]);
  expect(whose('10.20.7.9')).toBe(`t${20 * 256 + 7}`);
});

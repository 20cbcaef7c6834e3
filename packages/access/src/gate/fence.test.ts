import { expect, test } from 'vitest';
import type { Policy } from '../policy/policy.ts';
import { Fence } from './fence.ts';

const COUNTRIES: Readonly<Record<string, string>> = { '192.0.2.1': 'RU', '198.51.100.1': 'DE', '203.0.113.1': 'KZ' };
const [RU, DE, KZ] = Object.keys(COUNTRIES) as [string, string, string];

function fenceOf(machine: Policy, domains: Readonly<Record<string, Policy>> = {}) {
  const table = { ...COUNTRIES };
  const fence = new Fence({ countryOf: (address) => table[address] });
  fence.use({ machine, domains: new Map(Object.entries(domains)) });
  return { fence, table };
}

test('machine, domain and device all have to let somebody in, and the one that does not is named', () => {
  const { fence } = fenceOf({ mode: 'countries', countries: ['RU', 'DE'] }, { office: { mode: 'any', deny: [DE] } });
  expect(fence.judge(RU, 'office').admitted).toBe(true);
  expect(fence.judge(KZ, 'office').steps.map(({ scope }) => scope)).toEqual(['machine']);
  expect(fence.judge(DE, 'office').steps.map(({ scope, verdict }) => [scope, verdict.rule])).toEqual([
    ['machine', 'country'],
    ['domain', 'denied'],
  ]);
  expect(fence.judge(DE, 'another').admitted).toBe(true);
  const device: Policy = { mode: 'list', allow: ['192.0.2.0/28'] };
  expect(fence.judge(RU, 'office', device).admitted).toBe(true);
  expect(fence.judge('192.0.2.77', 'office', device).admitted).toBe(false);
});

test('a device cannot widen what its domain says', () => {
  const { fence } = fenceOf({ mode: 'any' }, { office: { mode: 'russia' } });
  expect(fence.judge(DE, 'office', { mode: 'any' }).admitted).toBe(false);
});

test('a policy that is only tried out is told and refuses nobody', () => {
  const { fence } = fenceOf({ mode: 'any' }, { office: { mode: 'russia', enforce: false } });
  const { admitted, steps } = fence.judge(DE, 'office');
  expect(admitted).toBe(true);
  expect(steps.at(-1)).toMatchObject({ scope: 'domain', enforced: false, verdict: { admitted: false, country: 'DE' } });
  expect(fence.admitsSource(DE)).toBe(true);
});

test('before anything is read, a source passes when any domain lets it in', () => {
  const { fence } = fenceOf(
    { mode: 'any' },
    { office: { mode: 'russia' }, shop: { mode: 'countries', countries: ['KZ'] } },
  );
  expect([RU, KZ, DE].map((address) => fence.admitsSource(address))).toEqual([true, true, false]);
  const { fence: empty } = fenceOf({ mode: 'russia' });
  expect([RU, DE].map((address) => empty.admitsSource(address))).toEqual([true, false]);
});

test('new policies and a new country table hold at once, whatever was remembered', () => {
  const { fence, table } = fenceOf({ mode: 'russia' });
  expect(fence.admitsSource(DE)).toBe(false);
  table[DE] = 'RU';
  fence.judgeAnew();
  expect(fence.admitsSource(DE)).toBe(true);
  fence.use({ machine: { mode: 'any', deny: [DE] }, domains: new Map() });
  expect(fence.admitsSource(DE)).toBe(false);
});

test('what is remembered of sources is bounded', () => {
  let asked = 0;
  const countryOf = (): string => {
    asked++;
    return 'RU';
  };
  const fence = new Fence({ countryOf });
  fence.use({ machine: { mode: 'russia' }, domains: new Map() });
  for (let i = 0; i < 70_000; i++) fence.admitsSource(`10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`);
  const before = asked;
  fence.admitsSource('10.0.0.0');
  expect(asked).toBe(before + 1);
});

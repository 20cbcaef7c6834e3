import { formatProblem } from '@vats/pbx';
import { describe, expect, test } from 'vitest';
import { readSettings, type SettingsSources } from './read-settings.ts';

function read(sources: Partial<SettingsSources>) {
  const result = readSettings({ env: {}, flags: [], cores: 1, ...sources });
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'));
  return result.value.access;
}

const file = (access: string) => ({ file: { text: `access: ${access}\n`, name: 'vats.yaml' } });

test('with nothing said everybody may come, within limits, and gets silence where not', () => {
  expect(read({})).toEqual({
    policy: { mode: 'any' },
    refuse: 'silence',
    trusted: [],
    proxies: {},
    rate: { perSource: 200, burst: 1_000, total: 1_500 },
    ban: { failures: 10, within: 300_000, for: 3_600_000, longest: 604_800_000 },
    geo: { database: 'builtin', overrides: {} },
  });
});

describe('by the file', () => {
  test.each([
    ['{ policy: russia }', { policy: { mode: 'russia' } }],
    [
      '{ policy: { mode: countries, countries: [RU, KZ], deny: [10.20.*], enforce: false } }',
      { policy: { mode: 'countries', countries: ['RU', 'KZ'], deny: ['10.20.*'], enforce: false } },
    ],
    ['{ refuse: "403" }', { refuse: '403' }],
    ['{ rate: { total: 90/m } }', { rate: { total: 1.5, perSource: 200 } }],
    ['{ ban: { longest: 30d } }', { ban: { longest: 2_592_000_000, for: 3_600_000 } }],
    ['{ trusted: [10.20.*, "2001:db8::/32"] }', { trusted: ['10.20.*', '2001:db8::/32'] }],
  ])('%s', (access, expected) => {
    expect(read(file(access))).toMatchObject(expected);
  });

  test('a first ban longer than the longest is the longest', () => {
    expect(read(file('{ ban: { for: 30d } }')).ban).toMatchObject({ for: 2_592_000_000, longest: 2_592_000_000 });
    expect(read(file('{ ban: { for: 2h, longest: 1h } }')).ban).toMatchObject({ longest: 7_200_000 });
  });
});

describe('by the environment, over the file', () => {
  test.each([
    ['VATS_ACCESS_POLICY', 'russia', { policy: { mode: 'russia' } }],
    ['VATS_ACCESS_REFUSE', '403', { refuse: '403' }],
    ['VATS_ACCESS_RATE_TOTAL', '500/s', { rate: { total: 500, perSource: 7 } }],
    ['VATS_ACCESS_BAN_LONGEST', '1d', { ban: { longest: 86_400_000, failures: 3 } }],
    ['VATS_ACCESS_TRUSTED', '10.0.0.5, 2001:db8::/32', { trusted: ['10.0.0.5', '2001:db8::/32'] }],
  ])('%s=%s', (variable, value, expected) => {
    const below = file(
      '{ policy: { mode: list, allow: [10.0.0.0/8] }, refuse: silence, rate: { perSource: 7/s, total: 9/s }, ban: { failures: 3, longest: 2d }, trusted: [10.9.9.9] }',
    );
    expect(read({ ...below, env: { [variable]: value } })).toMatchObject(expected);
  });

  test('a policy there replaces that of the file as a whole', () => {
    const below = file('{ policy: { mode: list, allow: [10.0.0.0/8] } }');
    expect(read({ ...below, env: { VATS_ACCESS_POLICY: 'any' } }).policy).toEqual({ mode: 'any' });
  });
});

test('lists of networks are bounded, and say where, how many and what to do', () => {
  const lines = (count: number): string =>
    Array.from({ length: count }, (_, i) => `      - 20.${i >> 8}.${i & 255}.0/24\n`).join('');
  const settings = (count: number) => ({
    file: { text: `access:\n  policy:\n    mode: list\n    allow:\n${lines(count)}`, name: 'vats.yaml' },
  });
  expect(read(settings(10_000)).policy.allow).toHaveLength(10_000);
  expect(() => read(settings(10_001))).toThrow(
    "vats.yaml:5:7: error: access.policy.allow: the list has 10001 networks, and 10000 are the most that one may have; merge neighbours into wider networks, shut these out in the machine's firewall, or put them into a country table of your own (access.geo.database)",
  );
  const trusted = { VATS_ACCESS_TRUSTED: Array.from({ length: 10_001 }, (_, i) => `10.0.${i >> 8}.${i & 255}`).join() };
  expect(() => read({ env: trusted })).toThrow(/VATS_ACCESS_TRUSTED: the list has 10001 networks/);
});

test.each([
  [file('{ policy: nobody }'), /vats\.yaml:1:.*access\.policy/],
  [file('{ policy: list }'), /mode list without allow lets nobody in; add allow/],
  [file('{ policy: { mode: countries } }'), /mode countries names no country/],
  [file('{ refuse: 403 }'), /access\.refuse/],
  [file('{ refuse: drop }'), /access\.refuse: "drop" is not known here; write one of 403, silence/],
  [file('{ rate: { total: 3000 } }'), /access\.rate\.total: 3000 is read as a number, not as text; write COUNT\/s/],
  [file('{ rate: { total: 0/s } }'), /access\.rate\.total/],
  [file('{ ban: { longest: 7 } }'), /access\.ban\.longest/],
  [file('{ ban: { longest: 400d } }'), /access\.ban\.longest/],
  [{ env: { VATS_ACCESS_POLICY: 'list' } }, /VATS_ACCESS_POLICY: .*allow/],
  [{ env: { VATS_ACCESS_REFUSE: 'drop' } }, /VATS_ACCESS_REFUSE/],
])('%j is refused, by its place and with a remedy', (sources, message) => {
  expect(() => read(sources)).toThrow(message);
});

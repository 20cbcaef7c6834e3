import { formatProblem } from '@vats/pbx';
import { describe, expect, test } from 'vitest';
import { checkSettings, readSettings, type SettingsSources } from './read-settings.ts';

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
    rate: { perSource: 200, burst: 1_000, total: 1_500, known: 2_000 },
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
    ['{ refuse: 403 }', { refuse: '403' }],
    ['{ proxies: { "2001:DB8:0::5": X-Client } }', { proxies: { '2001:db8::5': 'X-Client' } }],
    ['{ rate: { total: 90/m } }', { rate: { total: 1.5, perSource: 1.5 } }],
    ['{ rate: { known: 500/s } }', { rate: { known: 500, total: 1_500 } }],
    ['{ ban: { longest: 30d } }', { ban: { longest: 2_592_000_000, for: 3_600_000 } }],
    ['{ trusted: [10.20.*, "2001:db8::/32"] }', { trusted: ['10.20.*', '2001:db8::/32'] }],
  ])('%s', (access, expected) => {
    expect(read(file(access))).toMatchObject(expected);
  });

  test('a first ban longer than the longest that nobody set is the longest', () => {
    expect(read(file('{ ban: { for: 30d } }')).ban).toMatchObject({ for: 2_592_000_000, longest: 2_592_000_000 });
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

  test('a policy there may be a mapping, as a file would hold it', () => {
    const env = { VATS_ACCESS_POLICY: '{ mode: russia, allow: [203.0.113.5, "2001:db8::/32"], enforce: false }' };
    expect(read({ env }).policy).toEqual({ mode: 'russia', allow: ['203.0.113.5', '2001:db8::/32'], enforce: false });
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
  [file('{ refuse: 404 }'), /access\.refuse: 404 is not known here; write one of 403, silence|silence, 403/],
  [file('{ refuse: drop }'), /access\.refuse: "drop" is not known here; write one of 403, silence/],
  [file('{ rate: { total: 3000 } }'), /access\.rate\.total: 3000 is read as a number, not as text; write COUNT\/s/],
  [file('{ rate: { total: 0/s } }'), /access\.rate\.total/],
  [file('{ ban: { longest: 7 } }'), /access\.ban\.longest/],
  [file('{ ban: { longest: 400d } }'), /access\.ban\.longest/],
  [
    file('{ ban: { for: 1h, longest: 30m } }'),
    /access\.ban\.longest: the longest ban is shorter than the first one, which is 1h; write a longer/,
  ],
  [
    file('{ rate: { perSource: 9/s, total: 3/s } }'),
    /access\.rate\.total: one source may send more \(perSource\) than all together/,
  ],
  [
    file('{ rate: { perSource: 9000/s } }'),
    /access\.rate\.perSource: one source may send more .* which is 1500\/s\); write a higher total/,
  ],
  [file('{ geo: { overrides: { 10.0.0.1: UK } } }'), /"UK" is not a country code; did you mean GB\?/],
  [file('{ geo: { overrides: { 10.0.0.1: XX } } }'), /"XX" is not a country code; write two capital letters/],
  [
    file('{ policy: { mode: countries, countries: [RU, ZZ] } }'),
    /access\.policy\.countries\[1\]: "ZZ" is not a country code/,
  ],
  [
    file('{ policy: { mode: countries, countries: RU } }'),
    /access\.policy\.countries: "RU" is not a list; write \[RU\]/,
  ],
  [
    file('{ policy: { mode: any, deny: 1.2.3.4 } }'),
    /access\.policy\.deny: "1\.2\.3\.4" is not a list; write \[1\.2\.3\.4\]/,
  ],
  [
    file('{ policy: [] }'),
    /access\.policy: a list does not fit here; write any, russia, or a mapping such as \{ mode: list, allow: \[203\.0\.113\.0\/24\] \}$/,
  ],
  [file('{ trusted: "10.0.0.1, 2001:db8::1" }'), /write \[10\.0\.0\.1, "2001:db8::1"\]$/],
  [file('{ trusted: [127.0.0.0/33] }'), /"127\.0\.0\.0\/33" is not an address or network; write a prefix of 0 to 32/],
  [file('{ trusted: ["2001:db8::/129"] }'), /write a prefix of 0 to 128/],
  [file('{ trusted: ["fe80::%eth0"] }'), /"fe80::%eth0" is not an address or network; a zone .* is not allowed/],
  [file('{ trusted: ["*"] }'), /write 0\.0\.0\.0\/0 for every IPv4 address, ::\/0/],
  [file('{ trusted: [*] }'), /a value that begins with \* is not in quotes; put the value in quotes/],
  [file('{ trusted: [10.0.0.9-3] }'), /write a range that runs upwards/],
  [
    file('{ proxies: { kamailio: X-Client } }'),
    /access\.proxies\.kamailio: "kamailio" is not an IP address; write the proxy's own/,
  ],
  [
    file('{ proxies: { 10.0.0.5: From } }'),
    /access\.proxies\["10\.0\.0\.5"\]: From is a header that SIP itself uses; have the proxy/,
  ],
  [file('{ proxies: { 10.0.0.5: v } }'), /v is a header that SIP itself uses/],
  [file('{ proxies: { 10.0.0.5: record-route } }'), /record-route is a header that SIP itself uses/],
  [
    { env: { VATS_ACCESS_POLICY: '{ mode: countries, countries: [UK] }' } },
    /VATS_ACCESS_POLICY: "UK" is not a country code; did you mean GB/,
  ],
  [
    { env: { VATS_ACCESS_POLICY: '{ mode: russia' } },
    /VATS_ACCESS_POLICY: "\{ mode: russia" does not fit here; write any, russia, or a mapping such as/,
  ],
  [{ env: { VATS_ACCESS_POLICY: 'list' } }, /VATS_ACCESS_POLICY: .*allow/],
  [{ env: { VATS_ACCESS_REFUSE: 'drop' } }, /VATS_ACCESS_REFUSE/],
])('%j is refused, by its place and with a remedy', (sources, message) => {
  expect(() => read(sources)).toThrow(message);
});

test.each([
  ['{ trusted: [10.0.0.1, 0.0.0.0/0] }', 'access.trusted[1]: 0.0.0.0/0 is trusted, so nobody with an IPv4 address'],
  ['{ trusted: ["::/0"] }', 'access.trusted[0]: ::/0 is trusted, so nobody with an IPv6 address'],
  ['{ policy: { mode: any, deny: [0.0.0.0/0] } }', 'access.policy.deny[0]: 0.0.0.0/0 in deny lets nobody'],
  [
    '{ policy: { mode: russia, allow: [10.0.0.1, 10.20.30.*], deny: [10.20.*] } }',
    'access.policy.allow[1]: 10.20.30.* is not let in: deny holds it too, and goes first',
  ],
  ['{ geo: { database: /nowhere.mmdb } }', 'access.geo.database: /nowhere.mmdb does not exist; check the path'],
])('of %s a warning is given at its place', (access, message) => {
  const checked = checkSettings(`access: ${access}\n`, 'vats.yaml', 0);
  expect(checked.ok && checked.warnings.map(formatProblem)).toEqual([
    expect.stringMatching(/^vats\.yaml:1:\d+: warning: /),
  ]);
  expect(checked.ok && checked.warnings.map(formatProblem)[0]).toContain(message);
});

test('a limit of all together that is below what one source may do by default bounds that too', () => {
  expect(read(file('{ rate: { total: 50/s } }')).rate).toMatchObject({ perSource: 50, total: 50 });
});

import { expect, test } from 'vitest';
import { policyDifferences } from './policy-differences.ts';

const said = (before: unknown, after: unknown): string[] =>
  policyDifferences('access', before as never, after as never);

test.each([
  ['any', 'russia', ['access: any -> russia']],
  [undefined, { mode: 'russia', deny: ['10.1.*'] }, ['access: nothing -> russia', 'access.deny: 10.1.* added']],
  [{ mode: 'list', allow: ['10.0.0.0/8'] }, undefined, ['access: list -> nothing', 'access.allow: 10.0.0.0/8 removed']],
  [
    { mode: 'countries', countries: ['RU', 'KZ'], allow: ['192.0.2.1', '192.0.2.2'] },
    { mode: 'countries', countries: ['RU', 'BY'], allow: ['192.0.2.2', '192.0.2.3', '192.0.2.4'] },
    ['access.countries: BY added, KZ removed', 'access.allow: 192.0.2.3 192.0.2.4 added, 192.0.2.1 removed'],
  ],
  ['russia', { mode: 'russia', enforce: false }, ['access.enforce: true -> false']],
  [
    { mode: 'list', allow: ['192.0.2.1', '192.0.2.2'] },
    { mode: 'list', allow: ['192.0.2.2', '192.0.2.1'] },
    ['access.allow: another order'],
  ],
])('%j and then %j', (before, after, lines) => {
  expect(said(before, after)).toEqual(lines);
});

test('of very many networks some are named, and of the other list none is lost', () => {
  const allow = Array.from({ length: 5_000 }, (_, i) => `20.${i >> 8}.${i & 255}.0/24`);
  const [, many, deny] = said('russia', { mode: 'list', allow, deny: ['198.51.100.7'] });
  expect(many).toMatch(/^access\.allow: 20\.0\.0\.0\/24 20\.0\.1\.0\/24 .* and 4800 more added$/);
  expect(deny).toBe('access.deny: 198.51.100.7 added');
});

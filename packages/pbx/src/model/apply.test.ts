import { expect, test } from 'vitest';
import { readPbx } from '../check/check-pbx.ts';
import { formatProblem } from '../problems/problem.ts';
import { appliedTo, modelOf, onlyDomain } from '../testing/model-of.ts';
import { type ApplyOptions, planApply } from './apply.ts';
import { describeChange, hashOf, managerOfFile } from './change.ts';
import { ha1Of } from './ha1.ts';
import { EMPTY_MODEL, type Model } from './model.ts';

const FILE = 'file:test';
const ACME = `
domain: acme.example
recording: all
users:
  - { extension: "201", name: Anna, devices: [{ login: anna, password: Vf5kNm7Z }] }
  - { extension: "202", name: Boris, devices: [{ login: boris, password: Qw8rTy2U }] }
groups:
  - { extension: "600", name: Sales, members: ["201", "202"] }
`;

function apply(model: Model, text: string, options: Partial<ApplyOptions> = {}) {
  const read = readPbx(text, 'pbx.yaml');
  if (!read.ok) throw new Error(read.problems.map(formatProblem).join('\n'));
  return planApply(model, read.value, { managedBy: FILE, ...options });
}

function changes(model: Model, text: string, options: Partial<ApplyOptions> = {}): string[] {
  const applied = apply(model, text, options);
  return applied.ok ? applied.changes.map(describeChange) : applied.problems.map(formatProblem);
}

test('the first apply creates everything, the second nothing', () => {
  expect(changes(EMPTY_MODEL, ACME)).toEqual([
    '+ domain acme.example',
    '+ setting recording',
    '+ user 201 Anna',
    '+ user 202 Boris',
    '+ group 600 Sales',
  ]);
  const model = modelOf(ACME);
  const again = apply(model, ACME);
  expect(again.ok && again.changes).toEqual([]);
});

test('a change says what differs, and never a password', () => {
  const model = modelOf(ACME);
  const text = ACME.replace('recording: all', 'recording: { mode: all, keep: 30d }')
    .replace('Boris,', 'Борис, ring: 20s,')
    .replace('Vf5kNm7Z }', 'An0therOne }, { login: anna-2, password: Xy7uJk3M }');
  expect(changes(model, text)).toEqual([
    '~ setting recording: recording: all -> {"mode":"all","keep":"30d"}',
    '~ user 201 Anna: device anna: password changed; device anna-2 added',
    '~ user 202 Борис: name: Boris -> Борис; ring: nothing -> 20s',
  ]);
});

test('of a policy all is said that changes, however long it is', () => {
  const allow = Array.from({ length: 20 }, (_, i) => `203.0.113.${i}`);
  const text = (deny: string): string =>
    `domain: acme.example\naccess: { mode: list, allow: [${allow.join(', ')}], deny: [${deny}] }\n`;
  expect(changes(modelOf(text('198.51.100.7')), text('198.51.100.8'))).toEqual([
    '~ setting access: access.deny: 198.51.100.8 added, 198.51.100.7 removed',
  ]);
  expect(changes(modelOf('domain: acme.example\naccess: russia\n'), text('198.51.100.8'))).toEqual([
    `~ setting access: access: russia -> list; access.allow: ${allow.join(' ')} added; access.deny: 198.51.100.8 added`,
  ]);
});

test('what the file no longer names stays, and goes with prune', () => {
  const model = modelOf(ACME);
  const text = ACME.slice(0, ACME.indexOf('groups:')).replace('recording: all\n', '');
  expect(changes(model, text)).toEqual([
    '. setting recording (no longer in the file; --prune removes it)',
    '. group 600 Sales (no longer in the file; --prune removes it)',
  ]);
  expect(onlyDomain(appliedTo(model, text)).groups).toHaveLength(1);
  expect(changes(model, text, { prune: true })).toEqual(['- setting recording', '- group 600 Sales']);
  const pruned = onlyDomain(appliedTo(model, text, { prune: true }));
  expect(pruned.groups).toEqual([]);
  expect(pruned.settings).toEqual({});
});

test('prune leaves alone what another file or a person made', () => {
  const other = `domain: acme.example\nusers: [{ extension: "300", name: Vera }]\n`;
  const model = appliedTo(modelOf(ACME), other, { managedBy: 'cli' });
  expect(changes(model, ACME, { prune: true })).toEqual([]);
  expect(onlyDomain(appliedTo(model, ACME, { prune: true })).users.map(({ extension }) => extension)).toEqual([
    '201',
    '202',
    '300',
  ]);
});

test('a file takes over what it names, whoever made it', () => {
  const model = appliedTo(modelOf(ACME), ACME, { managedBy: 'cli' });
  expect(onlyDomain(model).users[0]?.managedBy).toBe('cli');
  expect(changes(model, ACME)).toEqual([
    '= setting recording (now managed by this file)',
    '= user 201 Anna (now managed by this file)',
    '= user 202 Boris (now managed by this file)',
    '= group 600 Sales (now managed by this file)',
  ]);
});

test('an apply that would break what others made is refused as a whole', () => {
  const model = appliedTo(
    modelOf(ACME),
    'domain: acme.example\ngroups: [{ extension: "700", name: All, members: ["202"] }]\n',
    {
      managedBy: 'cli',
    },
  );
  const text = ACME.replace(/ {2}- \{ extension: "202".*\n/, '').replace('"201", "202"', '"201"');
  expect(changes(model, text, { prune: true }).filter((line) => line.includes(': error: '))).toEqual([
    'pbx.yaml:2:1: error: after this apply group 700 names user 202, which does not exist; add it, or name one that is there',
  ]);
  expect(changes(model, text)).toContain('. user 202 Boris (no longer in the file; --prune removes it)');
});

test('a file may refer to what is there already', () => {
  const model = modelOf(ACME);
  const text = 'domain: acme.example\ngroups: [{ extension: "700", name: All, members: ["201"] }]\n';
  expect(changes(model, text)).toContain('+ group 700 All');
  expect(onlyDomain(appliedTo(model, text)).groups.map(({ extension }) => extension)).toEqual(['600', '700']);
});

test('an extension that another made is not taken over by another kind', () => {
  expect(
    changes(modelOf(ACME), 'domain: acme.example\ngroups: [{ extension: "201", name: G, members: [] }]\n')[0],
  ).toMatch(/^pbx\.yaml:2:23: error: groups\[0\]\.extension: extension 201 is taken by Anna/);
});

test('the realm is fixed when the domain is made', () => {
  const model = modelOf(ACME);
  expect(changes(model, 'domain: acme.example\nrealm: other\n')).toEqual([
    'pbx.yaml:2:8: error: realm: the realm of acme.example is acme.example for good: its passwords are hashed with it; write acme.example, or remove the key',
  ]);
  const own = modelOf(
    'domain: b.example\nrealm: asterisk\nusers: [{ extension: "1", name: x, devices: [{ login: xenia, password: Vf5kNm7Z }] }]\n',
  );
  expect(onlyDomain(own).realm).toBe('asterisk');
  expect(onlyDomain(own).users[0]?.devices[0]?.ha1).toEqual(ha1Of('xenia', 'b.example', 'asterisk', 'Vf5kNm7Z'));
});

test('digests are taken as they are, for the domain’s realm only', () => {
  const { md5, sha256 } = ha1Of('anna', 'acme.example', 'acme.example', 'Vf5kNm7Z');
  const text = (realm: string): string =>
    `domain: acme.example\nusers: [{ extension: "201", name: Anna, devices: [{ login: anna, ha1: { realm: ${realm}, md5: "${md5.toUpperCase()}", sha256: "${sha256}" } }] }]\n`;
  expect(onlyDomain(modelOf(text('acme.example'))).users[0]?.devices[0]?.ha1).toEqual({ md5, sha256 });
  expect(changes(EMPTY_MODEL, text('other'))[0]).toMatch(
    /^pbx\.yaml:2:\d+: error: users\[0\]\.devices\[0\]\.ha1\.realm: the digests are for the realm other/,
  );
});

test('a password sealed elsewhere is refused, one sealed here is opened', () => {
  const text =
    'domain: a.example\ntrunks: [{ name: t, proxy: "sip:192.0.2.1", register: { login: x, password: { sealed: abc } } }]\n';
  expect(changes(EMPTY_MODEL, text)[0]).toMatch(
    /register\.password: the password was sealed with the key of another data directory/,
  );
  const model = appliedTo(EMPTY_MODEL, text, { unseal: (sealed) => (sealed === 'abc' ? 'secret' : undefined) });
  expect(onlyDomain(model).trunks[0]?.register?.password).toBe('secret');
});

test('domains are apart: the same extensions and logins in each, hosts in one only', () => {
  const model = modelOf(ACME, ACME.replace('acme.example', 'beta.example'));
  expect(model.domains.map(({ id, name }) => [id, name])).toEqual([
    ['acme.example', 'acme.example'],
    ['beta.example', 'beta.example'],
  ]);
  expect(model.domains[0]?.users[0]?.devices[0]?.ha1).not.toEqual(model.domains[1]?.users[0]?.devices[0]?.ha1);
  const before = model.domains[0];
  const next = appliedTo(model, ACME.replace('acme.example', 'beta.example').replace('Anna', 'Anya'));
  expect(next.domains[0]).toBe(before);
  expect(changes(model, 'domain: gamma.example\naliases: [acme.example]\n')[0]).toMatch(
    /aliases\[0\]: acme\.example means acme\.example already/,
  );
  const aliased = appliedTo(model, 'domain: beta.example\naliases: [pbx.example]\n');
  expect(changes(aliased, 'domain: pbx.example\n')[0]).toMatch(/domain: pbx\.example is an alias of beta\.example/);
});

test('a new domain never takes the id of one that was renamed', () => {
  const [domain] = modelOf(ACME).domains;
  if (domain === undefined) throw new Error('no domain');
  const renamed: Model = { domains: [{ ...domain, name: 'new.example' }] };
  expect(appliedTo(renamed, 'domain: acme.example\n').domains.map(({ id }) => id)).toEqual([
    'acme.example',
    'acme.example~2',
  ]);
});

test('a file is known by its path, its content by its hash', () => {
  expect(managerOfFile('/etc/vats/pbx.yaml')).toMatch(/^file:[0-9a-f]{16}$/);
  expect(managerOfFile('/etc/vats/pbx.yaml')).not.toBe(managerOfFile('/srv/pbx.yaml'));
  expect(hashOf('a')).toBe(hashOf(Buffer.from('a')));
  expect(hashOf('a')).not.toBe(hashOf('b'));
});

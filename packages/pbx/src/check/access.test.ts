import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { planApply } from '../model/apply.ts';
import { documentOf, domainOfDocuments, objectListsOf } from '../model/documents.ts';
import type { Model } from '../model/model.ts';
import { formatProblem } from '../problems/problem.ts';
import { modelOf } from '../testing/model-of.ts';
import { checkPbx, readPbx } from './check-pbx.ts';

/** What is said of a device's policy in a domain of another. */
function said(domain: unknown, device: unknown): string[] {
  const devices = [{ login: 'anna', password: 'Vf5kNm7Z', access: device }];
  const text = stringify({ domain: 'acme.example', access: domain, users: [{ extension: '201', name: 'x', devices }] });
  const checked = checkPbx(text, 'pbx.yaml');
  return (checked.ok ? checked.warnings : checked.problems).map(formatProblem);
}

const RUSSIA = 'russia';
const BOTH = { mode: 'countries', countries: ['RU', 'KZ'] };
const list = (...allow: string[]) => ({ mode: 'list', allow });

test('a policy that is wider than the domain’s is warned of at its place', () => {
  expect(said(RUSSIA, 'any')).toEqual([
    "pbx.yaml:9:17: warning: users[0].devices[0].access: any has no effect for anna: the domain's access is judged first; add the networks to the domain's allow",
  ]);
});

test.each([
  [RUSSIA, BOTH, 'KZ'],
  [list('203.0.113.0/24'), 'any', 'any'],
  [list('203.0.113.0/24'), RUSSIA, 'RU'],
  [list('203.0.113.0/24'), list('203.0.113.7', '203.0.112.0-255', '2001:db8::1'), '203.0.112.0-255, 2001:db8::1'],
  [list('203.0.113.0/24'), list('203.0.112.0/23'), '203.0.112.0/23'],
  [list('203.0.113.0/25'), list('203.0.113.0/24'), '203.0.113.0/24'],
  [RUSSIA, { mode: 'russia', allow: ['203.0.113.7', '192.168.*'] }, '203.0.113.7'],
  [{ mode: 'any', deny: ['203.0.113.0/24'] }, list('203.0.113.7', '203.0.112.7'), '203.0.113.7'],
  [{ mode: 'russia', deny: ['10.*'] }, list('10.20.*', '192.0.2.1'), '10.20.*'],
])('in a domain of %j a device of %j: %s has no effect', (domain, device, what) => {
  expect(said(domain, device)).toEqual([
    expect.stringContaining(`warning: users[0].devices[0].access: ${what} has no effect for anna`),
  ]);
});

test.each([
  ['any', 'any'],
  ['any', RUSSIA],
  ['any', list('203.0.113.7')],
  [RUSSIA, RUSSIA],
  [BOTH, RUSSIA],
  // Whether these are Russian nobody knows here.
  [RUSSIA, list('203.0.113.7')],
  [
    { mode: 'russia', allow: ['203.0.113.*'] },
    { mode: 'russia', allow: ['203.0.113.16-32'] },
  ],
  [RUSSIA, { mode: 'russia', allow: ['192.168.1.0/24', 'fd00::/8'] }],
  [RUSSIA, { mode: 'any', deny: ['198.51.100.0/24'] }],
  [list('203.0.113.0/24'), list('203.0.113.7')],
  [{ mode: 'any', deny: ['203.0.113.7'] }, list('203.0.113.0/24')],
  // Tried out, the domain's shuts nobody out.
  [{ mode: 'russia', enforce: false }, 'any'],
])('in a domain of %j a device of %j needs no word', (domain, device) => {
  expect(said(domain, device)).toEqual([]);
});

test.each([
  [list('203.0.113.0/24'), list('192.168.7.0/24', '2001:db8::1'), '192.168.7.0/24, 2001:db8::1'],
  [list('203.0.113.0/24'), { ...list('192.168.7.0/24'), deny: ['192.168.7.1'] }, '192.168.7.0/24'],
  [list('203.0.112.0-9', '203.0.112.20-29'), list('203.0.112.10-19'), '203.0.112.10-19'],
  [{ mode: 'russia', deny: ['10.*'] }, list('10.20.*'), '10.20.*'],
  [{ mode: 'any', deny: ['10.*'] }, list('10.20.*', '10.30.*'), '10.20.*, 10.30.*'],
  [{ ...list('203.0.113.0/24'), deny: ['203.0.113.7'] }, list('203.0.113.7', '192.0.2.1'), '203.0.113.7, 192.0.2.1'],
])('in a domain of %j a device of %j can be used from nowhere', (domain, device, networks) => {
  const [problem, ...others] = said(domain, device);
  expect(others).toEqual([]);
  expect(problem).toContain(
    `warning: users[0].devices[0].access: anna can be used from nowhere: the domain's access is judged first, and lets nobody in from ${networks}; add the networks to the domain's allow`,
  );
});

test.each([
  ['one address of the domain’s', list('203.0.113.7')],
  ['the end of the device’s network', list('10.0.0.0/8', '203.0.112.250-255')],
])('a device whose list has %s can be used', (_, domain) => {
  expect(said(domain, list('203.0.112.0/23')).join()).not.toContain('nowhere');
});

test('the domain’s policy counts that is there already, and a policy that is there already is not this file’s concern', () => {
  const model = modelOf('domain: acme.example\naccess: russia\n');
  const user = 'users: [{ extension: "201", name: x, devices: [{ login: anna, password: Vf5kNm7Z, access: any }] }]\n';
  const device = applied(model, `domain: acme.example\n${user}`);
  expect(device.warnings.map(formatProblem)).toEqual([expect.stringContaining('any has no effect for anna')]);
  expect(applied(device.next, 'domain: acme.example\naccess: russia\n').warnings).toEqual([]);
});

function applied(model: Model, text: string) {
  const read = readPbx(text, 'pbx.yaml');
  if (!read.ok) throw new Error(read.problems.map(formatProblem).join('\n'));
  const outcome = planApply(model, read.value, { managedBy: 'file:test' });
  if (!outcome.ok) throw new Error(outcome.problems.map(formatProblem).join('\n'));
  return outcome;
}

test('lists as long as they may be are compared at once, and of many networks the first are named', () => {
  const networksOf = (block: number) => Array.from({ length: 10_000 }, (_, i) => `${block}.${i >> 8}.${i & 255}.0/24`);
  const [problem, ...others] = said(
    list(...networksOf(20)),
    list(...networksOf(20).slice(0, 5_000), ...networksOf(21).slice(0, 5_000)),
  );
  expect(others).toEqual([]);
  expect(problem).toContain('21.0.8.0/24, 21.0.9.0/24 and 4990 more has no effect for anna');
});

test.each([
  [{ mode: 'any', deny: ['0.0.0.0/0'] }, 'deny[0]: 0.0.0.0/0 in deny lets nobody with an IPv4 address in'],
  [{ mode: 'any', deny: ['10.*', '::/0'] }, 'deny[1]: ::/0 in deny lets nobody with an IPv6 address in'],
  [
    { mode: 'list', allow: ['192.0.2.1', '203.0.113.0/24'], deny: ['203.0.113.0/24'] },
    'allow[1]: 203.0.113.0/24 is not let in: deny holds it too, and goes first',
  ],
])('of %j a warning is given, at a domain and at a device', (policy, message) => {
  expect(said(policy, undefined)).toEqual([expect.stringContaining(`warning: access.${message}`)]);
  expect(said('any', policy)).toEqual([expect.stringContaining(`warning: users[0].devices[0].access.${message}`)]);
});

test.each([
  [{ mode: 'countries', countries: ['RU', 'UK'] }, 'countries[1]: "UK" is not a country code; did you mean GB?'],
  [{ mode: 'countries', countries: ['XX'] }, 'countries[0]: "XX" is not a country code; write two capital letters'],
  [{ mode: 'any', deny: ['fe80::%eth0'] }, 'deny[0]: "fe80::%eth0" is not an address or network; a zone'],
])('%j is refused, at a domain and at a device', (policy, message) => {
  expect(said(policy, undefined)[0]).toContain(`error: access.${message}`);
  expect(said('any', policy)[0]).toContain(`error: users[0].devices[0].access.${message}`);
});

test('what was stored before it was refused is read, and in nobody’s way', () => {
  const [domain] = modelOf('domain: acme.example\n').domains;
  const access = { mode: 'countries', countries: ['UK'], allow: ['fe80::%eth0'] } as const;
  const old = {
    ...domain!,
    settings: { access: { ...access, countries: [...access.countries], allow: [...access.allow] } },
  };
  const read = domainOfDocuments(
    documentOf(old),
    objectListsOf(old).flatMap(({ objects, write }) => objects.map(write)),
  );
  expect(read.settings.access).toEqual(access);
  const user = 'users: [{ extension: "201", name: x, devices: [{ login: anna, password: Vf5kNm7Z }] }]\n';
  expect(applied({ domains: [read] }, `domain: acme.example\n${user}`).warnings).toEqual([]);
});

import { expect, test } from 'vitest';
import { formatProblem } from '../problems/problem.ts';
import { appliedTo, modelOf, onlyDomain } from '../testing/model-of.ts';
import type { Applied } from './apply.ts';
import { describeChange } from './change.ts';
import { addByValue, addUser, removeUser, setPassword } from './edit.ts';
import { ha1Of } from './ha1.ts';
import { EMPTY_MODEL } from './model.ts';

const ACME = `
domain: acme.example
users:
  - { extension: "201", name: Anna, devices: [{ login: anna, password: Vf5kNm7Z }, { login: anna-2, password: Vf5kNm7Z }] }
  - { extension: "202", name: Boris }
groups:
  - { extension: "600", name: Sales, members: ["201"] }
`;

function said(applied: Applied): string[] {
  return applied.ok ? applied.changes.map(describeChange) : applied.problems.map(formatProblem);
}

test('a user is added by hand, and a later apply of the file leaves it alone', () => {
  const added = addUser(modelOf(ACME), {
    by: 'cli',
    extension: '203',
    name: 'Vera',
    device: { login: 'vera', password: 'Mn4bVc6X' },
  });
  expect(said(added)).toEqual(['+ user 203 Vera']);
  if (!added.ok) return;
  expect(onlyDomain(added.next).users[2]).toMatchObject({ extension: '203', managedBy: 'cli' });
  expect(appliedTo(added.next, ACME, { prune: true })).toEqual(added.next);
});

test.each([
  [{ extension: '201', name: 'x' }, 'error: user 201 is there already; take another extension, or change that user'],
  [
    { extension: '600', name: 'x' },
    'error: extension 600 is taken by Sales; give each user, group and conference its own',
  ],
  [{ extension: 'abc', name: 'x' }, 'error: "abc" is not an extension; write 1 to 8 digits in quotes, such as "201"'],
  [
    { extension: '9', name: 'x', device: { login: 'anna', password: 'Mn4bVc6X' } },
    'error: login anna is taken by user 201; give each device its own',
  ],
  [{ extension: '9', name: 'x', domain: 'other' }, 'error: there is no domain other; name one of acme.example'],
])('what no file could say is refused: %j', (user, problem) => {
  expect(said(addUser(modelOf(ACME), { by: 'cli', ...user }))).toContain(problem);
});

test('a user is removed unless something refers to it', () => {
  const model = modelOf(ACME);
  expect(said(removeUser(model, { by: 'cli', extension: '201' }))).toEqual([
    'error: group 600 names user 201, which does not exist; add it, or name one that is there',
  ]);
  const removed = removeUser(model, { by: 'cli', extension: '202' });
  expect(said(removed)).toEqual(['- user 202 Boris']);
  expect(removed.ok && removed.domain.users.map(({ extension }) => extension)).toEqual(['201']);
  expect(said(removeUser(model, { by: 'cli', extension: '999' }))).toEqual([
    'error: there is no user 999; name the extension of one',
  ]);
});

test('a new password changes one device, and its user is the editor’s from then on', () => {
  const model = modelOf(ACME);
  const before = onlyDomain(model).users[0];
  const changed = setPassword(model, { by: 'cli', login: 'anna', password: 'N3wPassw0rd' });
  expect(said(changed)).toEqual(['~ user 201 Anna: device anna: password changed']);
  const user = changed.ok ? changed.domain.users[0] : undefined;
  expect(user?.managedBy).toBe('cli');
  expect(user?.devices[0]?.ha1).toEqual(ha1Of('anna', 'acme.example', 'acme.example', 'N3wPassw0rd'));
  expect(user?.devices[1]).toBe(before?.devices[1]);
  expect(said(setPassword(model, { by: 'cli', login: 'nobody', password: 'x' }))).toEqual([
    'error: there is no device nobody; name the login of one',
  ]);
});

test('with several domains an edit names its own', () => {
  const model = modelOf(ACME, 'domain: beta.example\n');
  expect(said(removeUser(model, { by: 'cli', extension: '202' }))).toEqual([
    'error: there are several domains; name one of acme.example, beta.example with --domain',
  ]);
  expect(said(addUser(model, { by: 'cli', domain: 'BETA.example', extension: '1', name: 'x' }))).toEqual([
    '+ user 1 x',
  ]);
  expect(said(addUser(EMPTY_MODEL, { by: 'cli', extension: '1', name: 'x' }))).toEqual([
    'error: there is no domain; apply a PBX file first',
  ]);
});

test('plain data makes a domain as a file does', () => {
  const made = addByValue(
    EMPTY_MODEL,
    { domain: 'demo.example', recording: 'all', users: [{ extension: '201', name: 'x' }] },
    'cli',
  );
  expect(said(made)).toEqual(['+ domain demo.example', '+ setting recording', '+ user 201 x']);
  expect(said(addByValue(EMPTY_MODEL, { domian: 'x' }, 'cli'))).toEqual([
    'error: domian: there is no such key; did you mean domain?',
  ]);
});

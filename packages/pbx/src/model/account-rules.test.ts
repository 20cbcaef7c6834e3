import { expect, test } from 'vitest';
import { checkPbx, readPbx } from '../check/check-pbx.ts';
import { formatProblem } from '../problems/problem.ts';
import { modelOf, onlyDomain } from '../testing/model-of.ts';
import { loginFault, passwordFault } from './account-rules.ts';
import { type Applied, planApply } from './apply.ts';
import { addUser, setPassword } from './edit.ts';
import { exportPbx } from './export.ts';
import { ha1Of } from './ha1.ts';
import { EMPTY_MODEL, type Model } from './model.ts';

test.each(['anna', 'A.b-', 'user11', 'boris-laptop', '201', '7', '0000'])(
  '%s is a login for a new account',
  (login) => {
    expect(loginFault(login)).toBeUndefined();
  },
);

test.each([
  ['bob', 'login bob has fewer than 4 characters'],
  ['201a', 'login 201a begins with a digit and holds others'],
  ['1-2', 'login 1-2 begins with a digit and holds others'],
])('%s is no login for a new account', (login, message) => {
  expect(loginFault(login)).toEqual({
    message,
    remedy: 'take 4 or more characters, a letter first, or digits only, such as the extension',
  });
});

test.each([
  ['anna', 'Vf5kNm7Z'],
  ['anna', 'Пароль-1'],
  ['anna', 'Aa1 👩👩👩👩'],
  ['201', 'Vf5kNm7ZVf5k'],
  // In so short a login's place there would be hardly a password.
  ['2', 'Vf52Nm7ZVf5k'],
])('for %s the password %s is good', (login, password) => {
  expect(passwordFault(login, password)).toBeUndefined();
});

test.each([
  ['anna', 'Vf5kNm7', 'it has fewer than 8 characters'],
  ['anna', 'aA1👩👩👩', 'it has fewer than 8 characters'],
  ['anna', 'xxANNA-1y', 'it holds the login'],
  ['anna', 'vf5knm7z', 'it has no capital letter'],
  ['anna', 'VF5KNM7Z', 'it has no small letter'],
  ['anna', 'VfkNmZxx', 'it has no digit'],
  ['anna', '12345678', 'it has no capital letter and no small letter'],
  ['201', 'Vf5kNm7ZVf5', 'it has fewer than 12 characters, which a login of digits needs'],
  ['201', 'Vf5kNm7Z-201', 'it holds the login'],
])('for %s the password %s is weak', (login, password, why) => {
  const fault = passwordFault(login, password);
  expect(fault?.message).toBe(`the password of ${login} is weak: ${why}`);
  expect(fault?.remedy).toContain(`vats user password ${login}`);
  expect(JSON.stringify(fault)).not.toContain(password);
});

const file = (login: string, password: string, more = ''): string =>
  `domain: acme.example\nusers:\n  - extension: "201"\n    name: Anna${more}\n    devices:\n      - { login: "${login}", password: "${password}" }\n`;

function said(outcome: Applied | ReturnType<typeof checkPbx>): string[] {
  return (outcome.ok ? outcome.warnings : outcome.problems).map(formatProblem);
}

function apply(model: Model, text: string) {
  const read = readPbx(text, 'pbx.yaml');
  if (!read.ok) throw new Error(read.problems.map(formatProblem).join('\n'));
  return planApply(model, read.value, { managedBy: 'file:test' });
}

/** A model as an earlier version may have made it, when there were no rules. */
function oldModel(login: string, password: string): Model {
  const model = modelOf(file('anna', 'Vf5kNm7Z'));
  const domain = onlyDomain(model);
  const ha1 = ha1Of(login, domain.name, domain.realm, password);
  return { domains: [{ ...domain, users: domain.users.map((user) => ({ ...user, devices: [{ login, ha1 }] })) }] };
}

test('a file’s weak password and short login are refused at their places', () => {
  expect(said(checkPbx(file('bob', 'secret'), 'pbx.yaml'))).toEqual([
    'pbx.yaml:6:18: error: users[0].devices[0].login: login bob has fewer than 4 characters; take 4 or more characters, a letter first, or digits only, such as the extension',
    'pbx.yaml:6:35: error: users[0].devices[0].password: the password of bob is weak: it has fewer than 8 characters; write 8 or more characters with a capital letter, a small letter and a digit, and without the login; "vats user password bob" makes one',
  ]);
  expect(said(checkPbx(file('201', 'Vf5kNm7Z'), 'pbx.yaml'))).toEqual([
    'pbx.yaml:6:35: error: users[0].devices[0].password: the password of 201 is weak: it has fewer than 12 characters, which a login of digits needs; write 12 or more characters with a capital letter, a small letter and a digit, and without the login; leave it out with "vats user add", which makes one, take a login with a letter first, or change it with "vats user password 201"',
  ]);
});

test('whoever does not know the accounts that there are is only warned', () => {
  const checked = checkPbx(file('bob', 'secret'), 'pbx.yaml', { judgeAccounts: false });
  expect(checked.ok).toBe(true);
  expect(said(checked).filter((line) => line.includes(': warning: '))).toHaveLength(2);
});

test('an account that was there before the rules stops no apply of the file that made it', () => {
  const model = oldModel('bob', 'secret');
  const again = apply(model, file('bob', 'secret'));
  expect(again.ok && again.next.domains[0]?.users[0]).toMatchObject({ devices: [{ login: 'bob' }] });
  expect(said(again)).toEqual([
    expect.stringMatching(/^pbx\.yaml:6:18: warning: .*login bob has fewer/),
    expect.stringMatching(/^pbx\.yaml:6:35: warning: .*the password of bob is weak/),
  ]);
  expect(apply(model, file('bob', 'secret', ' P.')).ok).toBe(true);
  expect(apply(model, 'domain: acme.example\nrecording: all\n').ok).toBe(true);
  expect(addUser(model, { by: 'cli', extension: '202', name: 'Boris' }).ok).toBe(true);
});

test('its new password must keep the rules, whoever sets it', () => {
  const model = oldModel('bob', 'secret');
  expect(said(apply(model, file('bob', 'secret2')))).toEqual([
    expect.stringMatching(/error: .*the password of bob is weak/),
    expect.stringMatching(/warning: .*login bob has fewer/),
  ]);
  expect(apply(model, file('bob', 'Vf5kNm7Z')).ok).toBe(true);
  expect(said(setPassword(model, { by: 'cli', login: 'bob', password: 'secret' }))).toEqual([
    expect.stringMatching(
      /^error: the password of bob is weak: it has fewer than 8 characters; [^;]*; or leave the password out, and one is made$/,
    ),
  ]);
  expect(setPassword(model, { by: 'cli', login: 'bob', password: 'Vf5kNm7Z' }).ok).toBe(true);
});

test('an account made by hand keeps the rules', () => {
  const device = { login: '202', password: 'Vf5kNm7Z' };
  expect(said(addUser(EMPTY_MODEL_WITH_DOMAIN, { by: 'cli', extension: '202', name: 'Boris', device }))).toEqual([
    expect.stringMatching(
      /^error: the password of 202 is weak: [^;]*; write 12 or more [^;]*; or leave the password out, and one is made$/,
    ),
  ]);
  const empty = { login: '202', password: '' };
  expect(said(addUser(EMPTY_MODEL_WITH_DOMAIN, { by: 'cli', extension: '202', name: 'Boris', device: empty }))).toEqual(
    [expect.stringMatching(/^error: the password of 202 is weak: it is empty; /)],
  );
  const short = { login: 'bo', password: 'Vf5kNm7Z' };
  expect(said(addUser(EMPTY_MODEL_WITH_DOMAIN, { by: 'cli', extension: '202', name: 'B', device: short }))).toEqual([
    expect.stringMatching(/^error: login bo has fewer/),
  ]);
});

const EMPTY_MODEL_WITH_DOMAIN = modelOf('domain: acme.example\n');

test('an export of an older model makes the same model elsewhere', () => {
  const old = onlyDomain(oldModel('bob', 'secret'));
  const applied = apply(EMPTY_MODEL, exportPbx(old, { seal: (text) => text }));
  expect(applied.ok && applied.domain.users).toEqual(old.users);
  expect(said(applied)).toEqual([expect.stringMatching(/warning: .*login bob has fewer than 4 characters/)]);
});

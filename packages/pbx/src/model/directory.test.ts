import { expect, test } from 'vitest';
import { modelOf } from '../testing/model-of.ts';
import { Directory } from './directory.ts';
import { ha1Of } from './ha1.ts';
import { EMPTY_MODEL } from './model.ts';

const domainText = (name: string, extra = ''): string => `
domain: ${name}
${extra}
users:
  - { extension: "201", name: Anna, devices: [{ login: anna, password: Vf5kNm7Z }, { login: "777", password: Vf5kNm7ZVf5k }] }
  - { extension: "202", name: Boris }
groups: [{ extension: "600", name: Sales, members: [] }]
numbers: [{ number: "+74951234567" }]
`;

function only(name = 'acme.example') {
  const directory = new Directory(modelOf(domainText(name)));
  const [domain] = directory.model.domains;
  if (domain === undefined) throw new Error('no domain');
  return { directory, domain };
}

test('while there is one domain, any host means it', () => {
  const { directory, domain } = only();
  for (const host of ['acme.example', '127.0.0.1', 'whatever']) expect(directory.findDomain(host)).toBe(domain);
});

test('with several, a host means the domain of that name or alias, in any case of letters', () => {
  const directory = new Directory(
    modelOf(domainText('acme.example', 'aliases: [pbx.example]'), domainText('beta.example')),
  );
  const [acme, beta] = directory.model.domains;
  expect(directory.findDomain('ACME.example')).toBe(acme);
  expect(directory.findDomain('Pbx.Example')).toBe(acme);
  expect(directory.findDomain('beta.example')).toBe(beta);
  expect(directory.findDomain('127.0.0.1')).toBeUndefined();
  expect(directory.domainById('beta.example')).toBe(beta);
});

test('with none, no host means anything', () => {
  expect(new Directory(EMPTY_MODEL).findDomain('acme.example')).toBeUndefined();
});

test('an account is found by its login, as written only', () => {
  const { directory, domain } = only();
  expect(directory.findDevice(domain, 'anna')).toMatchObject({ user: { extension: '201' }, device: { login: 'anna' } });
  for (const username of ['Anna', '201', 'nobody', '', '@acme.example'])
    expect(directory.findDevice(domain, username)).toBeUndefined();
});

test('login@domain is the same account with digests over the longer name', () => {
  const { directory, domain } = only();
  const plain = directory.findDevice(domain, 'anna');
  const long = directory.findDevice(domain, 'anna@acme.example');
  expect(long?.device).toBe(plain?.device);
  expect(plain?.ha1.md5).toBe(ha1Of('anna', '-', 'acme.example', 'Vf5kNm7Z').md5);
  expect(long?.ha1.md5).toBe(ha1Of('anna@acme.example', '-', 'acme.example', 'Vf5kNm7Z').md5);
  expect(directory.findDevice(domain, 'anna@other.example')).toBeUndefined();
});

test('a user is found by extension or by a login', () => {
  const { directory, domain } = only();
  expect(directory.findUser(domain, '201')?.name).toBe('Anna');
  expect(directory.findUser(domain, '777')?.name).toBe('Anna');
  expect(directory.findUser(domain, '202')?.name).toBe('Boris');
  expect(directory.findUser(domain, '600')).toBeUndefined();
  expect(directory.findGroup(domain, '600')?.name).toBe('Sales');
  expect(directory.ownsNumber(domain, '+74951234567')).toBe(true);
  expect(directory.ownsNumber(domain, '+74951234568')).toBe(false);
});

test('names that JavaScript knows are nobody', () => {
  const { directory, domain } = only();
  for (const name of ['__proto__', 'constructor', 'toString']) {
    expect(directory.findUser(domain, name)).toBeUndefined();
    expect(directory.findDevice(domain, name)).toBeUndefined();
  }
});

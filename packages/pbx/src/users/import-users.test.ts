import { atOnce } from '@vats/kernel';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { describeChange } from '../model/change.ts';
import { ha1Of } from '../model/ha1.ts';
import type { Domain, Model } from '../model/model.ts';
import { formatProblem } from '../problems/problem.ts';
import { modelOf, onlyDomain } from '../testing/model-of.ts';
import { exportUsers } from './export-users.ts';
import { type ImportedUsers, importingUsers } from './import-users.ts';
import { readingUsers } from './read-users.ts';

const COMPANY = `
domain: acme.example
users:
  - extension: "201"
    name: Anna
    mobile: "+79161234567"
    ring: 25s
    devices: [{ login: anna, password: Vf5kNm7Z, digest: both }, { login: anna-laptop, password: Zx3cVb9N }]
  - { extension: "202", name: Boris, devices: [{ login: boris, password: Qw8rTy2U }] }
  - { extension: "203", name: Vera }
groups:
  - { extension: "600", name: Sales, members: ["201", "202"] }
  - { extension: "601", name: Support, members: ["202"] }
numbers: [{ number: "+74951234567" }]
`;
const MADE = 'Made9Password';

function taken(model: Model, text: string, { generate = false, by = 'cli' as const } = {}): ImportedUsers {
  const read = atOnce(readingUsers(text, 'u.csv'));
  if (!read.ok) return { ok: false, problems: read.problems };
  const list = { lines: read.value, file: 'u.csv', by, ...(generate && { generate: () => MADE }) };
  return atOnce(importingUsers(model, list));
}

function good(model: Model, text: string, options = {}): Extract<ImportedUsers, { ok: true }> {
  const result = taken(model, text, options);
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'));
  return result;
}

function faults(text: string, options = {}): string[] {
  const result = taken(modelOf(COMPANY), text, options);
  return result.ok ? [] : result.problems.map(formatProblem);
}

function user(domain: Domain, extension: string) {
  return domain.users.find((each) => each.extension === extension);
}

test('users are made and changed in one change, by the rules of an apply; what a line does not say stays', () => {
  const before = modelOf(COMPANY);
  const text =
    '\ufeffВнутренний номер;ФИО;Мобильный;Логин;Пароль;Группы;Исходящий номер\r\n' +
    '201;;8 (916) 765-43-21;;;;\r\n' +
    '202;"Борис; мл.";;boris;Nw5Pass77;601;8 495 123-45-67\r\n' +
    '204;Глеб;;gleb;;600, 601;\r\n' +
    '203;Vera;;;;;\r\n';
  const { next, domain, changes, passwords, unchanged } = good(before, text, { generate: true });
  expect(changes.map(describeChange)).toEqual([
    '~ user 201 Anna: mobile: +79161234567 -> +79167654321',
    '~ user 202 Борис; мл.: name: Boris -> Борис; мл.; device boris: password changed; callerId: nothing -> +74951234567',
    '+ user 204 Глеб',
    '~ group 600 Sales: members: +204, -202',
    '~ group 601 Support: members: +204',
  ]);
  expect(unchanged).toBe(1);
  expect(passwords).toEqual([{ extension: '204', name: 'Глеб', login: 'gleb', password: MADE }]);
  const anna = user(onlyDomain(before), '201');
  expect(user(domain, '201')).toEqual({ ...anna, mobile: '+79167654321', managedBy: 'cli' });
  expect(user(domain, '202')?.devices[0]?.ha1).toEqual(ha1Of('boris', 'acme.example', 'acme.example', 'Nw5Pass77'));
  expect(user(domain, '204')).toMatchObject({ devices: [{ login: 'gleb' }], managedBy: 'cli' });
  // Who is as the line says stays whose they are.
  expect(user(domain, '203')).toBe(user(onlyDomain(before), '203'));
  // Once more changes nothing, passwords that were made included.
  const again = good(next, text, { generate: true });
  expect(again.changes).toEqual([]);
  expect(again.passwords).toEqual([]);
  expect(again.next).toBe(next);
});

test('a hyphen takes away, an empty cell does not', () => {
  const before = modelOf(COMPANY);
  const { domain } = good(before, 'extension;mobile;groups\n201;-;-\n202;;\n');
  expect(user(domain, '201')).not.toHaveProperty('mobile');
  expect(domain.groups.map(({ members }) => members.length)).toEqual([1, 1]);
});

test('a login that is new is added to those of the user, and its password made only where that is asked for', () => {
  const before = modelOf(COMPANY);
  const { domain } = good(before, 'extension;login;password\n201;anna-mobile;Tr6mWq3Lp9xz\n');
  expect(user(domain, '201')?.devices.map(({ login }) => login)).toEqual(['anna', 'anna-laptop', 'anna-mobile']);
  expect(faults('extension;login\n203;vera\n')).toEqual([
    'u.csv:2:1: error: password: the new login vera has no password; write it, or add --generate, which makes the passwords of new logins',
  ]);
});

test.each([
  ['extension;name\n205;A\n205;B\n', 'u.csv:3:1: error: extension: extension 205 is in line 2 already; keep one'],
  [
    'extension;name;login;password\n205;A;abcd;Tr6mWq3Lp9xz\n206;B;ABCD;Tr6mWq3Lp9xz\n',
    'u.csv:3:7: error: login: login ABCD is in line 2 already',
  ],
  ['extension;name\n;A\n', 'u.csv:2:1: error: extension: the cell is empty'],
  ['extension;name\nabc;A\n', 'u.csv:2:1: error: extension: "abc" is not an extension; write 1 to 8 digits'],
  ['extension;mobile\n201;12\n', 'u.csv:2:5: error: mobile: "12" is not a public telephone number; write it in full'],
  [
    'extension;mobile\n201;"7,9161E+10"\n',
    'u.csv:2:5: error: mobile: 7,9161E+10 is a number that a spreadsheet rounded',
  ],
  ['extension;mobile\n201;"+79160000001, +79160000002"\n', 'error: mobile: a user has one mobile number'],
  ['extension\n205\n', 'u.csv:2:1: error: name: the new user 205 has no name; write it'],
  ['extension;name\n600;A\n', 'u.csv:2:1: error: extension: extension 600 is taken by Sales'],
  ['extension;groups\n201;600 699\n', 'u.csv:2:5: error: groups: there is no group 699'],
  [
    'extension;caller id\n201;+74950000000\n',
    'u.csv:2:5: error: callerId: user 201 shows +74950000000, which is not a',
  ],
  ['extension;login;password\n203;boris;Tr6mWq3Lp9xz\n', 'u.csv:2:5: error: login: login boris is taken by user 202'],
  ['extension;login;password\n203;ab;Tr6mWq3Lp9xz\n', 'u.csv:2:5: error: login: login ab has fewer than 4 characters'],
  ['extension;login;password\n203;vera;short\n', 'u.csv:2:10: error: password: the password of vera is weak'],
  ['extension;password\n203;Tr6mWq3Lp9xz\n', 'u.csv:2:5: error: password: the password is for no login'],
  ['extension;login;password\n203;a1 a2;Tr6mWq3Lp9xz\n', 'error: password: one password for several logins'],
  ['name;login\nAnna;anna\n', 'error: the first line is neither a user nor a header with "extension"'],
  ['extenshun;name\n201;A\n', 'did you mean "extension"?'],
  ['', 'error: the file holds no user'],
])('%j is refused', (text, fault) => {
  expect(faults(text).join('\n')).toContain(fault);
});

test('a line that is no header is not repeated: it may hold passwords', () => {
  expect(faults('Anna;Secret123456;anna\n').join()).not.toContain('Secret123456');
  expect(faults('extension;login;password\n203;vera;Secret\n').join()).not.toContain('Secret');
});

test('of many faults fifty are told, the others counted', () => {
  const lines = Array.from({ length: 300 }, (_, index) => `${1000 + index};`);
  const told = faults(`extension;name\n${lines.join('\n')}\n`);
  expect(told).toHaveLength(51);
  expect(told.at(-1)).toContain('250 more problems are not shown');
  const taken = lines.map((_, index) => `${1000 + index};X;699`).join('\n');
  expect(faults(`extension;name;groups\n${taken}\n`)).toHaveLength(51);
});

test('a change of what a PBX file has is warned of', () => {
  const model = modelOf(COMPANY);
  const byFile = {
    domains: model.domains.map((domain) => ({
      ...domain,
      users: domain.users.map((each) => ({ ...each, managedBy: 'file:x' as const })),
    })),
  };
  const { warnings } = good(byFile, 'extension;name\n201;Anna P.\n202;Boris\n');
  expect(warnings.map(({ message }) => message)).toEqual([
    '201 is in a PBX file too, which its next apply makes as it says',
  ]);
});

test('a change of the members of a group that a PBX file has is warned of, behind however many users', () => {
  const ofFile = { managedBy: 'file:x' as const };
  const model = modelOf(COMPANY);
  const byFile = {
    domains: model.domains.map((domain) => ({
      ...domain,
      users: domain.users.map((each) => ({ ...each, ...ofFile })),
      groups: domain.groups.map((each) => ({ ...each, ...ofFile })),
    })),
  };
  const news = Array.from({ length: 10 }, (_, index) => `30${index};N;600`).join('\n');
  const { warnings } = good(byFile, `extension;name;groups\n201;Anna P.;\n${news}\n`);
  expect(warnings.map(({ message }) => message).filter((message) => message.includes('PBX file'))).toEqual([
    '201 is in a PBX file too, which its next apply makes as it says',
    'group 600 Sales is in a PBX file too: its next apply makes the members as it says, so who joins here is thrown out again and who leaves comes back',
  ]);
});

test('a list without passwords is one fault, not one a line', () => {
  const lines = Array.from({ length: 50 }, (_, index) => `${301 + index};N;emp${index + 1}`).join('\n');
  expect(faults(`extension;name;login\n${lines}\n`)).toEqual([
    'u.csv:2:1: error: password: 50 new logins have no password (line 2 emp1, line 3 emp2, line 4 emp3, line 5 emp4, line 6 emp5, …); write them into the column password, or add --generate, which makes the passwords of new logins',
  ]);
});

test('an exported list reads back to the same users, whatever they are called', () => {
  const name = fc
    .oneof(
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }),
      fc.constantFrom('=1+1', "'=1", '+7', '-', '@x', 'a;"b",c', "''", '\u00a0=1', '＝x'),
    )
    .map((text) => text.replace(/[\u0000-\u001f\u007f\u2028\u2029\ufeff]/g, '').trim())
    .filter((text) => text !== '' && text.length <= 128);
  const users = fc.array(name, { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(users, (names) => {
      const before = modelOf(COMPANY);
      const domain = onlyDomain(before);
      const made = names.map((each, index) => ({
        extension: String(300 + index),
        name: each,
        devices: [],
        managedBy: 'cli' as const,
      }));
      const model = { domains: [{ ...domain, users: [...domain.users, ...made] }] };
      const text = exportUsers(onlyDomain(model));
      const { unchanged, changes } = good(model, text);
      expect(changes.map(describeChange)).toEqual([]);
      expect(unchanged).toBe(names.length + 3);
      // The same list makes the same names where there were none; logins without a password have one made.
      const fresh = modelOf(
        'domain: acme.example\nnumbers: [{ number: "+74951234567" }]\ngroups: [{ extension: "600", name: Sales, members: [] }, { extension: "601", name: Support, members: [] }]\n',
      );
      const copied = good(fresh, text, { generate: true }).domain;
      expect(copied.users.map((each) => [each.extension, each.name])).toEqual(
        onlyDomain(model).users.map((each) => [each.extension, each.name]),
      );
      expect(exportUsers(copied)).toBe(text);
    }),
    { numRuns: 200 },
  );
});

test('no text and no octets make the reader throw', () => {
  const piece = fc.constantFrom(
    ...[
      '201',
      'Anna',
      ';',
      ',',
      '\t',
      '"',
      '\n',
      '\r\n',
      '\r',
      'extension',
      'имя',
      'login',
      'password',
      '-',
      '\ufeff',
      '\0',
    ],
  );
  const model = modelOf(COMPANY);
  fc.assert(fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => void taken(model, pieces.join(''))));
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (octets) => void atOnce(readingUsers(octets as never, 'u.csv'))),
  );
});

test('a hundred thousand lines are taken over in some seconds', () => {
  const lines = Array.from({ length: 100_000 }, (_, index) => `${100_000 + index};Name ${index};;;;600;`);
  const text = `extension;name;mobile;login;password;groups;caller id\r\n${lines.join('\r\n')}\r\n`;
  const { domain, changes } = good(modelOf(COMPANY), text);
  expect(domain.users).toHaveLength(100_003);
  expect(changes).toHaveLength(100_001);
  expect(exportUsers(domain).split('\r\n')).toHaveLength(100_005);
}, 120_000);

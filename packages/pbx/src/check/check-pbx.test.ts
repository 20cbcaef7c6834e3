import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { formatProblem } from '../problems/problem.ts';
import { checkPbx } from './check-pbx.ts';

const EXAMPLE = readFileSync(new URL('../../../../docs/examples/pbx.yaml', import.meta.url), 'utf8');

/** The example with one place changed; the place must be there, once. */
function changed(from: string, to: string): string {
  if (EXAMPLE.split(from).length !== 2) throw new Error(`the example holds ${JSON.stringify(from)} not once`);
  return EXAMPLE.replace(from, to);
}

/** The line of the example that holds `text` first. */
function lineOf(text: string): number {
  return EXAMPLE.slice(0, EXAMPLE.indexOf(text)).split('\n').length;
}

function said(text: string): string[] {
  const checked = checkPbx(text, 'pbx.yaml');
  return (checked.ok ? checked.warnings : checked.problems).map(formatProblem);
}

function errors(text: string): string[] {
  return said(text).filter((line) => line.includes(': error: '));
}

test('the example is good', () => {
  expect(errors(EXAMPLE)).toEqual([]);
});

const contract = new URL('../../../../../shared/contract/pbx.yaml', import.meta.url);
test.skipIf(!existsSync(contract))('the file that operators were promised is good as it is', () => {
  expect(errors(readFileSync(contract, 'utf8'))).toEqual([]);
});

test.each([
  ['a misspelt key', '    mobile: "8', '    mobil: "8', 'there is no such key; did you mean mobile?'],
  [
    'an extension without quotes',
    'extension: "202"',
    'extension: 202',
    '202 is read as a number, not as text; put it in quotes: "202"',
  ],
  [
    'an extension without quotes that begins with a zero',
    'extension: "202"',
    'extension: 0202',
    '0202 is read as a number, not as text; put it in quotes: "0202"',
  ],
  [
    'a duration without a unit',
    'ring: 40s',
    'ring: 40',
    'write a number and a unit, such as 250ms, 20s, 10m, 1h, 365d',
  ],
  [
    'a list policy without a list',
    'mode: list, allow: [127.0.0.1, 192.168.7.0/24]',
    'mode: list',
    'mode list without allow lets nobody in; add allow: [203.0.113.0/24], or write access: any',
  ],
  ['a bad network', '192.168.7.0/24', '192.168.7.0/42', '"192.168.7.0/42" is not an address or network'],
  ['a strategy that there is not', 'strategy: all  ', 'strategy: everyone  ', 'write one of all, sequential, random'],
  ['a trunk without sip:', 'sip:192.0.2.90:5090', '192.0.2.90:5090', 'write sip:host or sip:host:port'],
  [
    'a day that there is not',
    'mon-fri: "09:00-18:00", sat:',
    'mon-fry: "09:00-18:00", sat:',
    '"mon-fry" is not a day of the week',
  ],
  ['a date that there is not', '"2027-01-01": closed', '"2027-02-30": closed', '"2027-02-30" is not a date'],
  ['a step that there is not', '- play: greeting', '- paly: greeting', 'there is no such key; did you mean play?'],
  ['a pattern that is none', '"3xx"', '"3yy"', '"3yy" is not a number pattern'],
  [
    'a rule that does two things',
    '{ match: "+*", deny: true }',
    '{ match: "+*", deny: true, trunk: operator }',
    'the rule both denies and names a trunk',
  ],
  [
    'no password',
    '{ login: olga, password: Tr6mWq3Lp9xz }',
    '{ login: olga }',
    'the device has no password; add password:',
  ],
  ['a weak password', 'Tr6mWq3Lp9xz', 'olga2026', 'the password of olga is weak: it holds the login; write 8 or more'],
  ['no phone for an account', 'login: pavel, ', 'login: pavel, bindings: 0, ', '0 is too small; write at least 1'],
  ['too many phones', 'login: pavel, ', 'login: pavel, bindings: 101, ', '101 is too large; write at most 100'],
  ['no call for an account', 'login: pavel, ', 'login: pavel, calls: 0, ', '0 is too small; write at least 1'],
  ['too many calls', 'login: pavel, ', 'login: pavel, calls: 10001, ', '10001 is too large; write at most 10000'],
  ['a short login', 'login: desk', 'login: fd', 'login fd has fewer than 4 characters; take 4 or more'],
  ['a time zone that there is not', 'Europe/Moscow  ', 'Europe/Moskow  ', '"Europe/Moskow" is not a time zone'],
  ['a tab', '  - extension: "202"', '\t- extension: "202"', 'a tab is used as indentation; indent with spaces'],
  ['a login twice', 'login: olga-mobile', 'login: olga', 'login olga is taken by user 201; give each device its own'],
  ['a login twice but for case', 'login: pavel', 'login: OLGA', 'login OLGA is taken by user 201'],
  [
    'an extension twice',
    'extension: "203"',
    'extension: "202"',
    'extension 202 is taken by Pavel Orlov; give each user, group and conference its own',
  ],
  [
    'a group with a user’s extension',
    'extension: "600"',
    'extension: "210"',
    'extension 210 is taken by Branch office',
  ],
  [
    'a login that is another’s extension',
    'login: pavel',
    'login: "201"',
    'login 201 is the extension of Ольга Смирнова',
  ],
  [
    'a member that there is not',
    '["201", "202", "203"]',
    '["201", "202", "204"]',
    'group 600 names user 204, which does not exist',
  ],
  [
    'a caller ID of someone else',
    'callerId: "+74955550100"        #',
    'callerId: "+74955550199"        #',
    'user 201 shows +74955550199, which is not a number of this domain; add it under numbers',
  ],
  [
    'a scheme that there is not',
    'scheme: main',
    'scheme: mian',
    'number +74955550100 names scheme mian, which does not exist; did you mean main?',
  ],
  [
    'a trunk that there is not',
    'match: "3xx", trunk: warehouse',
    'match: "3xx", trunk: werehouse',
    'the rule 3xx names trunk werehouse, which does not exist; did you mean warehouse?',
  ],
  [
    'a ring step to nobody',
    '"1": { ring: "600" }',
    '"1": { ring: "704" }',
    'scheme main names extension 704, which does not exist',
  ],
  [
    'a queue that is a user',
    '{ queue: "600" }',
    '{ queue: "201" }',
    'scheme main names group 201, but 201 is a user; write ring: "201" as a step of its own',
  ],
  [
    'a jump to nowhere',
    'goto: night',
    'goto: nigt',
    'scheme main names scheme nigt, which does not exist; did you mean night?',
  ],
  [
    'a forward to oneself',
    'after: 30s, to: "201"',
    'after: 30s, to: "203"',
    'user 203 forwards to itself; name another extension, or voicemail',
  ],
  [
    'an alias that is the name',
    'aliases: [pbx.north.example]',
    'aliases: [north.example]',
    'north.example means north.example already',
  ],
])('%s is refused with its line and a remedy', (_, from, to, message) => {
  const [first] = errors(changed(from, to));
  expect(first).toContain(message);
  expect(first).toMatch(new RegExp(`^pbx\\.yaml:${lineOf(from)}:\\d+: error: `));
  expect(first?.split('; ').length).toBeGreaterThan(1);
});

test.each([
  [
    'an extension that hides an emergency number',
    '- extension: "206"',
    '- extension: "112"',
    'extension 112 hides the emergency number 112',
  ],
  ['a prompt that there is not', 'play: greeting', 'play: greting', 'there is no prompt greting'],
  [
    'a user without devices',
    '\n      - { login: branch, password: Zw5jLr8Ct3fn, trunk: true, did: to }',
    ' []',
    'user 210 has no device',
  ],
  ['a rule that is never reached', 'match: "+*", deny', 'match: "+7*", deny', 'the rule +7* is never reached'],
  ['a member twice', '["201", "202", "203"]', '["201", "202", "201"]', '201 is in group 600 twice'],
  ['a number without a scheme', '    scheme: main\n', '', 'number +74955550100 has no scheme'],
])('%s is a warning', (_, from, to, message) => {
  const text = changed(from, to);
  expect(errors(text)).toEqual([]);
  expect(said(text).some((line) => line.includes(`: warning: `) && line.includes(message))).toBe(true);
});

test('a login may be the extension of its own user', () => {
  expect(errors(changed('login: pavel', 'login: "202"'))).toEqual([]);
});

test('prompts that there are need no warning', () => {
  const checked = checkPbx(EXAMPLE, 'pbx.yaml', {
    prompts: () => new Set(['greeting', 'main-menu', 'please-wait', 'enter-extension', 'wrong-choice', 'unavailable']),
  });
  const prompts = checked.ok ? checked.warnings.filter(({ message }) => message.includes('prompt')) : [];
  expect(prompts.map(({ message }) => message)).toEqual(['there is no prompt closed']);
  expect(prompts[0]?.remedy).toContain('vats prompts import FILE --name closed');
});

test.each([
  ['ru', 'language: ru\n'],
  ['en', 'language: en\n'],
  ['ru', ''],
])('prompts are those of the domain’s language: %s', (language, line) => {
  const asked: string[] = [];
  const checked = checkPbx(`domain: acme.example\n${line}`, 'pbx.yaml', {
    prompts: (of) => {
      asked.push(of);
      return new Set();
    },
  });
  expect([checked.ok, asked]).toEqual([true, [language]]);
});

test('the smallest file is a domain', () => {
  const checked = checkPbx('domain: Tiny.Example\n', 'pbx.yaml');
  expect(checked.ok && checked.value.model.domains[0]).toMatchObject({
    id: 'tiny.example',
    name: 'tiny.example',
    realm: 'tiny.example',
    settings: {},
    users: [],
  });
  expect(checked.ok && checked.warnings).toEqual([]);
});

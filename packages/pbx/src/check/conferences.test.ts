import { expect, test } from 'vitest';
import { told } from '../testing/told.ts';

const USERS = 'users: [{ extension: "201", name: A, devices: [{ login: anna, password: Vf5kNm7Z }] }]\n';

function check(conferences: string, more = ''): string[] {
  const text = `domain: acme.example\n${USERS}conferences: ${conferences}\n${more}`;
  return told(text, { prompts: () => new Set(['greeting']) });
}

test('one that is as it should be is taken without a word', () => {
  const all = 'extension: "700", name: Weekly, pin: "482135", seats: 20, record: true, announce: tone, music: greeting';
  expect(check(`[{ ${all} }]`)).toEqual([]);
});

test.each([
  [
    '[{ extension: "201", name: W }]',
    'error: conferences[0].extension: extension 201 is taken by A; give each user, group and conference its own',
  ],
  [
    '[{ extension: "112", name: W }]',
    'warning: conferences[0].extension: extension 112 hides the emergency number 112; take another: local extensions win over outside numbers',
  ],
  ['[{ extension: "700", name: W, pin: 4821 }]', 'error: conferences[0].pin: '],
  ['[{ extension: "700", name: W, pin: 012345 }]', 'put it in quotes: "012345"'],
  [
    '[{ extension: "700", name: W, pin: "12a4" }]',
    'error: conferences[0].pin: the PIN is none that can be keyed in; write 4 to 12 digits in quotes, such as "48213"',
  ],
  [
    '[{ extension: "700", name: W, pin: "1111" }]',
    'warning: conferences[0].pin: the PIN of conference 700 is easily guessed; take another',
  ],
  ['[{ extension: "700", name: W, seats: 101 }]', 'error: conferences[0].seats: '],
  ['[{ extension: "700", name: W, announce: loudly }]', 'error: conferences[0].announce: '],
  ['[{ extension: "700", name: W, music: no-such }]', 'warning: conferences[0].music: there is no prompt no-such'],
])('%s: %s', (conferences, problem) => {
  expect(check(conferences).map((line) => line.replace(/^pbx\.yaml:\d+:\d+: /, ''))).toEqual([
    expect.stringContaining(problem),
  ]);
});

test('a step and a number may lead to one, a forward may not, and one that is not there is named', () => {
  const lead = (step: string, to: string) =>
    `schemes: [{ name: main, open: [{ conference: "${step}" }] }]\nnumbers: [{ number: "+74951234567", scheme: main }, { number: "+74951234568", to: "${to}" }]\n`;
  const one = '[{ extension: "700", name: W }]';
  expect(check(one, lead('700', '700')).filter((line) => line.includes('error'))).toEqual([]);
  expect(check(one, lead('701', '700')).join()).toMatch(/scheme main names conference 701, which does not exist/);
  expect(check(one, lead('700', '702')).join()).toMatch(/number \+74951234568 names extension 702/);
});

test.each([
  [
    'schemes: [{ name: main, open: [{ ring: "700" }] }]',
    'scheme main names extension 700, but 700 is a conference; write conference: "700" as a step of its own',
  ],
  [
    'schemes: [{ name: main, open: [{ queue: "700" }] }]',
    'scheme main names group 700, but 700 is a conference; write conference: "700" as a step of its own',
  ],
  [
    'schemes: [{ name: main, open: [{ conference: "201" }] }]',
    'scheme main names conference 201, but 201 is a user; write ring: "201" as a step of its own',
  ],
  [
    'groups: [{ extension: "600", name: G, members: ["201"], noAnswer: "700" }]',
    'group 600 names extension 700, but 700 is a conference; name a user or a group: to a conference lead a number’s to: and',
  ],
  [
    'groups: [{ extension: "600", name: G, members: ["700"] }]',
    'group 600 names user 700, but 700 is a conference; name a user',
  ],
])('%s: what it names is there, as something else', (more, problem) => {
  expect(check('[{ extension: "700", name: W }]', `${more}\n`).join('\n')).toContain(problem);
});

test('no call comes to what stands behind one', () => {
  const scheme = 'schemes: [{ name: main, open: [{ conference: "700" }, { ring: "201" }] }]\n';
  const number = 'numbers: [{ number: "+74951234567", scheme: main }]\n';
  expect(check('[{ extension: "700", name: W }]', scheme + number).join()).toMatch(/no call comes to this step/);
});

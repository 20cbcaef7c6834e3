import { expect, test } from 'vitest';
import { told } from '../testing/told.ts';

const user = (extension: string, keys = '') =>
  `  - { extension: "${extension}", name: U${extension}, devices: [{ login: u${extension}, password: Vf5kNm7Z }]${keys} }\n`;

const round = (text: string) => told(`domain: acme.example\n${text}`).filter((line) => line.includes('go round'));

test.each([
  ['noAnswer: { to: "205" }', 'noAnswer.to'],
  ['forward: { noAnswer: "205" }', 'forward.noAnswer'],
  ['forward: { busy: "205" }', 'forward.busy'],
  ['forward: { unreachable: "205" }', 'forward.unreachable'],
  ['forward: { closed: "205" }, hours: { mon: "09:00-18:00" }', 'forward.closed'],
])('two users who send each other their calls, one by %s', (keys, path) => {
  expect(round(`users:\n${user('204', `, ${keys}`)}${user('205', ', forward: { always: "204" }')}`)).toEqual([
    expect.stringMatching(
      new RegExp(
        `^pbx\\.yaml:3:\\d+: warning: users\\[0\\]\\.${path}: a call can go round: 204 -> 205 -> 204; the second time nobody is rung; let one`,
      ),
    ),
  ]);
});

test('groups that send each other what nobody took, and one that names itself', () => {
  const groups = `groups:
  - { extension: "600", name: A, members: ["201"], noAnswer: "601" }
  - { extension: "601", name: B, members: ["201"], noAnswer: "600" }
  - { extension: "602", name: C, members: ["201"], noAnswer: "602" }
`;
  expect(round(`users:\n${user('201')}${groups}`)).toEqual([
    expect.stringMatching(/^pbx\.yaml:5:\d+: warning: groups\[0\]\.noAnswer: .*: 600 -> 601 -> 600;/),
    expect.stringMatching(/^pbx\.yaml:7:\d+: warning: groups\[2\]\.noAnswer: .*: 602 -> 602;/),
  ]);
});

test('a user, a number by its schedule and by a caller, and a scheme', () => {
  const file = (number: string) =>
    `users:\n${user('201', ', noAnswer: { to: "600" }')}groups: [{ extension: "600", name: A, members: ["201"], noAnswer: "+74951234567" }]
numbers:
  - { number: "+74951234567", ${number} }
schemes: [{ name: main, open: [{ play: hello }, { ring: { to: ["201", "600"], order: in-turn } }] }]
`;
  const hours = 'schedule: [{ hours: { mon: "09:00-18:00" }, scheme: main }]';
  for (const number of [hours, 'byCaller: [{ from: ["+7*"], scheme: main }]', 'scheme: main']) {
    expect(round(file(number)), number).toEqual([
      expect.stringContaining(': 201 -> 600 -> +74951234567 -> scheme main -> 201;'),
    ]);
  }
  expect(round(file('to: "201"'))).toEqual([expect.stringContaining(': 201 -> 600 -> +74951234567 -> 201;')]);
  expect(round(file('byCaller: [{ from: ["+7*"], to: "201" }], to: "+79161234567"'))).toHaveLength(1);
});

test('what leads to one end is no round, nor what only members or those who ring together have in common', () => {
  const text = `users:
${user('201', ', noAnswer: { to: "600" }')}${user('202', ', noAnswer: { to: "203" }, forward: { busy: "203" }')}${user('203', ', noAnswer: { to: voicemail }')}${user('204', ', forward: { always: "203", busy: "204" }, noAnswer: { to: "202" }')}groups:
  - { extension: "600", name: A, members: ["201", "202"], noAnswer: "203" }
numbers: [{ number: "+74951234567", scheme: main }]
schemes: [{ name: main, open: [{ ring: ["201", "202"] }, { ring: "203" }] }]
`;
  expect(round(text)).toEqual([]);
});

test('closed leads nowhere without hours, and noAnswer neither where forwards are in its place', () => {
  const to205 = ', noAnswer: { to: "205" }';
  expect(
    round(`users:\n${user('204', ', forward: { closed: "205" }')}${user('205', ', noAnswer: { to: "204" }')}`),
  ).toEqual([]);
  expect(
    round(
      `users:\n${user('203')}${user('204', `, forward: { noAnswer: "203", unreachable: "203" }${to205}`)}${user('205', ', noAnswer: { to: "204" }')}`,
    ),
  ).toEqual([]);
});

test('what other checks say of a loop is not said twice', () => {
  const always = `users:\n${user('201', ', forward: { always: "202" }')}${user('202', ', forward: { always: "201" }')}`;
  expect(round(always).filter((line) => line.includes('a call can'))).toEqual([]);
  const schemes = `numbers: [{ number: "+74951234567", scheme: a }]\nschemes: [{ name: a, open: [{ goto: b }] }, { name: b, open: [{ goto: a }] }]\n`;
  expect(round(schemes)).toEqual([]);
});

test('a long chain costs little and its round is told in short', () => {
  const users = Array.from({ length: 200 }, (_, i) =>
    user(String(10_000 + i), `, noAnswer: { to: "${10_000 + ((i + 1) % 200)}" }`),
  );
  const [line, ...more] = round(`users:\n${users.join('')}`);
  expect(more).toEqual([]);
  expect(line).toContain('10008 -> 10009 -> … -> 10000;');
});

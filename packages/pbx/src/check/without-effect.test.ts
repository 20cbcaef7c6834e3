import { expect, test } from 'vitest';
import { told } from '../testing/told.ts';

const user = (keys: string, device = '') =>
  `domain: acme.example\nusers:\n  - { extension: "201", name: A, mobile: "+79161234567"${keys}, devices: [{ login: anna, password: Vf5kNm7Z${device} }] }\n`;
const group = (keys: string) =>
  `${user('')}  - { extension: "202", name: B, devices: [{ login: boris, password: Vf5kNm7Z }] }\ngroups:\n  - { extension: "600", name: G${keys} }\n`;
const said = (text: string) => told(text).filter((line) => line.includes('no effect'));

test('did of a telephone', () => {
  expect(said(user('', ', did: to'))).toEqual([
    expect.stringMatching(
      /^pbx\.yaml:3:\d+: warning: users\[0\]\.devices\[0\]\.did: did has no effect: anna is a telephone, and no PBX; add trunk/,
    ),
  ]);
  expect(said(user('', ', did: to, trunk: true'))).toEqual([]);
});

test('a delay where one rings after the other', () => {
  const reach = (order: string) => `, reach: { order: ${order}, to: [{ to: devices }, { to: mobile, after: 10s }] }`;
  expect(said(user(reach('in-turn')))).toEqual([
    expect.stringMatching(
      /^pbx\.yaml:3:\d+: warning: users\[0\]\.reach\.to\[1\]\.after: after has no effect where one rings/,
    ),
  ]);
  expect(said(user(reach('together')))).toEqual([]);
});

test('a forward outside hours that there are not', () => {
  expect(said(user(', forward: { closed: voicemail }'))).toEqual([
    expect.stringMatching(
      /^pbx\.yaml:3:\d+: warning: users\[0\]\.forward\.closed: closed has no effect: without hours/,
    ),
  ]);
  expect(said(user(', forward: { closed: voicemail }, hours: { mon: "09:00-18:00" }'))).toEqual([]);
});

test('priorities of members whom no priority orders', () => {
  const members = ', members: ["201", { to: "202", priority: 2 }]';
  expect(said(group(`${members}, strategy: random`))).toEqual([
    expect.stringMatching(
      /^pbx\.yaml:6:\d+: warning: groups\[0\]\.members\[1\]\.priority: priority has no effect with strategy random; write strategy: priority/,
    ),
  ]);
  expect(said(group(members))).toEqual([expect.stringContaining('with strategy all')]);
  expect(said(group(`${members}, strategy: priority`))).toEqual([]);
  expect(said(group(`${members}, strategy: priority-longest-idle`))).toEqual([]);
});

test('rounds in a queue, and how often nothing is said', () => {
  expect(said(group(', members: ["201"], rounds: 2, queue: {}'))).toEqual([
    expect.stringMatching(/^pbx\.yaml:6:\d+: warning: groups\[0\]\.rounds: rounds has no effect in a queue/),
  ]);
  expect(said(group(', members: ["201"], queue: { every: 30s }'))).toEqual([
    expect.stringMatching(/groups\[0\]\.queue\.every: every has no effect: callers are told nothing/),
  ]);
  expect(said(group(', members: ["201"], queue: { every: 30s, announceWait: true }'))).toEqual([]);
});

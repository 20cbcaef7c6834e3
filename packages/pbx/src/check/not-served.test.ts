import { expect, test } from 'vitest';
import { told } from '../testing/told.ts';

test('how a group would let callers wait, are taken and do nothing yet', () => {
  const lines = told(`domain: acme.example
users: [{ extension: "201", name: A, devices: [{ login: anna, password: Vf5kNm7Z }] }]
groups:
  - { extension: "600", name: G, members: ["201"] }
  - { extension: "601", name: H, members: ["201"], queue: { max: 20 } }
  - { extension: "602", name: I, members: ["201"], queue: { wait: 10m } }
`);
  expect(lines).toEqual([
    expect.stringMatching(
      /^pbx\.yaml:5:\d+: warning: groups\[1\]\.queue: queue settings are not served yet; until then nobody waits in a queue$/,
    ),
  ]);
});

test('music and the announcement of a recording are prompts that there must be', () => {
  const file = (more: string) => `domain: acme.example\n${more}\n`;
  const prompts = () => new Set(['melody', 'call-is-recorded']);
  for (const good of [
    'holdMusic: default',
    'holdMusic: none',
    'holdMusic: melody',
    'recording: { mode: all, announce: true }',
  ]) {
    expect(told(file(good), { prompts }), good).toEqual([]);
  }
  expect(told(file('holdMusic: jazz'), { prompts })).toEqual([
    expect.stringMatching(/^pbx\.yaml:2:12: warning: holdMusic: there is no prompt jazz; make one/),
  ]);
  expect(told(file('recording: { mode: all, announce: true }'))).toEqual([
    expect.stringContaining('recording.announce: there is no prompt call-is-recorded'),
  ]);
  expect(told(file('recording: { mode: all, announce: beep }'))).toEqual([]);
});

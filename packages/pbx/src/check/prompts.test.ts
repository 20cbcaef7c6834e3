import { expect, test } from 'vitest';
import { told } from '../testing/told.ts';

test('what callers of a queue hear is a prompt that there must be', () => {
  const lines = told(
    `domain: acme.example
users: [{ extension: "201", name: A, devices: [{ login: anna, password: Vf5kNm7Z }] }]
groups:
  - { extension: "600", name: G, members: ["201"], queue: { music: none } }
  - { extension: "601", name: H, members: ["201"], queue: { music: melody } }
  - { extension: "602", name: I, members: ["201"], queue: { music: jazz } }
`,
    { prompts: () => new Set(['melody']) },
  );
  expect(lines).toEqual([
    expect.stringMatching(/^pbx\.yaml:6:\d+: warning: groups\[2\]\.queue\.music: there is no prompt jazz; make one/),
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

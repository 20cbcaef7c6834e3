import { expect, test } from 'vitest';
import { formatProblem } from '../problems/problem.ts';
import { checkPbx } from './check-pbx.ts';

function said(text: string): string[] {
  const checked = checkPbx(text, 'pbx.yaml');
  return (checked.ok ? checked.warnings : checked.problems).map(formatProblem);
}

const user = (extension: string, keys = '') =>
  `  - { extension: "${extension}", name: U${extension}, devices: [{ login: u${extension}, password: Vf5kNm7Z }]${keys} }\n`;
const SCHEME = 'numbers: [{ number: "+74951234567", scheme: main }]\nschemes:\n';

test('forwards of all calls that go round are an error, each at its place', () => {
  const lines = said(
    `domain: acme.example\nusers:\n${user('201', ', forward: { always: "202" }')}${user('202', ', forward: { always: "203" }')}${user('203', ', forward: { always: "201" }')}${user('204', ', forward: { always: "201" }')}`,
  );
  expect(lines.filter((line) => line.includes('go round'))).toEqual([
    expect.stringMatching(
      /^pbx\.yaml:3:\d+: error: .*all calls of 201 go round: 201 -> 202 -> 203 -> 201; let one of them ring/,
    ),
    expect.stringMatching(/^pbx\.yaml:4:\d+: error: .*202 go round/),
    expect.stringMatching(/^pbx\.yaml:5:\d+: error: .*203 go round/),
  ]);
});

test('a forward to oneself, to nobody, and by a mobile that there is not', () => {
  const lines = said(
    `domain: acme.example\nusers:\n${user('201', ', forward: { busy: "201" }')}${user('202', ', forward: { noAnswer: "999" }')}${user('203', ', reach: { to: [{ to: mobile }, { to: nobody }] }')}`,
  );
  expect(lines.join('\n')).toMatch(/:3:.*error: .*user 201 forwards to itself/);
  expect(lines.join('\n')).toMatch(/:4:.*error: .*user 202 names extension 999, which does not exist/);
  expect(lines.join('\n')).toMatch(/:5:.*error: .*user 203 has no mobile/);
  expect(lines.join('\n')).toMatch(/:5:.*error: .*user 203 names device nobody, which does not exist/);
});

test('schemes that lead back, by a goto or by a number, and steps that no call comes to', () => {
  const lines = said(
    `domain: acme.example\nusers:\n${user('201')}${SCHEME}  - { name: main, open: [{ ring: "201" }, { goto: other }, { ring: "201" }] }\n  - { name: other, open: [{ ring: "+74951234567" }] }\n  - { name: good, open: [{ ring: "201" }, { hangup: busy }] }\n`,
  );
  expect(lines.filter((line) => line.includes('lead back'))).toEqual([
    expect.stringMatching(/:6:.*warning: .*scheme main can lead back to itself/),
    expect.stringMatching(/:7:.*warning: .*scheme other can lead back/),
  ]);
  expect(lines.filter((line) => line.includes('no call comes to'))).toEqual([expect.stringMatching(/^pbx\.yaml:6:/)]);
});

test('members without a device', () => {
  const lines = said(
    `domain: acme.example\nusers:\n${user('201')}  - { extension: "202", name: Empty }\n  - { extension: "203", name: Mobile, mobile: "+79161234567", reach: { to: [{ to: mobile }] } }\ngroups: [{ extension: "600", name: Sales, members: ["201", "202", "203"] }]\n`,
  );
  expect(lines.filter((line) => line.includes('of group 600 has no device'))).toEqual([
    expect.stringMatching(/:6:.*warning: .*202 Empty of group 600 has no device/),
  ]);
});

test('rules that are never reached, and one that seems to let calls abroad out', () => {
  const rules = (...list: string[]) =>
    said(
      `domain: acme.example\nusers:\n${user('201')}trunks: [{ name: itsp, proxy: "sip:192.0.2.1" }]\noutbound:\n${list.map((rule) => `  - ${rule}\n`).join('')}`,
    ).filter((line) => /never reached|abroad/.test(line));
  expect(rules('{ match: "+7*", trunk: itsp }', '{ match: "+7495*", deny: true }')).toEqual([
    expect.stringMatching(/:7:.*the rule \+7495\* is never reached: \+7\* above it takes its numbers/),
  ]);
  expect(rules('{ match: "+7495*", deny: true }', '{ match: "+7*", trunk: itsp }')).toEqual([]);
  expect(rules('{ match: "+7*", trunk: itsp, from: ["201"] }', '{ match: "+7495*", deny: true }')).toEqual([]);
  expect(rules('{ match: "+*", trunk: itsp }')).toEqual([
    expect.stringMatching(/:6:.*the rule \+\* lets no call abroad out; add international: true/),
  ]);
  expect(rules('{ match: "+*", trunk: itsp, international: true }')).toEqual([]);
  expect(rules('{ match: "+49*", trunk: itsp }', '{ match: "+*", deny: true }')).toEqual([]);
});

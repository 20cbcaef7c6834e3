import { expect, test } from 'vitest';
import { formatProblem } from '../problems/problem.ts';
import { checkPbx } from './check-pbx.ts';

function said(rule: string): string[] {
  const checked = checkPbx(
    `domain: acme.example
users: [{ extension: "201", name: Anna, devices: [{ login: anna, password: Vf5kNm7Z }] }]
trunks: [{ name: itsp, proxy: "sip:192.0.2.1" }]
outbound:
  - ${rule}
`,
    'pbx.yaml',
  );
  const lines = (checked.ok ? checked.warnings : checked.problems).map(formatProblem);
  return lines.filter((line) => line.includes('such calls are refused'));
}

test.each([
  [
    '{ match: "9*", trunk: itsp, send: "$1" }',
    /:5:\d+: warning: .*rule 9\* sends can be a number abroad or a premium one/,
  ],
  ['{ match: "9xxxxxxxxxxx", trunk: itsp, send: "$1" }', /premium one, which its digits do not tell/],
  ['{ match: "9xxxxxxxxx", trunk: itsp }', /add international: true \(and premium: true\)/],
  [
    '{ match: "7xxxxxx", trunk: itsp, send: "810$1" }',
    /can be a number abroad: such calls are refused; add international/,
  ],
  ['{ match: "9*", trunk: itsp, send: "00$1" }', /can be a number abroad:/],
  ['{ match: "+7*", trunk: itsp, send: "810$1" }', /can be a number abroad:/],
])('%s is told', (rule, text) => {
  expect(said(rule)).toEqual([expect.stringMatching(text)]);
});

test.each([
  '{ match: "98xxxxxxxxxx", trunk: itsp, send: "8$1" }',
  '{ match: "9*", trunk: itsp, send: "$1", international: true }',
  '{ match: "+7*", trunk: itsp, send: "$1" }',
  '{ match: "+49*", trunk: itsp, send: "49$1" }',
  '{ match: "9x*", trunk: itsp, send: "81049$1" }',
  '{ match: "3xx", trunk: itsp }',
  '{ match: "9xxx", trunk: itsp, send: "0$1" }',
  '{ match: "0123456789", trunk: itsp }',
  '{ match: "9*", extension: "201", send: "$1" }',
  '{ match: "9*", deny: true }',
])('%s is not', (rule) => {
  expect(said(rule)).toEqual([]);
});

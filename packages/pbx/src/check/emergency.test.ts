import { expect, test } from 'vitest';
import { told } from '../testing/told.ts';

const file = (...rules: string[]) => `domain: acme.example
users: [{ extension: "210", name: PBX, devices: [{ login: branch, password: Vf5kNm7Z, trunk: true }] }]
trunks:
  - { name: warehouse, proxy: "sip:192.0.2.1" }
  - { name: operator, proxy: "sip:192.0.2.2", register: { login: x7, password: Vf5kNm7Z } }
outbound:
${rules.map((rule) => `  - ${rule}\n`).join('')}`;
const said = (...rules: string[]) => told(file(...rules)).filter((line) => line.includes('emergency'));

test.each([
  ['{ match: "112", deny: true }', '112', 'it denies it'],
  ['{ match: "xxx", deny: true }', '101, 102, 103, 104, 112', 'it denies it'],
  [
    '{ match: "1xx", trunk: warehouse }',
    '101, 102, 103, 104, 112',
    'it sends it to trunk warehouse, which is no operator',
  ],
  ['{ match: "1x[1-2]", extension: "210" }', '101, 102, 112', 'it sends it to the PBX at 210, which is no operator'],
  ['{ match: "*", trunk: warehouse, from: ["210"] }', '101, 102, 103, 104, 112', 'it sends it to trunk warehouse'],
])('%s keeps calls from help', (rule, numbers, how) => {
  const [first] = numbers.split(', ');
  const [line, ...more] = said(rule);
  expect(more).toEqual([]);
  expect(line).toMatch(/^pbx\.yaml:7:\d+: warning: outbound\[0\]\.match: /);
  expect(line).toContain(`keeps calls to ${numbers} from the emergency services: ${how}`);
  expect(line).toContain(`; put a rule above it such as { match: "${first}", trunk: operator }`);
});

test.each([
  ['{ match: "112", trunk: warehouse }'],
  ['{ match: "10x", extension: "210" }'],
  ['{ match: "*", trunk: operator }'],
  ['{ match: "*", trunk: warehouse, reserve: [operator] }'],
  ['{ match: "3xx", deny: true }'],
  ['{ match: "+*", deny: true }'],
])('%s does not', (rule) => {
  expect(said(rule)).toEqual([]);
});

test('the first rule for everybody decides, and one rule tells of those that are left to it', () => {
  const deny = '{ match: "xxx", deny: true }';
  expect(said('{ match: "10x", trunk: operator }', '{ match: "112", trunk: operator }', deny)).toEqual([]);
  expect(said('{ match: "10x", trunk: operator }', deny)).toEqual([expect.stringContaining('calls to 112 from')]);
  expect(said('{ match: "1*", trunk: operator, from: ["210"] }', deny)).toHaveLength(1);
});

test('a number of the domain that is one', () => {
  expect(told('domain: acme.example\nnumbers: [{ number: "112" }]\n').filter((line) => line.includes('hides'))).toEqual(
    [
      expect.stringMatching(
        /^pbx\.yaml:2:\d+: warning: numbers\[0\]\.number: number 112 hides the emergency number 112; take another/,
      ),
    ],
  );
});

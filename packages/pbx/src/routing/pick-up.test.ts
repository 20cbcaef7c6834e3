import { expect, test } from 'vitest';
import { routesOf } from '../testing/routes.ts';
import { told } from '../testing/told.ts';
import { IDLE } from './noted-world.ts';

const FILE = `domain: acme.example
users:
  - { extension: "201", name: Anna, devices: [{ login: anna, password: Vf5kNm7Z }] }
  - { extension: "202", name: Boris, devices: [{ login: boris, password: Vf5kNm7Z }] }
  - { extension: "203", name: Vera, devices: [{ login: vera, password: Vf5kNm7Z }] }
  - { extension: "204", name: Gleb, devices: [{ login: gleb, password: Vf5kNm7Z }] }
groups:
  - { extension: "600", name: Sales, members: ["201", "202"] }
  - { extension: "601", name: Support, members: ["201", "203"] }
  - { extension: "602", name: Law, members: ["203", "204"] }
`;

const dialled = (number: string, login = 'anna', rings = ['201', '202', '203', '204']): string => {
  const activity = (_: unknown, extension: string) => ({ ...IDLE, ringing: rings.includes(extension) ? 1 : 0 });
  const { step } = routesOf(FILE).from(login, number, { activity }).plan;
  if (step.do !== 'pick-up') return `${step.do}: ${step.because}`;
  return `${step.extensions.join(' ')}${step.group === undefined ? '' : ` of ${step.group}`}`;
};

test.each([
  // Colleagues of the groups that Anna is in, never her own phones, and only those that ring.
  ['*8', 'anna', undefined, '202 203'],
  ['*8', 'anna', ['201', '203', '204'], '203'],
  ['*8', 'gleb', undefined, '203'],
  ['*8204', 'anna', undefined, '204'],
  ['*8600', 'gleb', undefined, '201 202 of 600'],
  ['*8', 'anna', ['204'], 'reject: *8 picks a call up: no phone rings at the groups of Anna (Sales, Support)'],
  ['*8204', 'anna', ['202'], 'reject: *8 picks a call up: no phone rings at Gleb (204)'],
  ['*8777', 'anna', undefined, 'reject: *8 picks a call up: 777 is no extension of an employee or a group'],
])('%s by %s, ringing %j: %s', (number, login, rings, expected) => {
  expect(dialled(number, login, rings)).toBe(expected);
});

test('who is in no group is told so', () => {
  const alone = FILE.replace(
    'groups:',
    '  - { extension: "205", name: Daria, devices: [{ login: daria, password: Vf5kNm7Z }] }\ngroups:',
  );
  const { step } = routesOf(alone).from('daria', '*8').plan;
  expect(step).toMatchObject({ do: 'reject', reason: 'not-found', text: 'Daria is in no group' });
});

test('vats check finds a code that would be taken for a pick-up', () => {
  expect(told(`${FILE}codes: { echo: "*843" }\n`)).toEqual([
    expect.stringMatching(/codes\.echo: \*843 begins with \*8, the code for pickup; write another code, or none/),
  ]);
  expect(told(`${FILE}codes: { echo: "*843", pickup: none }\n`)).toEqual([]);
});

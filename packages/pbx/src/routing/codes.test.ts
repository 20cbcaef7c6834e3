import { describe, expect, test } from 'vitest';
import { routesOf } from '../testing/routes.ts';
import { told } from '../testing/told.ts';

const FILE = `domain: acme.example
users:
  - { extension: "201", name: Anna, devices: [{ login: anna, password: Vf5kNm7Z }] }
  - { extension: "202", name: Boris, devices: [{ login: boris, password: Vf5kNm7Z }] }
groups:
  - { extension: "600", name: Sales, members: ["201"], login: true }
  - { extension: "601", name: Support, members: ["201"], login: true }
  - { extension: "602", name: All, members: ["201", "202"] }
`;

const step = (dialled: string, more = '', login = 'anna') => {
  const { do: doing, ...rest } = routesOf(`${FILE}${more}`).from(login, dialled).plan.step;
  if (doing !== 'agent' || !('action' in rest)) return doing;
  return `${rest.action} ${rest.groups.join(',')}`.trim();
};

test.each([
  ['*43', 'echo'],
  ['*45', 'login 600,601'],
  ['*45601', 'login 601'],
  ['*46600', 'logout 600'],
  ['*47', 'pause'],
  ['*48', 'resume'],
  // No such group, one that nobody logs in to, and digits where there may be none.
  ['*45999', 'reject'],
  ['*45602', 'reject'],
  ['*47600', 'reject'],
])('%s: %s', (dialled, expected) => {
  expect(step(dialled)).toBe(expected);
});

test('who is in no group with a log-in is told so', () => {
  expect(step('*45', '', 'boris')).toBe('reject');
});

test('codes are as the domain says', () => {
  expect(step('*1', 'codes: { echo: "*1", login: none }\n')).toBe('echo');
  expect(step('*45', 'codes: { echo: "*1", login: none }\n')).toBe('reject');
});

describe('vats check', () => {
  const lines = (codes: string, more = '') => told(`${FILE}codes: ${codes}\n${more}`);

  test('finds a code that is another’s, or that is hidden by one', () => {
    expect(lines('{ echo: "*48" }')).toEqual([
      expect.stringContaining('echo and resume have the same code *48; write'),
    ]);
    expect(lines('{ echo: "*451" }')).toEqual([
      expect.stringMatching(/codes\.echo: \*451 begins with \*45, the code for login; write another code, or none/),
    ]);
    expect(lines('{ echo: "*48", resume: none }')).toEqual([]);
  });

  test('finds a number that is a code, and words that are none', () => {
    expect(
      lines('{}', 'trunks: [{ name: t, proxy: "sip:192.0.2.1" }]\nnumbers: [{ number: "*43", trunk: t, to: "201" }]\n'),
    ).toEqual([expect.stringContaining("number *43 is the code for echo: employees can't dial it")]);
    expect(lines('{ echo: "43" }')).toEqual([expect.stringContaining('is no code; write a star')]);
  });
});

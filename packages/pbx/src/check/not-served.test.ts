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

import { expect, test } from 'vitest';
import { routesOf } from '../testing/routes.ts';

const ACME = `
domain: acme.example
users:
  - { extension: "201", name: Anna, devices: [{ login: anna, password: Vf5kNm7Z }], forward: { always: voicemail } }
  - { extension: "202", name: Boris, devices: [{ login: boris, password: Qw8rTy2U }] }
  - { extension: "210", name: PBX, devices: [{ login: branch, password: Qw8rTy2U, trunk: true }] }
groups: [{ extension: "600", name: Sales, members: ["201"], noAnswer: voicemail }]
`;

test.each([
  ['anna', '*98', 'mailbox 201 own'],
  ['anna', '*98201', 'mailbox 201 own'],
  ['anna', '*98202', 'mailbox 202'],
  ['anna', '*98600', 'mailbox 600 own'],
  ['boris', '*98600', 'mailbox 600'],
  // A login is no mailbox, and behind a PBX anybody may call.
  ['anna', '*98boris', 'reject not-found'],
  ['anna', '*98999', 'reject not-found'],
  ['branch', '*98', 'mailbox 210'],
])('%s dials %s: %s', (login, dialled, now) => {
  expect(routesOf(ACME).from(login, dialled).now).toBe(now);
});

test('the code is the domain’s own where it names one', () => {
  const routes = routesOf(`${ACME}codes: { voicemail: "*5" }`);
  expect(routes.from('anna', '*5').now).toBe('mailbox 201 own');
  expect(routes.from('anna', '*98').now).toBe('reject not-found');
});

test('all calls of a user may go to their mailbox, and calls that a group leaves to the group’s', () => {
  const routes = routesOf(ACME);
  expect(routes.from('boris', '201').now).toBe('voicemail 201');
  expect(routes.from('boris', '201').plan.forwards).toEqual([{ by: '201', to: 'voicemail', when: 'always' }]);
  expect(routes.from('boris', '600').toTheEnd('callee-declined')).toEqual([
    'ring anna 25000',
    'voicemail 600',
    'hangup',
  ]);
});

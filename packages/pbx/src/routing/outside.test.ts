import { describe, expect, test } from 'vitest';
import { type Moment, routesOf } from '../testing/routes.ts';
import type { OutsideTarget } from './plan.ts';
import { writtenFor } from './written-number.ts';

const PBX = routesOf(`domain: acme.example
callerId: "+74951234567"
users:
  - { extension: "201", name: Anna, callerId: "+74957654321", devices: [{ login: anna, password: Vf5kNm7Z }] }
  - { extension: "202", name: Boris, anonymous: true, devices: [{ login: boris, password: Vf5kNm7Z }] }
  - extension: "210"
    name: Asterisk
    devices: [{ login: user11, password: Vf5kNm7Z, trunk: true }]
groups: [{ extension: "600", name: Sales, members: ["202"] }]
trunks:
  - { name: itsp, proxy: "sip:192.0.2.1", register: { login: a, password: b }, channels: 2, numbers: { send: "7" } }
  - { name: second, proxy: "sip:192.0.2.2", numbers: { send: "8" } }
  - { name: warehouse, proxy: "sip:192.0.2.3" }
numbers: [{ number: "+74951234567", trunk: itsp }, { number: "+74957654321", trunk: itsp }]
outbound:
  - { match: "3xx", trunk: warehouse }
  - { match: "4xx", extension: "210" }
  - { match: "9x*", trunk: warehouse, send: "0$1" }
  - { match: "+7[67]*", deny: true }
  - { match: "+7499*", trunk: second, from: ["600"] }
  - { match: "+78123*", trunk: itsp, reserve: [second], leastCost: true }
  - { match: "+7*", trunk: itsp, reserve: [second], callerId: "+74951234567" }
  - { match: "+49*", trunk: itsp }
  - { match: "+*", trunk: itsp }
`);

const target = (login: string, dialled: string, moment: Moment = {}) => {
  const { plan } = PBX.from(login, dialled, moment);
  if (plan.step.do !== 'ring') throw new Error(plan.story.at(-1));
  return plan.step.targets[0] as OutsideTarget;
};

describe('the first rule that matches decides', () => {
  test.each([
    ['300', 'ring 300 by warehouse 120000'],
    ['89161234567', 'ring +79161234567 by itsp, else second 120000'],
    ['+77271234567', 'reject forbidden'],
    ['+4930123456', 'ring +4930123456 by itsp 120000'],
    // A pattern that names no country is no permission for all of them.
    ['+12025550123', 'reject forbidden'],
    ['88091234567', 'reject forbidden'],
    ['112', 'ring 112 by itsp 120000'],
    ['500', 'reject not-found'],
  ])('%s: %s', (dialled, now) => {
    expect(PBX.from('anna', dialled).now).toBe(now);
  });

  test('that whoever calls may use', () => {
    expect(PBX.from('boris', '+74991234567').now).toBe('ring +74991234567 by second 120000');
    expect(PBX.from('anna', '+74991234567').now).toBe('ring +74991234567 by itsp, else second 120000');
  });

  test('to a PBX behind an account, which hears the number', () => {
    const trip = PBX.from('anna', '401');
    expect(trip.now).toBe('ring user11 120000');
    expect(trip.plan.step).toMatchObject({ targets: [{ kind: 'device', did: '401' }] });
    expect(PBX.from('anna', '401', { unreachable: ['user11'] }).now).toBe('reject unreachable');
  });
});

describe('how a call looks outside', () => {
  test('numbers are written as the trunk wants them, or as the rule says', () => {
    expect(target('anna', '89161234567').ways.map(({ send }) => send)).toEqual(['79161234567', '89161234567']);
    expect(target('anna', '9123').ways).toMatchObject([{ send: '0123' }]);
    expect(target('anna', '300').ways).toMatchObject([{ send: '300' }]);
  });

  test('it shows the rule’s number, else the user’s, else the domain’s; and none where the user wants none', () => {
    expect(target('anna', '+4930123456').ways).toMatchObject([{ callerId: '+74957654321' }]);
    expect(target('anna', '89161234567').ways).toMatchObject([
      { callerId: '+74951234567' },
      { callerId: '+74951234567' },
    ]);
    const [way] = target('boris', '+4930123456').ways;
    expect(way).toMatchObject({ callerId: '+74951234567', anonymous: true });
  });

  test('it is ordered by who calls', () => {
    expect(target('anna', '300').orderedBy?.extension).toBe('201');
  });
});

describe('trunks', () => {
  test('that are down come last, those that are full not at all', () => {
    const names = (moment: Moment) => target('anna', '89161234567', moment).ways.map(({ trunk }) => trunk);
    expect(names({ isTrunkUp: (_, trunk) => trunk !== 'itsp' })).toEqual(['second', 'itsp']);
    expect(names({ channelsInUse: (_, kind, key) => (kind === 'trunk' && key === 'itsp' ? 2 : 0) })).toEqual([
      'second',
    ]);
    expect(names({ channelsInUse: (_, kind, key) => (kind === 'trunk' && key === 'itsp' ? 1 : 0) })).toEqual([
      'itsp',
      'second',
    ]);
    expect(PBX.from('anna', '+4930123456', { channelsInUse: () => 2 }).now).toBe('reject no-channel');
  });

  test('are tried by what they cost where that is asked for', () => {
    const cheapestFirst = (_: unknown, __: string, trunks: readonly string[]) => [...trunks].reverse();
    expect(target('anna', '+78123334455', { cheapestFirst }).ways.map(({ trunk }) => trunk)).toEqual([
      'second',
      'itsp',
    ]);
    expect(target('anna', '89161234567', { cheapestFirst }).ways.map(({ trunk }) => trunk)).toEqual(['itsp', 'second']);
  });
});

test.each([
  ['+74951234567', 'e164', '+74951234567'],
  ['+74951234567', '7', '74951234567'],
  ['+74951234567', '8', '84951234567'],
  ['+4930123456', '7', '4930123456'],
  ['+4930123456', '8', '8104930123456'],
  ['112', '8', '112'],
  ['*100', '7', '*100'],
] as const)('%s is written %s: %s', (number, form, written) => {
  expect(writtenFor(number, form)).toBe(written);
});

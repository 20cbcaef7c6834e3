import { describe, expect, test } from 'vitest';
import { type Moment, routesOf } from '../testing/routes.ts';
import { IDLE } from './noted-world.ts';
import type { Activity } from './plan.ts';

const USERS = `
  - { extension: "200", name: Outsider, devices: [{ login: outsider, password: Vf5kNm7Z }] }
  - { extension: "201", name: Anna, devices: [{ login: anna, password: Vf5kNm7Z }] }
  - { extension: "202", name: Boris, devices: [{ login: boris, password: Vf5kNm7Z }] }
  - { extension: "203", name: Vera, devices: [{ login: vera, password: Vf5kNm7Z }] }`;

function groupOf(keys: string, members = '["201", "202", "203"]') {
  return routesOf(`domain: acme.example
users:${USERS}
groups: [{ extension: "600", name: Sales, members: ${members}${keys === '' ? '' : `, ${keys}`} }]
trunks: [{ name: itsp, proxy: "sip:192.0.2.1" }]
outbound: [{ match: "+7*", trunk: itsp }]
`);
}

/** What some are doing; the others nothing. */
const activities = (known: Record<string, Partial<Activity>>) => ({
  activity: (_: unknown, extension: string): Activity => ({ ...IDLE, ...known[extension] }),
});

describe('strategies', () => {
  test.each([
    ['', ['ring anna+boris+vera 25000', 'reject no-answer']],
    ['ring: 40s', ['ring anna+boris+vera 40000', 'reject no-answer']],
    ['strategy: sequential', ['ring anna 15000', 'ring boris 15000', 'ring vera 15000', 'reject no-answer']],
    ['strategy: sequential, ring: 7s', ['ring anna 7000', 'ring boris 7000', 'ring vera 7000', 'reject no-answer']],
    [
      'strategy: sequential, rounds: 2',
      [
        ...Array.from({ length: 2 }, () => ['anna', 'boris', 'vera'])
          .flat()
          .map((one) => `ring ${one} 15000`),
        'reject no-answer',
      ],
    ],
    ['rounds: 2', ['ring anna+boris+vera 25000', 'ring anna+boris+vera 25000', 'reject no-answer']],
    [
      'strategy: priority, rounds: 3, ring: 5s',
      [...Array.from({ length: 3 }, () => 'ring anna+boris+vera 5000'), 'reject no-answer'],
    ],
    ['strategy: longest-idle', ['ring vera 15000', 'ring anna 15000', 'ring boris 15000', 'reject no-answer']],
    ['strategy: fewest-calls', ['ring boris 15000', 'ring vera 15000', 'ring anna 15000', 'reject no-answer']],
    ['strategy: least-talk', ['ring boris 15000', 'ring anna 15000', 'ring vera 15000', 'reject no-answer']],
  ])('with %j', (keys, done) => {
    const world = activities({
      '201': { lastTalkEnd: 500, answered: 9, talkMs: 50 },
      '202': { lastTalkEnd: 900, answered: 2, talkMs: 10 },
      '203': { lastTalkEnd: 100, answered: 5, talkMs: 90 },
    });
    expect(groupOf(keys).from('outsider', '600', world).toTheEnd('no-answer', world)).toEqual(done);
  });

  test('priority: those of one number together, then the next; with longest-idle each in turn', () => {
    const members = '[{ to: "201", priority: 2 }, "202", { to: "203", priority: 2 }]';
    expect(groupOf('strategy: priority', members).from('outsider', '600').toTheEnd()).toEqual([
      'ring boris 15000',
      'ring anna+vera 15000',
      'reject no-answer',
    ]);
    const world = activities({ '201': { lastTalkEnd: 9 }, '203': { lastTalkEnd: 1 } });
    expect(
      groupOf('strategy: priority-longest-idle', members).from('outsider', '600', world).toTheEnd('no-answer', world),
    ).toEqual(['ring boris 15000', 'ring vera 15000', 'ring anna 15000', 'reject no-answer']);
  });

  test('random: every order comes up, and the same seed gives the same one', () => {
    const group = groupOf('strategy: random');
    const orders = Array.from({ length: 300 }, (_, seed) => group.from('outsider', '600', { seed }).toTheEnd().join());
    expect(new Set(orders).size).toBe(6);
    expect(group.from('outsider', '600', { seed: 7 }).toTheEnd().join()).toBe(orders[7]);
    const firsts = orders.map((order) => order.split(' ')[1]);
    for (const login of ['anna', 'boris', 'vera']) {
      expect(firsts.filter((first) => first === login).length).toBeGreaterThan(60);
    }
  });
});

describe('who is left out', () => {
  test('members who talk or ring, unless the group says otherwise; all busy is busy', () => {
    const busy = activities({ '201': { talking: 1 }, '202': { ringing: 1 } });
    const trip = groupOf('').from('outsider', '600', busy);
    expect(trip.now).toBe('ring vera 25000');
    expect(trip.story).toContain('Anna is left out: busy');
    expect(groupOf('skipBusy: false').from('outsider', '600', busy).now).toBe('ring anna+boris+vera 25000');
    const all = activities({ '201': { talking: 1 }, '202': { ringing: 1 }, '203': { talking: 2 } });
    expect(groupOf('').from('outsider', '600', all).now).toBe('reject callee-busy');
  });

  test('who takes one call at a time and has one, though the group rings the busy', () => {
    const group = routesOf(`domain: acme.example
users:${USERS}
  - { extension: "204", name: Gleb, callWaiting: false, devices: [{ login: gleb, password: Vf5kNm7Z }] }
groups: [{ extension: "600", name: Sales, members: ["201", "204"], skipBusy: false }]
`);
    const busy = activities({ '201': { talking: 1 }, '204': { ringing: 1 } });
    expect(group.from('outsider', '600', busy).now).toBe('ring anna 25000');
    expect(group.from('outsider', '600').now).toBe('ring anna+gleb 25000');
  });

  test('members after a call of the group, to the millisecond', () => {
    const after = (ms: number): Moment => ({
      now: 100_000,
      lastTalkOf: (_, group, extension) => (group === '600' && extension === '201' ? 100_000 - ms : 0),
    });
    const group = groupOf('wrapUp: 30s', '["201"]');
    expect(group.from('outsider', '600', after(29_999)).now).toBe('reject unreachable');
    expect(group.from('outsider', '600', after(30_000)).now).toBe('ring anna 25000');
    // A conversation that came another way is none of the group's.
    const other = { now: 100_000, ...activities({ '201': { lastTalkEnd: 99_999 } }) };
    expect(group.from('outsider', '600', other).now).toBe('ring anna 25000');
  });

  test('members who are not logged in, where that is asked for', () => {
    const world = {
      isLoggedIn: (_: unknown, group: string, extension: string) => group === '600' && extension === '202',
    };
    expect(groupOf('login: true').from('outsider', '600', world).now).toBe('ring boris 25000');
    expect(groupOf('').from('outsider', '600', world).now).toBe('ring anna+boris+vera 25000');
  });

  test('who calls, who is not registered, and who is gone', () => {
    expect(groupOf('').from('anna', '600').now).toBe('ring boris+vera 25000');
    expect(groupOf('').from('outsider', '600', { unreachable: ['boris', 'vera'] }).now).toBe('ring anna 25000');
    expect(groupOf('').from('outsider', '600', { unreachable: ['anna', 'boris', 'vera'] }).now).toBe(
      'reject unreachable',
    );
  });

  test('in turn each is judged when it is their turn', () => {
    const trip = groupOf('strategy: sequential').from('outsider', '600');
    expect(trip.now).toBe('ring anna 15000');
    expect(trip.after('no-answer', activities({ '202': { talking: 1 } })).now).toBe('ring vera 15000');
  });
});

test('a member of the group may be a number outside, and begin to ring later', () => {
  const trip = groupOf('', '["201", { to: "+79161234567", after: 10s }]').from('outsider', '600');
  expect(trip.now).toBe('ring anna++79161234567 by itsp 35000');
  expect(trip.plan.step).toMatchObject({ ofMany: true, targets: [{}, { after: 10_000 }] });
});

test('where nobody took the call it goes on, and comes to an end', () => {
  const chained = routesOf(`domain: acme.example
users:${USERS}
groups:
  - { extension: "600", name: Sales, members: ["201"], noAnswer: "601" }
  - { extension: "601", name: Office, members: ["202"], noAnswer: "203" }
  - { extension: "602", name: Ring, members: ["202"], noAnswer: "603" }
  - { extension: "603", name: Back, members: ["203"], noAnswer: "602" }
`);
  expect(chained.from('outsider', '600').toTheEnd()).toEqual([
    'ring anna 25000',
    'ring boris 25000',
    'ring vera 60000',
    'reject no-answer',
  ]);
  expect(chained.from('outsider', '602').toTheEnd()).toEqual(['ring boris 25000', 'ring vera 25000', 'reject loop']);
});

test('a round is followed by the next however its last phone ended, and not where nobody rang in it', () => {
  const turns = ['ring anna 15000', 'ring boris 15000', 'ring vera 15000'];
  expect(groupOf('strategy: sequential, rounds: 2').from('outsider', '600').toTheEnd('callee-busy')).toEqual([
    ...turns,
    ...turns,
    'reject callee-busy',
  ]);
  const away = { unreachable: ['anna', 'boris', 'vera'] };
  expect(groupOf('rounds: 9').from('outsider', '600', away).toTheEnd()).toEqual(['reject unreachable']);
  const trip = groupOf('rounds: 9').from('outsider', '600').after('no-answer', away);
  expect(trip.now).toBe('reject no-answer');
});

test('one who declines declines for himself', () => {
  const trip = groupOf('strategy: sequential').from('outsider', '600');
  expect(trip.after('callee-declined').now).toBe('ring boris 15000');
});

test('the next round comes though the last of them could not be rung', () => {
  const away = { unreachable: ['vera'] };
  expect(groupOf('strategy: sequential, rounds: 2').from('outsider', '600', away).toTheEnd('no-answer', away)).toEqual([
    'ring anna 15000',
    'ring boris 15000',
    'ring anna 15000',
    'ring boris 15000',
    'reject no-answer',
  ]);
});

test('a list that names a group rings whom the group would, each at their time', () => {
  const pbx = routesOf(`domain: acme.example
users:
  - { extension: "201", name: Anna, devices: [{ login: anna, password: Vf5kNm7Z }] }
  - { extension: "202", name: Boris, devices: [{ login: boris, password: Vf5kNm7Z }], mobile: "+79161234567", reach: { to: [{ to: devices }, { to: mobile, after: 5s }] } }
  - { extension: "203", name: Vera, devices: [{ login: vera, password: Vf5kNm7Z }] }
groups: [{ extension: "600", name: Sales, login: true, members: ["201", { to: "202", after: 10s }] }]
trunks: [{ name: itsp, proxy: "sip:192.0.2.1", register: { login: a, password: b } }]
numbers: [{ number: "+74951234567", scheme: main }]
schemes: [{ name: main, open: [{ ring: ["600", "203"] }] }]
outbound: [{ match: "+7*", trunk: itsp }]
`);
  const world = { isLoggedIn: (_: unknown, __: string, extension: string) => extension === '202' };
  const trip = pbx.by('itsp', '+79031112233', '+74951234567', world);
  expect(trip.now).toBe('ring boris++79161234567 by itsp+vera 40000');
  expect(trip.plan.step).toMatchObject({ targets: [{ after: 10_000 }, { after: 15_000 }, {}] });
  expect(trip.story).toContain('Anna is left out: not logged in');
});

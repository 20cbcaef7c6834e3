import { describe, expect, test } from 'vitest';
import { type Moment, routesOf } from '../testing/routes.ts';
import { IDLE } from './noted-world.ts';

const DAY = Date.UTC(2026, 4, 5, 9);

const pbxWith = (keys: string) =>
  routesOf(`domain: acme.example
timezone: Europe/Moscow
users:
  - extension: "201"
    name: Anna
    mobile: "+79161234567"
    devices: [{ login: anna, password: Vf5kNm7Z }, { login: anna-soft, password: Vf5kNm7Z }]
    ${keys}
  - { extension: "202", name: Boris, devices: [{ login: boris, password: Vf5kNm7Z }] }
  - { extension: "203", name: Vera, devices: [{ login: vera, password: Vf5kNm7Z }], forward: { always: "201" } }
groups: [{ extension: "600", name: Sales, members: ["202"] }]
trunks: [{ name: itsp, proxy: "sip:192.0.2.1" }]
outbound: [{ match: "+7*", trunk: itsp }]
`);
const end = (
  keys: string,
  moment: Moment = {},
  outcome?: Parameters<ReturnType<ReturnType<typeof routesOf>['from']>['toTheEnd']>[0],
) => pbxWith(keys).from('boris', '201', moment).toTheEnd(outcome, moment);

describe('what rings', () => {
  test('whoever takes one call at a time, and has one when their first phone has rung, is not rung on the next', () => {
    const keys = 'callWaiting: false, reach: { order: in-turn, to: [{ to: anna }, { to: anna-soft }] }';
    const trip = pbxWith(keys.replace(', reach', '\n    reach')).from('boris', '201');
    expect(trip.now).toBe('ring anna 60000');
    const busy = { activity: () => ({ ...IDLE, talking: 1 }) };
    expect(trip.after('no-answer', busy).now).toBe('reject no-answer');
  });

  test.each([
    ['', ['ring anna+anna-soft 60000', 'reject no-answer']],
    ['ring: 20s', ['ring anna+anna-soft 20000', 'reject no-answer']],
    [
      'reach: { to: [{ to: devices }, { to: mobile, after: 10s }] }',
      ['ring anna+anna-soft++79161234567 by itsp 70000', 'reject no-answer'],
    ],
    [
      'reach: { to: [{ to: anna, ring: 15s }, { to: mobile, after: 10s, ring: 20s }] }',
      ['ring anna++79161234567 by itsp 30000', 'reject no-answer'],
    ],
    [
      'reach: { order: in-turn, to: [{ to: anna, ring: 15s }, { to: anna-soft, ring: 5s }, { to: "+79260000000", ring: 20s }] }',
      ['ring anna 15000', 'ring anna-soft 5000', 'ring +79260000000 by itsp 20000', 'reject no-answer'],
    ],
  ])('with %s: %j', (keys, done) => {
    expect(end(keys)).toEqual(done);
  });

  test('several mobile numbers ring in order or together, each for a time of its own', () => {
    const numbers =
      '{ to: devices, ring: 10s }, { to: mobile, ring: 15s }, { to: "+79260000000", ring: 20s, after: 5s }';
    expect(end(`reach: { order: in-turn, to: [${numbers}] }`)).toEqual([
      'ring anna+anna-soft 10000',
      'ring +79161234567 by itsp 15000',
      'ring +79260000000 by itsp 20000',
      'reject no-answer',
    ]);
    const { step } = pbxWith(`reach: { to: [${numbers}] }`).from('boris', '201').plan;
    expect(step).toMatchObject({
      ring: 25_000,
      targets: [{ ring: 10_000 }, { ring: 10_000 }, { ring: 15_000 }, { ring: 20_000, after: 5_000 }],
    });
  });

  test('that the last in turn can not be called does not make unreachable who was rung', () => {
    const keys = 'reach: { order: in-turn, to: [{ to: anna }, { to: anna-soft }] }';
    expect(end(keys, { unreachable: ['anna-soft'] })).toEqual(['ring anna 60000', 'reject no-answer']);
  });

  test('a phone that two entries lead to rings once, as the first one says', () => {
    const keys =
      'reach: { to: [{ to: anna, ring: 5s }, { to: devices, ring: 30s }, { to: mobile }, { to: "+79161234567" }] }';
    expect(end(keys)[0]).toBe('ring anna+anna-soft++79161234567 by itsp 60000');
  });

  test('in turn, what can not be rung is passed over, and a refusal ends it', () => {
    const keys = 'reach: { order: in-turn, to: [{ to: anna }, { to: anna-soft }, { to: mobile }] }';
    expect(end(keys, { unreachable: ['anna'] })).toEqual([
      'ring anna-soft 60000',
      'ring +79161234567 by itsp 60000',
      'reject no-answer',
    ]);
    expect(end(keys, {}, 'callee-declined')).toEqual(['ring anna 60000', 'reject callee-declined']);
    expect(end(keys, {}, 'callee-busy')).toHaveLength(4);
  });

  test('a number outside that a user’s reach names is rung at the user’s order', () => {
    const { plan } = pbxWith('reach: { to: [{ to: mobile }] }').from('boris', '201');
    expect(plan.step).toMatchObject({ targets: [{ kind: 'outside', orderedBy: { extension: '201' } }] });
  });
});

test('why a number outside of theirs does not ring is told, and which rule says so', () => {
  const pbx = (reach: string, channels = 9) =>
    routesOf(`domain: acme.example
users:
  - { extension: "201", name: Anna, mobile: "+79161234567", devices: [{ login: anna, password: Vf5kNm7Z }], reach: ${reach} }
  - { extension: "202", name: Boris, devices: [{ login: boris, password: Vf5kNm7Z }] }
groups: [{ extension: "600", name: Sales, members: ["201"] }]
trunks: [{ name: itsp, proxy: "sip:192.0.2.1", channels: ${channels} }]
outbound: [{ match: "+7926*", deny: true }, { match: "+7495*", trunk: itsp, from: ["202"] }, { match: "+7916*", trunk: itsp }, { match: "+*", trunk: itsp }]
`);
  const both = '{ to: [{ to: devices }, { to: "+79260000000" }, { to: "+12025550123" }, { to: mobile }] }';
  const told = [
    '+79260000000 matches the outbound rule +7926*: the rule denies it',
    expect.stringMatching(/^\+12025550123 matches the outbound rule \+\*: /),
  ];
  for (const to of ['201', '600']) {
    const trip = pbx(both).from('boris', to);
    expect(trip.now).toContain('ring anna++79161234567 by itsp');
    expect(trip.story).toEqual(expect.arrayContaining(told));
  }
  const full = pbx('{ order: in-turn, to: [{ to: mobile }, { to: anna }] }', 1).from('boris', '201', {
    channelsInUse: () => 1,
  });
  expect(full.now).toBe('ring anna 60000');
  expect(full.story).toContain('+79161234567 matches the outbound rule +7916*: all channels are in use');
  const alone = pbx('{ to: [{ to: "+79260000000" }] }').from('boris', '201');
  expect(alone.story.join()).not.toContain('is registered');
  expect(alone.story).toContain('+79260000000 matches the outbound rule +7926*: the rule denies it');
});

describe('forwards', () => {
  test.each([
    ['forward: { always: "202" }', 'no-answer', ['ring boris 60000', 'reject no-answer']],
    ['forward: { noAnswer: "600" }', 'no-answer', ['ring anna+anna-soft 60000', 'reject unreachable']],
    [
      'forward: { busy: "+79169999999" }',
      'callee-busy',
      ['ring anna+anna-soft 60000', 'ring +79169999999 by itsp 120000', 'reject callee-busy'],
    ],
    ['forward: { busy: "202" }', 'no-answer', ['ring anna+anna-soft 60000', 'reject no-answer']],
    ['forward: { noAnswer: voicemail }', 'no-answer', ['ring anna+anna-soft 60000', 'voicemail 201', 'hangup']],
    ['forward: { busy: voicemail }', 'callee-busy', ['ring anna+anna-soft 60000', 'voicemail 201', 'hangup']],
    ['forward: { noAnswer: "203" }', 'no-answer', ['ring anna+anna-soft 60000', 'reject loop']],
    ['forward: { noAnswer: "202" }', 'callee-declined', ['ring anna+anna-soft 60000', 'reject callee-declined']],
  ] as const)('%s, after %s: %j', (keys, outcome, done) => {
    // Boris calls, so that a forward to his group reaches nobody.
    expect(end(keys, {}, outcome)).toEqual(done);
  });

  test('when no device can be reached', () => {
    const away = { unreachable: ['anna', 'anna-soft'] };
    expect(end('forward: { unreachable: mobile }'.replace('mobile', '"+79161234567"'), away)).toEqual([
      'ring +79161234567 by itsp 120000',
      'reject no-answer',
    ]);
    expect(end('forward: { noAnswer: "202" }', away)).toEqual(['reject unreachable']);
  });

  test('a loop ends at once', () => {
    expect(pbxWith('dnd: true\n    forward: { busy: "203" }').from('boris', '201').now).toBe('reject loop');
  });
});

describe('who takes no calls now', () => {
  test('do not disturb, with and without where calls go then', () => {
    expect(end('dnd: true')).toEqual(['reject do-not-disturb']);
    expect(end('dnd: true\n    forward: { busy: "202" }')[0]).toBe('ring boris 60000');
  });

  test('without call waiting, while a call is up or rings', () => {
    const busy = (activity: object): Moment => ({
      activity: (_, extension) => ({ ...IDLE, ...(extension === '201' && activity) }),
    });
    expect(end('callWaiting: false', busy({ talking: 1 }))).toEqual(['reject callee-busy']);
    expect(end('callWaiting: false', busy({ ringing: 1 }))).toEqual(['reject callee-busy']);
    expect(end('callWaiting: false', busy({}))[0]).toBe('ring anna+anna-soft 60000');
    expect(end('', busy({ talking: 3 }))[0]).toBe('ring anna+anna-soft 60000');
  });

  test('outside their hours', () => {
    const keys = 'hours: { mon-fri: "09:00-18:00" }';
    expect(end(keys, { now: DAY })[0]).toBe('ring anna+anna-soft 60000');
    const night = { now: DAY + 12 * 3_600_000 };
    expect(end(keys, night)).toEqual(['reject unreachable']);
    expect(end(`${keys}\n    forward: { closed: "202", unreachable: "600" }`, night)[0]).toBe('ring boris 60000');
  });
});

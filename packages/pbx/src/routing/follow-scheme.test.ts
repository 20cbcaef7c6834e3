import { describe, expect, test } from 'vitest';
import { SCHEMES } from '../model/kinds.ts';
import { onlyDomain } from '../testing/model-of.ts';
import { type Moment, routesOf } from '../testing/routes.ts';
import { IDLE } from './noted-world.ts';

function schemeOf(open: string, more = '') {
  const pbx = routesOf(`domain: acme.example
users:
  - { extension: "201", name: Anna, devices: [{ login: anna, password: Vf5kNm7Z }], noAnswer: { to: "203" } }
  - { extension: "202", name: Boris, devices: [{ login: boris, password: Vf5kNm7Z }] }
  - { extension: "203", name: Vera, devices: [{ login: vera, password: Vf5kNm7Z }] }
groups: [{ extension: "600", name: Sales, members: ["202", "203"] }]
trunks: [{ name: itsp, proxy: "sip:192.0.2.1", register: { login: a, password: b } }]
numbers: [{ number: "+74951234567", trunk: itsp, scheme: main }]
schemes: [{ name: main, open: ${open} }${more}]
outbound: [{ match: "+7*", trunk: itsp }]
`);
  return pbx.by('itsp', '+79161234567', '+74951234567');
}

test.each([
  ['[{ ring: "202" }]', ['ring boris 60000', 'reject no-answer']],
  ['[{ ring: "202" }, { ring: "203" }]', ['ring boris 60000', 'ring vera 60000', 'reject no-answer']],
  ['[{ ring: { to: ["202"], ring: 7s } }, { hangup: busy }]', ['ring boris 7000', 'reject callee-busy']],
  ['[{ ring: ["202", "203"] }, { hangup: normal }]', ['ring boris+vera 25000', 'hangup']],
  [
    '[{ ring: { to: ["202", "203"], order: in-turn, ring: 5s } }, { hangup: declined }]',
    ['ring boris 5000', 'ring vera 5000', 'reject callee-declined'],
  ],
  ['[{ ring: { to: ["600", "202"], ring: 9s } }]', ['ring boris+vera 9000', 'reject no-answer']],
  [
    '[{ ring: "+79169999999" }, { ring: "600" }]',
    ['ring +79169999999 by itsp 120000', 'ring boris+vera 25000', 'reject no-answer'],
  ],
  // A user's own forward comes first, and then the scheme goes on.
  [
    '[{ ring: "201" }, { ring: "202" }]',
    ['ring anna 60000', 'ring vera 60000', 'ring boris 60000', 'reject no-answer'],
  ],
  [
    '[{ ring: "202" }, { play: wait }, { ring: "202" }]',
    ['ring boris 60000', 'play wait', 'ring boris 60000', 'reject no-answer'],
  ],
  ['[{ play: { prompt: hello, answer: false } }, { hangup: normal }]', ['play hello early', 'hangup']],
  // Whoever was told that we are closed has dialled no wrong number.
  ['[{ play: closed }]', ['play closed', 'reject no-answer']],
  ['[{ play: one }, { play: two }]', ['play one', 'play two', 'reject no-answer']],
  [
    '[{ play: hello }, { menu: { prompt: main, keys: {}, otherwise: { ring: "600" } } }, { ring: "202" }]',
    ['play hello', 'ask main', 'ring boris+vera 25000', 'ring boris 60000', 'reject no-answer'],
  ],
  [
    '[{ menu: { prompt: main, keys: { "1": { ring: "203" } } } }, { ring: "202" }]',
    ['ask main', 'ring boris 60000', 'reject no-answer'],
  ],
  ['[{ queue: "600" }]', ['queue 600', 'reject no-answer']],
  ['[{ voicemail: "202" }]', ['voicemail 202', 'hangup']],
  ['[{ ring: "203" }, { voicemail: "600" }, { ring: "202" }]', ['ring vera 60000', 'voicemail 600', 'hangup']],
  ['[{ ring: "202" }, { goto: main }]', ['ring boris 60000', 'reject loop']],
  ['[]', ['reject not-found']],
])('%s: %j', (open, done) => {
  expect(schemeOf(open).toTheEnd()).toEqual(done);
});

test('two schemes that lead to each other are a loop, one that comes back by another way too', () => {
  const other = ', { name: other, open: [{ ring: "203" }, { goto: main }] }';
  expect(schemeOf('[{ ring: "202" }, { goto: other }]', other).toTheEnd()).toEqual([
    'ring boris 60000',
    'ring vera 60000',
    'reject loop',
  ]);
  const trip = schemeOf('[{ ring: "+74951234567" }]');
  expect(trip.now).toBe('reject loop');
});

test('what is not played is told in the story', () => {
  const trip = schemeOf('[{ play: hello }, { ring: "202" }]');
  expect(trip.story.at(-1)).toBe('scheme main plays hello');
  expect(trip.after('not-played').now).toBe('ring boris 60000');
  expect(trip.story).toContain('hello could not be played');
});

test('how what rang last ended is what the call ends as, though something was played after it', () => {
  const trip = schemeOf('[{ ring: "202" }, { play: hello }]');
  expect(trip.after('callee-busy').now).toBe('play hello');
  expect(trip.after('played').now).toBe('reject callee-busy');
});

test('a late end of another kind of step changes nothing', () => {
  const trip = schemeOf('[{ play: hello }, { ring: "202" }]');
  expect(trip.after('no-answer').now).toBe('play hello');
  expect(trip.after('played').after('played').now).toBe('ring boris 60000');
});

test('a device that several of a list have rings once, who may not be disturbed does not', () => {
  const pbx = routesOf(`domain: acme.example
users:
  - { extension: "201", name: Anna, dnd: true, devices: [{ login: anna, password: Vf5kNm7Z }] }
  - { extension: "202", name: Boris, callWaiting: false, devices: [{ login: boris, password: Vf5kNm7Z }] }
  - { extension: "203", name: Vera, devices: [{ login: vera, password: Vf5kNm7Z }] }
groups: [{ extension: "600", name: Sales, members: ["202", "203"] }]
trunks: [{ name: itsp, proxy: "sip:192.0.2.1" }]
numbers: [{ number: "+74951234567", scheme: main }]
schemes: [{ name: main, open: [{ ring: ["203", "600", "201"] }] }]
`);
  expect(pbx.by('itsp', undefined, '+74951234567').now).toBe('ring vera+boris 25000');
  const busy = { activity: (_: unknown, extension: string) => ({ ...IDLE, talking: extension === '202' ? 1 : 0 }) };
  expect(pbx.by('itsp', undefined, '+74951234567', busy).now).toBe('ring vera 25000');
});

test('a loop in one branch ends that branch, and what is left is tried', () => {
  const pbx = routesOf(`domain: acme.example
users:
  - { extension: "201", name: Anna, devices: [{ login: anna, password: Vf5kNm7Z }], forward: { unreachable: "600" } }
  - { extension: "202", name: Boris, devices: [{ login: boris, password: Vf5kNm7Z }] }
groups:
  - { extension: "600", name: Sales, members: ["201"], noAnswer: "601" }
  - { extension: "601", name: Office, members: ["201"], noAnswer: "600" }
trunks: [{ name: itsp, proxy: "sip:192.0.2.1", register: { login: a, password: b } }]
numbers:
  - { number: "+74951234567", scheme: main }
  - { number: "+74951234568", scheme: round }
  - { number: "+74951234569", scheme: turns }
schemes:
  - { name: main, open: [{ ring: "201" }, { ring: "600" }, { goto: second }] }
  - { name: second, open: [{ ring: "202" }] }
  - { name: round, open: [{ ring: "+74951234568" }, { ring: "202" }] }
  - { name: turns, open: [{ ring: { to: ["600", "202"], order: in-turn, ring: 5s } }] }
`);
  const away = { unreachable: ['anna'] };
  const call = (number: string) => pbx.by('itsp', '+79161234567', number, away).toTheEnd('no-answer', away);
  expect(call('+74951234567')).toEqual(['ring boris 60000', 'reject no-answer']);
  expect(call('+74951234568')).toEqual(['ring boris 60000', 'reject no-answer']);
  expect(call('+74951234569')).toEqual(['ring boris 5000', 'reject no-answer']);
  // Where nothing is left it is a loop still.
  expect(pbx.from('boris', '600', away).now).toBe('reject loop');
});

describe('a trunk', () => {
  const pbxWith = (ring: string) =>
    routesOf(`domain: acme.example
callerId: "+74951234567"
users: [{ extension: "202", name: Boris, devices: [{ login: warehouse-2, password: Vf5kNm7Z }] }]
trunks:
  - { name: itsp, proxy: "sip:192.0.2.1", register: { login: a, password: b } }
  - { name: warehouse, proxy: "sip:192.0.2.3", channels: 2, numbers: { send: "8" } }
numbers: [{ number: "+74951234567", trunk: itsp, scheme: main }]
schemes: [{ name: main, open: [{ ring: ${ring} }, { ring: "202" }] }]
outbound: [{ match: "*", deny: true }]
`);
  const call = (ring: string, moment: Moment = {}) => pbxWith(ring).by('itsp', '+79161234567', '84951234567', moment);

  test.each([
    ['warehouse', ['ring +74951234567 by warehouse 120000', 'ring warehouse-2 60000', 'reject no-answer']],
    [
      '{ trunk: warehouse, ring: 20s }',
      ['ring +74951234567 by warehouse 20000', 'ring warehouse-2 60000', 'reject no-answer'],
    ],
    [
      '{ trunk: warehouse, number: "300" }',
      ['ring 300 by warehouse 120000', 'ring warehouse-2 60000', 'reject no-answer'],
    ],
    [
      '["202", warehouse]',
      ['ring warehouse-2++74951234567 by warehouse 25000', 'ring warehouse-2 60000', 'reject no-answer'],
    ],
    [
      '{ to: ["202", warehouse], order: in-turn, number: "300", ring: 5s }',
      ['ring warehouse-2 5000', 'ring 300 by warehouse 5000', 'ring warehouse-2 60000', 'reject no-answer'],
    ],
  ])('%s: %j', (ring, done) => {
    expect(call(ring).toTheEnd()).toEqual(done);
  });

  test('gets the called number as it wants it, and a number of ours as the caller’s', () => {
    expect(call('warehouse').plan.step).toMatchObject({
      targets: [{ ways: [{ trunk: 'warehouse', send: '84951234567', callerId: '+74951234567' }] }],
    });
  });

  test('that is full is gone past, and that is said', () => {
    const full: Moment = { channelsInUse: (_, kind) => (kind === 'trunk' ? 2 : 0) };
    for (const ring of ['warehouse', '[warehouse, "202"]']) {
      const trip = call(ring, full);
      expect(trip.now).toContain('ring warehouse-2');
      expect(trip.story.join()).toContain('all channels are in use');
    }
  });

  test('is written again as it was read, and must be there', () => {
    for (const ring of ['warehouse', '[itsp, warehouse]', '{ trunk: warehouse, number: "300", ring: 20s }']) {
      const { model } = pbxWith(ring);
      const [scheme] = onlyDomain(model).schemes;
      if (scheme === undefined) throw new Error('no scheme');
      expect(SCHEMES.read(SCHEMES.write(scheme, ''), scheme.managedBy)).toEqual(scheme);
    }
    expect(() => pbxWith('warehous')).toThrow('scheme main names trunk warehous, which does not exist');
    expect(() => pbxWith('{ trunk: warehouse, number: "3 0" }')).toThrow('number');
  });
});

test.each([
  ['busy', 'callee-busy'],
  ['declined', 'callee-declined'],
  ['no-answer', 'no-answer'],
  ['unavailable', 'unreachable'],
  ['not-found', 'not-found'],
  ['forbidden', 'forbidden'],
  ['congestion', 'congestion'],
])('a scheme that hangs up as %s refuses as %s', (cause, reason) => {
  expect(schemeOf(`[{ hangup: ${cause} }]`).now).toBe(`reject ${reason}`);
});

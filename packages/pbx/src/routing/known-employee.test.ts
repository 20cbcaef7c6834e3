import { describe, expect, test } from 'vitest';
import { type Moment, routesOf } from '../testing/routes.ts';
import { IDLE } from './noted-world.ts';
import type { LastTalk } from './plan.ts';

const CALLER = '+79161234567';
const HOUR = 3_600_000;
const NOW = Date.UTC(2026, 4, 5, 12);

function office(known: string, where: 'group' | 'domain' = 'group', more = '') {
  return routesOf(`domain: acme.example
timezone: Europe/Moscow
${where === 'domain' ? `knownEmployee: ${known}` : ''}
users:
  - { extension: "201", name: Anna, devices: [{ login: anna, password: Vf5kNm7Z }] }
  - { extension: "202", name: Boris, devices: [{ login: boris, password: Vf5kNm7Z }] }
  - { extension: "203", name: Vera, devices: [{ login: vera, password: Vf5kNm7Z }] }
groups: [{ extension: "600", name: Sales, members: ["201", "202"]${where === 'group' ? `, knownEmployee: ${known}` : ''} }]
trunks: [{ name: itsp, proxy: "sip:192.0.2.1", register: { login: a, password: b } }]
numbers: [{ number: "+74951234567", trunk: itsp, to: "600" }, { number: "+74957654321", trunk: itsp, to: "600" }]
${more}`);
}

const spoke = (talk: Partial<LastTalk>, more: Moment = {}): Moment => ({
  now: NOW,
  lastTalks: (_, number) =>
    number === CALLER ? [{ extension: '202', endedAt: NOW - 1_000, direction: 'in', ...talk }] : [],
  ...more,
});
const rings = (pbx: ReturnType<typeof office>, moment: Moment, caller: string | null = CALLER) =>
  pbx.by('itsp', caller ?? undefined, '+74951234567', moment).now;
const ALL = 'ring anna+boris 25000';
const BORIS = 'ring boris 15000';

test('a caller who rings again reaches who spoke with them last, and then the group', () => {
  const trip = office('{}').by('itsp', CALLER, '84951234567', spoke({}));
  expect(trip.now).toBe(BORIS);
  expect(trip.story.at(-1)).toMatch(/ and Boris spoke with \+79161234567 last: ring boris for 15s$/);
  expect(trip.after('no-answer', spoke({})).now).toBe(ALL);
  expect(trip.after('no-answer', spoke({})).now).toBe('reject no-answer');
});

test.each([
  ['{}', HOUR, BORIS],
  ['{}', HOUR + 1, ALL],
  ['{ window: 10m }', 600_000, BORIS],
  ['{ window: 10m }', 600_001, ALL],
  ['{ ring: 5s }', 0, 'ring boris 5000'],
  // 12:00 UTC is 15:00 in Moscow: the day began 15 hours ago.
  ['{ window: day }', 15 * HOUR, BORIS],
  ['{ window: day }', 15 * HOUR + 1, ALL],
])('with %s, %i ms after the conversation: %s', (known, age, expected) => {
  expect(rings(office(known), spoke({ endedAt: NOW - age }))).toBe(expected);
});

test.each([
  // It is 15:00; the conversation ended at 14:50, and at 18:00 it is over, though the date is the same.
  ['mon-fri: "09:00-18:00"', 10 / 60, 0, BORIS],
  ['mon-fri: "09:00-18:00"', 10 / 60, 3 * HOUR - 1, BORIS],
  ['mon-fri: "09:00-18:00"', 10 / 60, 3 * HOUR, ALL],
  ['mon-fri: "09:00-18:00"', 18, 0, ALL],
  ['mon-fri: "20:00-18:00"', 18, 0, BORIS],
])('a working day of %s: %f hours ago, and %i ms later: %s', (hours, ago, later, expected) => {
  const pbx = office('{ window: day }', 'group', `hours: { ${hours} }\n`);
  expect(rings(pbx, spoke({ endedAt: NOW - ago * HOUR }, { now: NOW + later }))).toBe(expected);
});

test('conversations that the employee began count where it says so', () => {
  expect(rings(office('{}'), spoke({ direction: 'out' }))).toBe(ALL);
  expect(rings(office('{ outbound: true }'), spoke({ direction: 'out' }))).toBe(BORIS);
});

describe('the strategy decides', () => {
  test('for callers without a number, of the domain’s own numbers, and by their short ones', () => {
    const always: Moment = { now: NOW, lastTalks: () => [{ extension: '202', endedAt: NOW, direction: 'in' }] };
    expect(rings(office('{}'), always, null)).toBe(ALL);
    expect(office('{}').by('itsp', '+74957654321', '+74951234567', always).now).toBe(ALL);
    expect(office('{}').by('itsp', '301', '+74951234567', always).now).toBe(ALL);
    expect(office('{}').from('vera', '600', always).now).toBe(ALL);
    expect(rings(office('{}'), always)).toBe(BORIS);
  });

  test('when the employee is busy, rings, is not registered, or is no member', () => {
    const doing = (activity: object) =>
      spoke({}, { activity: (_, extension) => ({ ...IDLE, ...(extension === '202' && activity) }) });
    expect(rings(office('{}'), doing({ talking: 1 }))).toBe('ring anna 25000');
    expect(rings(office('{}'), doing({ ringing: 1 }))).toBe('ring anna 25000');
    expect(rings(office('{}'), spoke({}, { unreachable: ['boris'] }))).toBe('ring anna 25000');
    expect(rings(office('{}'), spoke({ extension: '203' }))).toBe(ALL);
    expect(rings(office('{}'), spoke({ extension: '999' }))).toBe(ALL);
  });

  test('when the employee does not want to be disturbed, or is off duty', () => {
    const pbx = (keys: string) =>
      routesOf(`domain: acme.example
users: [{ extension: "202", name: Boris, devices: [{ login: boris, password: Vf5kNm7Z }], ${keys} }, { extension: "203", name: Vera, devices: [{ login: vera, password: Vf5kNm7Z }] }]
groups: [{ extension: "600", name: Sales, members: ["202", "203"], knownEmployee: {} }]
trunks: [{ name: itsp, proxy: "sip:192.0.2.1" }]
numbers: [{ number: "+74951234567", to: "600" }]
`).by('itsp', CALLER, '+74951234567', spoke({}));
    expect(pbx('dnd: false').now).toBe(BORIS);
    expect(pbx('dnd: true').now).toBe('ring vera 25000');
    expect(pbx('hours: { sat-sun: "09:00-18:00" }').now).toBe('ring vera 25000');
  });

  test('when only a colleague before the last one is free', () => {
    const two: Moment = {
      now: NOW,
      lastTalks: () => [
        { extension: '203', endedAt: NOW - 1, direction: 'in' },
        { extension: '202', endedAt: NOW - 2, direction: 'in' },
      ],
    };
    expect(rings(office('{}'), two)).toBe(ALL);
  });
});

test('the employee whom the contact list names comes first, whatever the window', () => {
  const moment = spoke({}, { responsible: (_, number) => (number === CALLER ? '201' : undefined) });
  const trip = office('{}').by('itsp', CALLER, '+74951234567', moment);
  expect(trip.now).toBe('ring anna 15000');
  expect(trip.story.at(-1)).toContain('Anna is responsible for +79161234567');
  expect(rings(office('{}'), { ...moment, unreachable: ['anna'] })).toBe(BORIS);
});

test('for the whole domain it holds by any number, before what the number does', () => {
  const trip = office('{}', 'domain').by('itsp', CALLER, '+74951234567', spoke({ extension: '203' }));
  expect(trip.now).toBe('ring vera 15000');
  expect(trip.after('callee-busy', spoke({ extension: '203' })).now).toBe(ALL);
});

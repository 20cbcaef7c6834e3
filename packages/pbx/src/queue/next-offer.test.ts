import { describe, expect, test } from 'vitest';
import type { Domain, Group } from '../model/model.ts';
import { IDLE } from '../routing/noted-world.ts';
import type { World } from '../routing/plan.ts';
import { nameOf } from '../routing/targets.ts';
import { onlyDomain, worldOf } from '../testing/model-of.ts';
import { type Moment, routesOf } from '../testing/routes.ts';
import { type AgentDesk, agentsOf, EMPTY_DESK, isDeserted } from './agents.ts';
import { estimatedWait } from './estimated-wait.ts';
import { nextOffer } from './next-offer.ts';

const NOW = Date.UTC(2026, 4, 5, 12);
const CALLER = '+79161234567';

function office(keys: string) {
  const pbx = routesOf(`domain: acme.example
users:
  - { extension: "201", name: Anna, devices: [{ login: anna, password: Vf5kNm7Z }] }
  - { extension: "202", name: Boris, devices: [{ login: boris, password: Vf5kNm7Z }] }
  - { extension: "203", name: Vera, devices: [{ login: vera, password: Vf5kNm7Z }], dnd: true }
groups: [{ extension: "600", name: Sales, members: ["201", "202", "203", { to: "+79165550102", priority: 2 }], queue: {}, ${keys} }]
trunks: [{ name: itsp, proxy: "sip:192.0.2.1" }]
numbers: [{ number: "+74951234567", to: "600" }]
outbound: [{ match: "+7*", trunk: itsp }]
`);
  const group = onlyDomain(pbx.model).groups[0] as Group;
  /** Who rings now, or nobody. */
  const rings = (moment: Moment = {}, desk: Partial<AgentDesk> = {}): string => {
    const world = { ...worldOf(pbx.model, moment.unreachable), now: NOW, ...moment } as World;
    const { plan } = pbx.by('itsp', CALLER, '+74951234567', { now: NOW });
    expect(plan.step.do).toBe('queue');
    const offer = nextOffer(plan, group, world, { ...EMPTY_DESK, ...desk });
    return offer === undefined ? 'nobody' : `${offer.targets.map(nameOf).join('+')} ${offer.ring}`;
  };
  const states = (moment: Moment = {}, desk: Partial<AgentDesk> = {}) => {
    const world = { ...worldOf(pbx.model, moment.unreachable), now: NOW, ...moment } as World;
    return agentsOf(onlyDomain(pbx.model), group, world, { ...EMPTY_DESK, ...desk }).map(({ state }) => state);
  };
  return { rings, states, pbx, group };
}

const doing = (extension: string, activity: object): Moment => ({
  activity: (_, of) => ({ ...IDLE, ...(of === extension && activity) }),
});
const engaged = (...those: string[]) => ({ isEngaged: (_: Domain, to: string) => those.includes(to) });

describe('whom a caller rings who waits', () => {
  test.each([
    ['strategy: all', 'anna+boris++79165550102 by itsp 25000'],
    ['strategy: sequential', 'anna 15000'],
    ['strategy: sequential, ring: 9s', 'anna 9000'],
    ['strategy: priority', 'anna+boris 15000'],
  ])('%s: %s', (keys, expected) => {
    expect(office(keys).rings()).toBe(expected);
  });

  test('is the next of whom any is free, with the others left in peace', () => {
    const { rings } = office('strategy: sequential');
    expect(rings(doing('201', { talking: 1 }))).toBe('boris 15000');
    expect(rings({}, engaged('201'))).toBe('boris 15000');
    expect(rings({}, { restsUntil: (_, to) => (to === '201' ? NOW + 1 : 0) })).toBe('boris 15000');
    expect(rings({}, { restsUntil: (_, to) => (to === '201' ? NOW : 0) })).toBe('anna 15000');
    expect(rings({ isPaused: (_, to) => to === '201' })).toBe('boris 15000');
    expect(rings({ unreachable: ['anna', 'boris'] })).toBe('+79165550102 by itsp 15000');
    expect(rings({}, engaged('201', '202', '+79165550102'))).toBe('nobody');
  });

  test('is never one whose phone rings already, though the group rings who talks', () => {
    const { rings } = office('strategy: sequential, skipBusy: false');
    expect(rings(doing('201', { talking: 1 }))).toBe('anna 15000');
    expect(rings(doing('201', { ringing: 1 }))).toBe('boris 15000');
  });

  test('is whom they spoke with last, until that one has not taken the call', () => {
    const { rings } = office('strategy: sequential, knownEmployee: { ring: 7s }');
    const spoke: Moment = { lastTalks: () => [{ extension: '202', endedAt: NOW - 1_000, direction: 'in' }] };
    expect(rings(spoke)).toBe('boris 7000');
    expect(rings(spoke, { restsUntil: (_, to) => (to === '202' ? NOW + 1 : 0) })).toBe('anna 15000');
  });
});

test('what each agent does', () => {
  const { states } = office('login: true, wrapUp: 30s');
  const rest = ['free', 'off-duty', 'free'];
  expect(states()).toEqual(['free', ...rest]);
  expect(states(doing('201', { talking: 1 }))).toEqual(['talking', ...rest]);
  expect(states({}, engaged('201', '+79165550102'))).toEqual(['ringing', 'free', 'off-duty', 'talking']);
  expect(states({ unreachable: ['anna'] })).toEqual(['unreachable', ...rest]);
  expect(states({ isLoggedIn: (_, __, to) => to !== '201' })).toEqual(['logged-out', ...rest]);
  expect(states({ isPaused: (_, to) => to === '201' })).toEqual(['paused', ...rest]);
  expect(states({ lastTalkOf: (_, __, to) => (to === '201' ? NOW - 29_999 : 0) })).toEqual(['wrap-up', ...rest]);
  expect(states({}, { restsUntil: (_, to) => (to === '201' ? NOW + 5 : 0) })).toEqual(['rests', ...rest]);
});

test('a group is deserted when only people can change that', () => {
  const alone = (keys: string, moment: Partial<World> = {}) => {
    const pbx = routesOf(`domain: acme.example
users: [{ extension: "201", name: Anna, devices: [{ login: anna, password: Vf5kNm7Z }] }]
groups: [{ extension: "600", name: Sales, ${keys} }]
`);
    const domain = onlyDomain(pbx.model);
    return isDeserted(domain, domain.groups[0] as Group, worldOf(pbx.model, ['anna'], moment));
  };
  expect(alone('members: ["201"]')).toBe(false);
  expect(alone('members: ["201"], login: true')).toBe(false);
  expect(alone('members: ["201"], login: true', { isLoggedIn: () => false })).toBe(true);
  expect(alone('members: ["201", "+79165550102"], login: true', { isLoggedIn: () => false })).toBe(false);
});

test.each([
  [1, 1, 60_000, 60_000],
  [3, 2, 60_000, 90_000],
  [3, 0, 60_000, undefined],
  [3, 2, undefined, undefined],
])('place %i, %i agents, %s ms with each caller: %s', (position, agents, handling, expected) => {
  expect(estimatedWait(position, { agents, handling })).toBe(expected);
});

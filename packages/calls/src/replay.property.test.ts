import { SeededRandom } from '@vats/kernel/testing';
import {
  type Activity,
  type Caller,
  Directory,
  type Frozen,
  goesOn,
  type MenuStep,
  NOTES_LIMIT,
  type Plan,
  type QueueOutcome,
  type RingOutcome,
  type StepOutcome,
  type World,
  type WorldNotes,
} from '@vats/pbx';
import { appliedTo, arbitraryPbx, modelOf, onlyDomain, worldOf } from '@vats/pbx/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CallContext } from './call-context.ts';
import type { CallEvent, UnstampedEvent } from './call-event.ts';
import { CallPlan } from './call-plan.ts';
import { replay } from './replay.ts';
import { recordOf } from './story.ts';

/** Random files of up to 6 users, 3 groups, 3 trunks, 4 numbers, each with calls that are followed to their end. */
const RUNS = 60;
const CALLS_A_FILE = 16;
const TIME_LIMIT_MS = 120_000;
/** Of a story's plan, in a company of that size; and of any story's. */
const MOST_OCTETS = 16_000;
const MOST_OCTETS_EVER = 200_000;

const NOW = Date.UTC(2026, 4, 5, 9);
const logins = ['u200-0', 'u200-1', 'u201-0', 'u202-0', 'u203-0'];
const extensions = ['200', '201', '202', '203'];
const moment = fc.record({
  away: fc.subarray(logins),
  busy: fc.subarray(extensions),
  out: fc.subarray(extensions),
  talkedAgo: fc.nat(3_600_000),
  channels: fc.nat(3),
  down: fc.subarray(['trunk-0', 'trunk-1']),
  isHeard: fc.boolean(),
  waiting: fc.constantFrom(0, 0, 1, 100),
  waited: fc.constantFrom<QueueOutcome>('queue-full', 'queue-waited', 'queue-nobody'),
  outcome: fc.constantFrom<RingOutcome>('no-answer', 'callee-busy', 'callee-declined', 'unreachable', 'trunk-failed'),
});
const asked = fc.record({
  dialled: fc.constantFrom<string>(
    '200',
    '201',
    '600',
    '601',
    '602',
    '+74950000000',
    '84950000001',
    '89161234567',
    '112',
    '*43',
  ),
  from: fc.constantFrom('+79161234567', '89211234567', '+74950000000', undefined),
  inside: fc.boolean(),
  host: fc.constantFrom('acme.example', undefined),
  seed: fc.nat(),
  moments: fc.infiniteStream(moment),
});

type Moment = typeof moment extends fc.Arbitrary<infer T> ? T : never;
type Asked = typeof asked extends fc.Arbitrary<infer T> ? T : never;

function worldAt(live: World, now: number, at: Moment): World {
  const activity = (_: unknown, extension: string): Activity => ({
    ...{
      talking: at.busy.includes(extension) ? 1 : 0,
      ringing: 0,
      answered: Number(extension) % 3,
      talkMs: at.channels,
    },
    lastTalkEnd: now - at.talkedAgo,
  });
  return {
    ...live,
    now,
    activity,
    isReachable: (_, login) => !at.away.includes(login),
    lastTalkOf: () => now - at.talkedAgo,
    isLoggedIn: (_, __, extension) => !at.out.includes(extension),
    isPaused: (_, extension) => at.busy.includes(extension) && at.away.length > 0,
    waitingIn: () => at.waiting,
    lastTalks: () => [{ extension: '201', endedAt: now - at.talkedAgo, direction: 'in' }],
    channelsInUse: () => at.channels,
    isTrunkUp: (_, trunk) => !at.down.includes(trunk),
    cheapestFirst: (_, __, trunks) => [...trunks].reverse(),
    numberPlace: (number) => (Number(number.at(-1)) % 2 === 0 ? { region: 'North', operator: 'x' } : undefined),
  };
}

/** What the caller does in a menu. */
function keyedIn({ keys }: Frozen<MenuStep>, { channels, isHeard, talkedAgo }: Moment): StepOutcome {
  const key = Object.keys(keys)[channels];
  if (key !== undefined) return `key ${key}`;
  return isHeard ? (talkedAgo % 2 === 0 ? 'no-key' : 'wrong-key') : 'dialled 201';
}

/** The record of a call that is followed by the call's own plan-keeper until nothing rings, as a store gives it back. */
function recordOfCall(live: World, { dialled, from, inside, host, seed, moments }: Asked) {
  const domain = onlyDomain(live.directory.model);
  const user = domain.users.find(({ devices }) => devices.length > 0);
  const device = user?.devices[0];
  const caller: Caller =
    inside && user !== undefined && device !== undefined
      ? { kind: 'device', user, device }
      : { kind: 'trunk', trunk: 'trunk-0', ...(from !== undefined && { number: from }) };
  const party =
    caller.kind === 'device' ? { number: '200', login: caller.device.login } : { number: from ?? 'anonymous' };
  const events: CallEvent[] = [];
  let at = NOW;
  let next = moments.next().value;
  const emit = (event: UnstampedEvent): void => {
    events.push({ call: 'c', seq: events.length + 1, at, ...event } as CallEvent);
  };
  const context = {
    origin: { domain, caller, party, dialled, ...(host !== undefined && { host }) },
    parts: { random: new SeededRandom(seed), world: () => worldAt(live, at, next) },
    channels: { takeNumber: () => {} },
    emit,
  };
  const trunk = caller.kind === 'trunk' ? { trunk: caller.trunk } : {};
  emit({
    type: 'call.started',
    domain: domain.name,
    domainId: domain.id,
    from: party,
    dialled,
    sipCallId: 'x',
    ...trunk,
  });
  let due: Plan | undefined;
  const plan = new CallPlan(context as unknown as CallContext, (taken) => {
    due = taken;
  });
  plan.begin();
  while (due !== undefined && goesOn(due.step) && events.length < 1_000) {
    const doing = due.step.do;
    at += due.step.do === 'ring' ? due.step.ring : 5_000;
    const { outcome, isHeard, waited } = next;
    next = moments.next().value;
    const heard = isHeard ? 'played' : 'not-played';
    if (due.step.do === 'menu') plan.goOn(keyedIn(due.step.menu, next));
    else plan.goOn(doing === 'ring' ? outcome : doing === 'queue' ? waited : heard);
  }
  const record = recordOf(events);
  if (record === undefined || due === undefined) throw new Error('the call has started');
  return { record: JSON.parse(JSON.stringify(record)) as typeof record, said: due.story };
}

test(
  'a finished call’s plan is made again from its record alone, line by line, and takes up little room',
  () => {
    const sizes: number[] = [];
    fc.assert(
      fc.property(
        arbitraryPbx(undefined, { crowded: true }),
        fc.array(asked, { minLength: CALLS_A_FILE, maxLength: CALLS_A_FILE }),
        (file, calls) => {
          const live = worldOf(modelOf(JSON.stringify(file)));
          for (const call of calls) {
            const { record, said } = recordOfCall(live, call);
            const again = replay(record, live.directory);
            expect(again.verdict, again.why).toBe('same');
            expect(again.steps.flatMap(({ because }) => because)).toEqual(said);
            expect(record.explain).toEqual(said);
            sizes.push(JSON.stringify([record.world, record.story]).length);
          }
        },
      ),
      { numRuns: RUNS, seed: 20_261_127 },
    );
    sizes.sort((a, b) => a - b);
    expect(sizes.at(-1)).toBeLessThan(MOST_OCTETS);
    if (process.env.VATS_SHOW_SIZES) {
      const share = (part: number) => sizes[Math.floor(sizes.length * part)];
      console.log(`octets of a story's plan: p50 ${share(0.5)}, p99 ${share(0.99)}, most ${sizes.at(-1)}`);
    }
  },
  TIME_LIMIT_MS,
);

const OFFICE = `domain: acme.example
users:
  - { extension: "201", name: Anna, devices: [{ login: anna, password: Vf5kNm7Z }], noAnswer: { to: "202" } }
  - { extension: "202", name: Boris, devices: [{ login: boris, password: Vf5kNm7Z }] }
trunks: [{ name: trunk-0, proxy: "sip:192.0.2.1" }]
numbers: [{ number: "+74950000000", to: "201" }]
`;
const QUIET: Moment = {
  away: [],
  busy: [],
  out: [],
  talkedAgo: 0,
  channels: 0,
  down: [],
  outcome: 'no-answer',
  isHeard: true,
  waiting: 0 as const,
  waited: 'queue-waited' as const,
};
const CALL: Asked = {
  ...{ dialled: '+74950000000', from: '+79161234567', inside: false, host: undefined, seed: 7 },
  moments: fc.sample(fc.infiniteStream(fc.constant(QUIET)), 1)[0]!,
};

test('after a change of the model the old plan is told, and what would be done now at the first step that differs', () => {
  const before = modelOf(OFFICE);
  const { record } = recordOfCall(worldOf(before), CALL);
  const changed = appliedTo(before, OFFICE.replace('noAnswer: { to: "202" }', 'ring: 60s, dnd: false'));
  expect(replay(record, new Directory(before)).verdict).toBe('same');
  const again = replay(record, new Directory(changed));
  expect(again.verdict).toBe('differs');
  const [first, second, third] = again.steps;
  expect(first).toMatchObject({ because: [expect.stringContaining('ring anna')] });
  expect(first?.now).toBeUndefined();
  expect(second).toMatchObject({ after: 'no-answer', now: [expect.stringContaining('Anna (201) did not answer')] });
  expect(second?.because[0]).toContain('goes on to 202');
  expect(third).not.toHaveProperty('now');
});

test('a group of more members than a story keeps answers about: it takes up no more, and says that it is not the whole', () => {
  const users = Array.from(
    { length: 600 },
    (_, i) => `{ extension: "${1_000 + i}", name: U, devices: [{ login: login-${i}, password: Vf5kNm7Z }] }`,
  );
  const members = users.map((_, i) => `"${1_000 + i}"`);
  const model = modelOf(`domain: acme.example
users: [${users.join(', ')}]
groups: [{ extension: "600", name: Sales, members: [${members.join(', ')}], strategy: longest-idle }]
trunks: [{ name: trunk-0, proxy: "sip:192.0.2.1" }]
numbers: [{ number: "+74950000000", to: "600" }]
`);
  const { record } = recordOfCall(worldOf(model), { ...CALL, from: undefined });
  expect(JSON.stringify([record.world, record.story]).length).toBeLessThan(MOST_OCTETS_EVER);
  expect(Object.keys((record.world as WorldNotes).activity ?? {})).toHaveLength(NOTES_LIMIT);
  expect(replay(record, new Directory(model))).toMatchObject({
    verdict: 'not-replayed',
    why: 'more was asked of the moment than a story keeps',
  });
});

test('what can not be made again says why, and is told as it was', () => {
  const model = modelOf(OFFICE);
  const { record } = recordOfCall(worldOf(model), CALL);
  const directory = new Directory(model);
  const { world: _, ...blind } = record;
  expect(replay(blind, directory)).toMatchObject({
    verdict: 'not-replayed',
    why: 'its story does not keep the moment',
  });
  expect(replay({ ...record, domain: 'gone' }, directory)).toMatchObject({ why: 'its domain is gone' });
  const inside = { ...CALL, inside: true, dialled: '202' };
  const dismissed = recordOfCall(worldOf(model), inside).record;
  const without = modelOf(OFFICE.replace('login: anna', 'login: vera'));
  const [kept] = without.domains;
  const sameDomain = new Directory({ domains: [{ ...kept!, id: record.domain }] });
  expect(replay(dismissed, sameDomain)).toMatchObject({ verdict: 'not-replayed', why: 'the account anna is gone' });
  for (const story of [
    [null],
    [{}],
    [{ type: 'call.routed' }],
    [{ type: 'call.routed', at: 1, explain: [1], seed: '1', after: 'x' }],
  ]) {
    expect(replay({ ...record, story }, directory).steps.flatMap(({ because }) => because)).toEqual([]);
  }
});

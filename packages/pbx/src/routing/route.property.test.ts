import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import type { Domain, Model } from '../model/model.ts';
import { normaliseNumber } from '../schema/number.ts';
import { permissionOf } from '../spending/permission.ts';
import { arbitraryPbx } from '../testing/arbitrary-pbx.ts';
import { modelOf, onlyDomain, worldOf } from '../testing/model-of.ts';
import { type ReferenceEnd, type ReferenceRing, ReferenceRouter } from '../testing/reference-router.ts';
import { advance } from './advance.ts';
import type { Activity, Caller, OutsideTarget, Plan, RingOutcome, World } from './plan.ts';
import { route } from './route.ts';

/*
 * Random files (up to 6 users, 3 groups, 3 trunks, 4 numbers, 3 schemes, 5 rules), each with random calls in random worlds. What a call comes
 * to is judged twice: by rules that hold whatever the router does, and by the reference router, which tells the same in another way.
 * docs/mutations.md says which faults of the router these tests were seen to find.
 */
const RUNS = 150;
const CALLS_A_FILE = 20;
/** Most of a run is the reading of its file, on a machine that may be busy. */
const TIME_LIMIT_MS = 180_000;
/** Users ring once each for a forward, groups in waves and rounds, schemes step by step; nothing makes a call go on for ever. */
const MOST_STEPS = 400;

const EXTENSIONS = ['200', '201', '202', '203', '204', '205', '600', '601', '602'];
const outcome = fc.constantFrom<RingOutcome>(
  'no-answer',
  'unreachable',
  'callee-busy',
  'callee-declined',
  'trunk-failed',
  'no-common-codec',
);
/** Mostly what somebody has. */
const dialled = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...EXTENSIONS) },
  { weight: 5, arbitrary: fc.constantFrom('+74950000000', '84950000001', '+74950000002', '+74950000003') },
  { weight: 2, arbitrary: fc.constantFrom('89161234567', '84991234567', '+4930123456', '+77271234567', '300', '112') },
  { weight: 1, arbitrary: fc.constantFrom('u200-0', 'u203-2', '*43', '+12025550123', '+78091234567') },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '988091234567',
      '989161234567',
      '9810493012345',
      '900449011123456',
      '+88091234567',
      '9301',
    ),
  },
  { weight: 1, arbitrary: fc.oneof(fc.stringMatching(/^[+0-9]{1,16}$/), fc.string({ maxLength: 40 })) },
);
const outside = fc.constantFrom('+79161234567', '89211234567', '+74950000000', '301', undefined);

/** What is random of a moment; a new one is made for each step, and what does not change within a call is of the first. */
const moment = fc.record({
  away: fc.array(fc.constantFrom('u200-0', 'u200-1', 'u201-0', 'u202-0', 'u203-0', 'u204-1', 'u205-2'), {
    maxLength: 7,
  }),
  busy: fc.array(fc.constantFrom(...EXTENSIONS.slice(0, 6)), { maxLength: 4 }),
  loggedOut: fc.array(fc.constantFrom(...EXTENSIONS.slice(0, 6)), { maxLength: 3 }),
  /** By extension's last digit: how long ago the last conversation ended, how many there were, how long in all. */
  ended: fc.array(fc.nat(20 * 60_000), { minLength: 6, maxLength: 6 }),
  answered: fc.array(fc.nat(3), { minLength: 6, maxLength: 6 }),
  talkMs: fc.array(fc.nat(3), { minLength: 6, maxLength: 6 }),
  talks: fc.array(
    fc.record({
      extension: fc.constantFrom(...EXTENSIONS.slice(0, 6)),
      ago: fc.oneof(fc.constantFrom(600_000, 600_001, 3_600_000, 3_600_001), fc.nat(90_000_000)),
      direction: fc.constantFrom('in' as const, 'out' as const),
    }),
    { maxLength: 2 },
  ),
  responsible: fc.constantFrom(undefined, undefined, ...EXTENSIONS.slice(0, 4)),
  channels: fc.nat(3),
  downTrunks: fc.array(fc.constantFrom<string>('trunk-0', 'trunk-1'), { maxLength: 2 }),
});
type Moment = typeof moment extends fc.Arbitrary<infer T> ? T : never;

/** Ends that calls must come to, or the generator has become blind. */
const REACHED = [
  'not-found',
  'no-answer',
  'unreachable',
  'callee-busy',
  'forbidden',
  'loop',
  'no-channel',
  'caller-blocked',
  'do-not-disturb',
  'echo',
];

/** A working day, the night after it, a weekend, and the days with hours of their own. */
const BEGINNINGS = [
  Date.UTC(2026, 4, 5, 9),
  Date.UTC(2026, 4, 5, 21, 59, 50),
  Date.UTC(2026, 4, 9, 12),
  Date.UTC(2026, 11, 30, 8),
  Date.UTC(2026, 11, 31, 5, 59, 30),
];

/** A step as the reference tells it. */
function inShort({ step }: Plan): ReferenceRing | ReferenceEnd {
  if (step.do === 'reject') return { do: 'reject', reason: step.reason };
  if (step.do !== 'ring') return { do: step.do as 'echo' | 'hangup' };
  const targets = step.targets.map((target) => ({
    rings: target.kind === 'device' ? target.device.login : target.number,
    after: target.after ?? 0,
    ring: target.ring,
    ...(target.kind === 'device'
      ? { did: target.did, ...(target.outside !== undefined && { for: target.outside.number }) }
      : {
          trunks: target.ways.map(({ trunk }) => trunk),
          orderedBy: target.orderedBy?.extension,
          shows: target.ways[0]?.callerId,
        }),
  }));
  return { targets, ring: step.ring, ofMany: step.ofMany };
}

function worldAt(model: ReturnType<typeof modelOf>, now: number, at: Moment): World {
  const activity = (_: Domain, extension: string): Activity => {
    const talking = at.busy.includes(extension) ? 1 : 0;
    const of = Number(extension) % 6;
    return {
      ...{ talking, ringing: 0, answered: at.answered[of] ?? 0, talkMs: at.talkMs[of] ?? 0 },
      lastTalkEnd: now - (at.ended[of] ?? 0),
    };
  };
  return worldOf(model, at.away, {
    now,
    activity,
    isLoggedIn: (_, __, extension) => !at.loggedOut.includes(extension),
    lastTalkOf: (_, __, extension) => now - (at.ended[Number(extension) % 6] ?? 0),
    lastTalks: () => at.talks.map(({ ago, ...talk }) => ({ ...talk, endedAt: now - ago })),
    responsible: () => at.responsible,
    channelsInUse: () => at.channels,
    isTrunkUp: (_, trunk) => !at.downTrunks.includes(trunk),
    cheapestFirst: (_, __, trunks) => [...trunks].reverse(),
    numberPlace: (number) => (Number(number.at(-1)) % 2 === 0 ? { region: 'North', operator: 'x' } : undefined),
  });
}

/** By the file alone, not by the router's own code: whether a number may be sent out at the order of somebody. */
function mayLeave(domain: Domain, target: OutsideTarget): boolean {
  if (target.number === '112') return true;
  const by = target.orderedBy?.extension;
  const groups = domain.groups
    .filter(({ members }) => members.some(({ to }) => to === by))
    .map(({ extension }) => extension);
  const rule = (domain.settings.outbound ?? []).find(
    ({ match, from }) =>
      matches(match, target.number) && (from === undefined || from.some((one) => one === by || groups.includes(one))),
  );
  if (rule?.trunk === undefined || rule.deny === true) return false;
  if (target.ways.some(({ send }) => !permissionOf(rule, target.number, send).permitted)) return false;
  return target.ways.every(({ trunk }) => trunk === rule.trunk || rule.reserve?.includes(trunk) === true);
}

/** The patterns that the generator writes. */
function matches(pattern: string, number: string): boolean {
  const forms: Record<string, RegExp> = {
    '112': /^112$/,
    xxx: /^\d{3}$/,
    '3xx': /^3\d\d$/,
    '+7[67]*': /^\+7[67]/,
    '+7*': /^\+7/,
    '+*': /^\+/,
    '9*': /^9/,
    '*': /^/,
    '[2-5]00': /^[2-5]00$/,
  };
  return forms[pattern]?.test(number) === true;
}

function judge(plan: Plan, world: World, at: Moment, caller: Caller, domain: Domain): void {
  if (plan.step.do !== 'ring') return;
  const { targets, ring } = plan.step;
  expect(targets.length).toBeGreaterThan(0);
  expect(ring).toBeGreaterThan(0);
  const logins = targets.flatMap((target) =>
    target.kind === 'device' ? [`${target.device.login} ${target.outside?.number}`] : [],
  );
  expect(new Set(logins).size).toBe(logins.length);
  for (const target of targets) {
    expect((target.after ?? 0) >= 0).toBe(true);
    if (target.kind === 'outside') {
      const byScheme = plan.frames.some((frame) => frame.in === 'scheme') && target.ways.length === 1;
      expect(byScheme || mayLeave(domain, target), `${target.number} by ${target.orderedBy?.extension}`).toBe(true);
      expect(target.ways.length).toBeGreaterThan(0);
      for (const { trunk, callerId } of target.ways) {
        const { channels } = domain.trunks.find(({ name }) => name === trunk)!;
        expect(channels === undefined || at.channels < channels).toBe(true);
        if (callerId !== undefined) expect(domain.numbers.map(({ number }) => number)).toContain(callerId);
      }
      // An operator's call that nobody of ours orders out would be a stranger's at our expense.
      if (caller.kind === 'trunk') expect(plan.path.length).toBeGreaterThan(0);
      continue;
    }
    const { user, device } = target;
    expect(domain.users).toContain(user);
    expect(user.devices).toContain(device);
    expect(at.away).not.toContain(device.login);
    expect(world.isReachable(domain, device.login)).toBe(true);
    const frame = plan.frames.at(-1);
    if (frame?.in === 'group' && target.outside === undefined) {
      const { group } = frame;
      if (group.skipBusy !== false) expect(at.busy).not.toContain(user.extension);
      if (group.login === true) expect(at.loggedOut).not.toContain(user.extension);
      expect(group.members.map(({ to }) => to)).toContain(user.extension);
    }
    const byRule = target.outside !== undefined;
    if (!byRule) {
      expect(user.dnd).not.toBe(true);
      if (user.callWaiting === false) expect(at.busy).not.toContain(user.extension);
    }
  }
}

const asked = fc.record({
  number: dialled,
  from: outside,
  who: fc.nat(3),
  /** Over and over. */
  outcomes: fc.array(outcome, { minLength: 1, maxLength: 4 }),
  moments: fc.array(moment, { minLength: 1, maxLength: 6 }),
  seed: fc.nat(0xffff),
  begins: fc.constantFrom(...BEGINNINGS),
});
type Asked = typeof asked extends fc.Arbitrary<infer T> ? T : never;

/** Follows one call to its end, judging each step. Answers how it ended. */
function follow(model: Model, { number, from, who, outcomes, moments, seed, begins }: Asked): string {
  const domain = onlyDomain(model);
  const user = domain.users.find(({ devices }) => devices.length > 0);
  const device = user?.devices[0];
  const caller: Caller =
    who > 1 && user !== undefined && device !== undefined
      ? { kind: 'device', user, device }
      : { kind: 'trunk', trunk: `trunk-${who}`, ...(from !== undefined && { number: from }) };
  const call = { domain, caller, dialled: number, seed };

  let at = moments[0]!;
  let world = worldAt(model, begins, at);
  let plan = route(call, world);
  expect(inShort(route(call, world))).toEqual(inShort(plan));
  const own = domain.numbers.find((one) => one.number === normaliseNumber(number).number);
  if (caller.kind === 'trunk' && own?.channels !== undefined && at.channels >= own.channels) {
    expect(plan.step.do).toBe('reject');
  }
  const ofOperator =
    caller.kind === 'trunk' &&
    domain.trunks.some(({ name, register }) => name === caller.trunk && register !== undefined);
  if (ofOperator && own === undefined) expect(plan.step).toMatchObject({ do: 'reject', reason: 'not-found' });
  const reference = new ReferenceRouter(call, world);
  const told = reference.run();
  expect(inShort(plan), plan.story.join('\n')).toEqual(told.next().value);
  let now = begins;
  let steps = 0;
  while (plan.step.do === 'ring') {
    judge(plan, world, at, caller, domain);
    now += plan.step.ring;
    at = moments[(steps + 1) % moments.length]!;
    world = worldAt(model, now, at);
    const event = { kind: 'ring-ended', outcome: outcomes[steps % outcomes.length]! } as const;
    const expected = told.next({ outcome: event.outcome, world }).value;
    const next = advance(plan, event, world);
    expect(advance(plan, event, world).story).toEqual(next.story);
    expect(inShort(next), next.story.join('\n')).toEqual(expected);
    expect(next.story.length).toBeGreaterThan(plan.story.length);
    plan = next;
    expect(++steps).toBeLessThan(MOST_STEPS);
  }
  expect(['reject', 'echo', 'hangup']).toContain(plan.step.do);
  expect(new Set(plan.visited).size).toBe(plan.visited.length);
  expect(plan.visited).toEqual([...reference.visited]);
  expect([plan.did, plan.group]).toEqual([reference.did, reference.group]);
  expect((plan.forwards ?? []).map(({ by, to }) => ({ by, to }))).toEqual(reference.forwards);
  expect(plan.story.every((line) => line.length > 0)).toBe(true);
  // Plain data: what a store or a replay would make of it is the same.
  expect(JSON.parse(JSON.stringify(plan.step))).toEqual(plan.step);
  return plan.step.do === 'reject' ? plan.step.reason : plan.step.do;
}

test(
  'every call comes to one end, rings only whom it may, and is decided the same way twice',
  () => {
    const ends = new Map<string, number>();
    const calls = fc.array(asked, { minLength: CALLS_A_FILE, maxLength: CALLS_A_FILE });
    fc.assert(
      fc.property(arbitraryPbx(undefined, { crowded: true }), calls, (file, each) => {
        const model = modelOf(stringify(file));
        for (const one of each) {
          const end = follow(model, one);
          ends.set(end, (ends.get(end) ?? 0) + 1);
        }
      }),
      { numRuns: RUNS, seed: 20_261_127, endOnFailure: process.env.VATS_NO_SHRINK !== undefined },
    );
    for (const end of REACHED) expect(ends.has(end), end).toBe(true);
  },
  TIME_LIMIT_MS,
);

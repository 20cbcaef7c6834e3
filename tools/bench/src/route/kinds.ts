import { type Domain, type LastTalk, type Plan, type RouteCall, route, type World } from '@vats/pbx';
import {
  extensionOf,
  GROUPS,
  groupOf,
  MORE_MEMBERS,
  NUMBERS,
  numberOf,
  OUTBOUND_RULES,
  USERS,
} from '../large-company.ts';

/** Something to time: `run` does it the `i`th time, and answers something so that it is not optimised away. */
export interface Kind {
  readonly name: string;
  readonly run: (i: number) => unknown;
  /** How many different ones there are: the `i`th is the same as the `i + calls`th. */
  readonly calls: number;
}

const CALLS_OF_A_KIND = 2_000;
/** Who spoke last with these callers is known. */
const KNOWN_CALLER = '+79990000000';
const LARGEST = Array.from({ length: GROUPS }, (_, i) => i).filter((i) => i % (MORE_MEMBERS + 1) === MORE_MEMBERS);
/** By the strategies' order in the file: 5 is `priority`, all at once where nobody has one; 3 is `longest-idle`, each in turn. */
const AT_ONCE = LARGEST.filter((i) => i % 6 === 5);
const IN_TURN = LARGEST.filter((i) => i % 6 === 3);

/** A moment in which everybody is free and at their phone, a Tuesday at noon. */
export function quietWorld(directory: World['directory']): World {
  const idle = { talking: 0, ringing: 0, lastTalkEnd: 0, answered: 0, talkMs: 0 };
  const talk: LastTalk = { extension: extensionOf(7), endedAt: Date.UTC(2026, 4, 5, 8, 50), direction: 'in' };
  return {
    now: Date.UTC(2026, 4, 5, 9),
    directory,
    isReachable: () => true,
    activity: () => idle,
    isPaused: () => false,
    ownSettings: () => undefined,
    lastCaller: () => undefined,
    waitingIn: () => 0,
    lastTalkOf: () => 0,
    isLoggedIn: () => true,
    lastTalks: (_, number) => (number === KNOWN_CALLER ? [talk] : []),
    responsible: () => undefined,
    channelsInUse: () => 0,
    isTrunkUp: () => true,
    cheapestFirst: (_, __, trunks) => trunks,
    numberPlace: () => undefined,
  };
}

/** A day's mixture: half come in by a number, the others are dialled inside (some to groups) or go out. */
export function mixedCalls(domain: Domain, count: number): RouteCall[] {
  return Array.from({ length: count }, (_, i) => {
    if (i % 2 === 0) return comesIn(domain, i * 31, `+7916${1_000_000 + (i % 9_000_000)}`, i);
    const dialled =
      i % 4 === 1 ? extensionOf(i * 7) : i % 8 === 3 ? groupOf(i) : `8${900 + (i % (OUTBOUND_RULES - 1))}1234567`;
    return dials(domain, i * 17, dialled, i);
  });
}

/** One kind of call each. */
export function kindsOf(domain: Domain, world: World): Kind[] {
  const groups = domain.groups.map(({ extension }) => extension);
  const of = (name: string, call: (i: number) => RouteCall, expected: (plan: Plan) => boolean): Kind => {
    // Made before, so that only the decision is timed; many, so that each finds its objects as cold as they are.
    const calls = Array.from({ length: CALLS_OF_A_KIND }, (_, i) => call(i));
    const wrong = calls.find((each) => !expected(route(each, world)));
    if (wrong !== undefined) throw new Error(`${name}: ${wrong.dialled} is ${route(wrong, world).story.join(' / ')}`);
    return { name, run: (i) => route(calls[i % calls.length]!, world), calls: calls.length };
  };
  const rings = (targets: number) => (plan: Plan) => plan.step.do === 'ring' && plan.step.targets.length === targets;
  const toGroup = (of: readonly number[]) => (i: number) => dials(domain, i * 17 + 1, groups[of[i % of.length]!]!, i);
  return [
    of('one of ours calls another', (i) => dials(domain, i * 17, extensionOf(i * 7 + 1), i), rings(1)),
    of(
      'in by a number, to a group of 5 to 46',
      (i) => comesIn(domain, i * 31, '+79161234567', i),
      (plan) => plan.did !== undefined,
    ),
    of('a group of 50 at once', toGroup(AT_ONCE), (plan) => plan.step.do === 'ring' && plan.step.targets.length >= 49),
    of('a group of 50, longest idle first', toGroup(IN_TURN), rings(1)),
    of('out by the first rule of 100', (i) => dials(domain, i * 17, '89001234567', i), rings(1)),
    of('out by the last rule but one', (i) => dials(domain, i * 17, '84951234567', i), rings(1)),
    of('in, by a caller whose employee is known', (i) => comesIn(domain, (i % 50) * 50, KNOWN_CALLER, i), rings(1)),
  ];
}

/** What nothing costs here, what a look-up does, and what the machine does to work of `microseconds` that allocates nothing. */
export function floors(microseconds: number): Kind[] {
  const map = new Map(Array.from({ length: USERS }, (_, i) => [extensionOf(i), { i }]));
  const keys = Array.from({ length: CALLS_OF_A_KIND }, (_, i) => extensionOf(i * 17));
  const turns = turnsFor(microseconds);
  return [
    { name: 'nothing', run: (i) => i, calls: CALLS_OF_A_KIND },
    { name: 'a look-up among 5,000 users', run: (i) => map.get(keys[i % keys.length]!), calls: keys.length },
    { name: `sums for ${microseconds} µs`, run: (i) => sums(turns, i), calls: CALLS_OF_A_KIND },
  ];
}

function sums(turns: number, from: number): number {
  let sum = from;
  for (let turn = 0; turn < turns; turn++) sum = (Math.imul(sum, 31) + turn) | 0;
  return sum;
}

function turnsFor(microseconds: number): number {
  const turns = 200_000;
  let quickest = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 200; round++) {
    const began = process.hrtime.bigint();
    sums(turns, round);
    quickest = Math.min(quickest, Number(process.hrtime.bigint() - began) / 1_000);
  }
  return Math.round((turns / quickest) * microseconds);
}

function comesIn(domain: Domain, number: number, from: string, seed: number): RouteCall {
  return { domain, caller: { kind: 'trunk', trunk: 'itsp', number: from }, dialled: numberOf(number % NUMBERS), seed };
}

function dials(domain: Domain, by: number, dialled: string, seed: number): RouteCall {
  const user = domain.users[by % USERS]!;
  return { domain, caller: { kind: 'device', user, device: user.devices[0]! }, dialled, seed };
}

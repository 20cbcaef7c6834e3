import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { Directory } from '../model/directory.ts';
import type { Model } from '../model/model.ts';
import { worldAt } from '../testing/arbitrary/moment.ts';
import { arbitraryOffice } from '../testing/arbitrary/office.ts';
import { type ArbitraryCall, arbitraryCall, arbitraryCallOut, callIn } from '../testing/arbitrary-call.ts';
import { arbitraryPbx } from '../testing/arbitrary-pbx.ts';
import { modelOf } from '../testing/model-of.ts';
import { faultsOf } from '../testing/plan-faults.ts';
import {
  type ReferenceDecision,
  type ReferenceEnd,
  type ReferenceMenu,
  type ReferenceMessage,
  type ReferencePlay,
  type ReferenceRing,
  ReferenceRouter,
  type ReferenceWait,
} from '../testing/reference-router.ts';
import { advance } from './advance.ts';
import { dialledIn } from './menu-keys.ts';
import { NotedWorld, replayedWorld, type WorldNotes } from './noted-world.ts';
import type { Plan, PlanEvent, RingOutcome, StepOutcome, World } from './plan.ts';
import { route } from './route.ts';
import { eventOf, goesOn } from './step-outcomes.ts';

/*
 * 150 random files (up to 6 users with 3 devices each, 3 groups of up to 7 members, 3 trunks, 4 numbers, 3 schemes of up to 4 steps, 5 outbound rules),
 * each with 20 random calls: 3,000 calls, each in up to 6 random moments, until it ends. What a call comes to is judged three times: by what must hold
 * whatever the router does (`faultsOf`), by the reference router, which tells the same in another way, and by explaining it: the same decision made
 * again from what a story keeps of it. docs/mutations.md says which faults of the router this was seen to find.
 */
const RUNS = 150;
const CALLS_A_FILE = 20;
/** Small ones that call out in every way (`arbitraryOffice`), so 1,000 calls more. */
const OFFICES = 50;
const CALLS_OUT_AN_OFFICE = 20;
/** Most of a run is the reading of its file, on a machine that may be busy. */
const TIME_LIMIT_MS = 180_000;
/** Users ring once each for a forward, groups in waves and rounds, schemes step by step; nothing makes a call go on for ever. */
const MOST_STEPS = 400;

const PROMPT_MS = 5_000;
const PLAYED: PlanEvent = { kind: 'served', outcome: 'played' };

/** Ends that calls must come to, or the generator has become blind. */
const REACHED = [
  'not-found',
  'no-answer',
  'unreachable',
  'callee-busy',
  'callee-declined',
  'forbidden',
  'loop',
  'no-channel',
  'caller-blocked',
  'do-not-disturb',
  'echo',
  'hangup',
];

test(
  'every call comes to one end, rings only whom it may, and is decided the same way twice',
  () => {
    const ends = new Map<string, number>();
    let shuffled = 0;
    const calls = fc.array(arbitraryCall, { minLength: CALLS_A_FILE, maxLength: CALLS_A_FILE });
    fc.assert(
      fc.property(arbitraryPbx(undefined, { crowded: true }), calls, (file, each) => {
        const model = modelOf(stringify(file), 'domain: other.example\n');
        const directory = new Directory(model);
        for (const one of each) {
          const { end, byChance } = follow(model, directory, one);
          ends.set(end, (ends.get(end) ?? 0) + 1);
          if (byChance) shuffled++;
        }
      }),
      { numRuns: RUNS, seed: 20_261_127, endOnFailure: process.env.VATS_NO_SHRINK !== undefined },
    );
    for (const end of REACHED) expect(ends.has(end), end).toBe(true);
    // The reference takes the router's word for what chance says, but not that it says nothing.
    expect(shuffled).toBeGreaterThan(0);
  },
  TIME_LIMIT_MS,
);

test(
  'what goes out, by which trunks and as what digits, is what the rules say of what is called',
  () => {
    const ends = new Map<string, number>();
    let rang = 0;
    const calls = fc.array(arbitraryCallOut, { minLength: CALLS_OUT_AN_OFFICE, maxLength: CALLS_OUT_AN_OFFICE });
    fc.assert(
      fc.property(arbitraryOffice, calls, (file, each) => {
        const model = modelOf(stringify(file));
        const directory = new Directory(model);
        for (const one of each) {
          const { end, steps } = follow(model, directory, one);
          ends.set(end, (ends.get(end) ?? 0) + 1);
          if (steps > 0) rang++;
        }
      }),
      { numRuns: OFFICES, seed: 20_261_127, endOnFailure: process.env.VATS_NO_SHRINK !== undefined },
    );
    for (const end of ['forbidden', 'no-channel', 'not-found', 'loop']) expect(ends.has(end), end).toBe(true);
    expect(rang).toBeGreaterThan(OFFICES);
  },
  TIME_LIMIT_MS,
);

/** Follows one call to its end, judging each step. */
function follow(model: Model, directory: Directory, asked: ArbitraryCall): Followed {
  const [domain] = model.domains;
  const call = callIn(domain!, asked);
  const { begins, moments, outcomes } = asked;
  let world = worldAt(directory, begins, moments[0]!);
  const reference = new ReferenceRouter(call, world);
  const told = reference.run();

  let plan = decidedTwice(world, (moment) => route(call, moment));
  expect(inShort(plan), plan.story.join('\n')).toEqual(told.next().value);
  let now = begins;
  let steps = 0;
  while (goesOn(plan.step)) {
    expect(faultsOf(plan, world), plan.story.join('\n')).toEqual([]);
    now += plan.step.do === 'ring' ? plan.step.ring : PROMPT_MS;
    world = worldAt(directory, now, moments[(steps + 1) % moments.length]!);
    const outcome = endOf(plan, outcomes[steps % outcomes.length]!, steps);
    const before = plan;
    plan = decidedTwice(world, (moment) => advance(before, eventOf(outcome), moment));
    expect(inShort(plan), plan.story.join('\n')).toEqual(told.next({ outcome, world }).value);
    expect(plan.visited).toEqual([...reference.call.visited]);
    expect(plan.story.slice(0, before.story.length)).toEqual(before.story);
    expect(plan.story.length).toBeGreaterThan(before.story.length);
    expect(++steps).toBeLessThan(MOST_STEPS);
  }
  isTheEnd(plan, reference, world);
  return { end: plan.step.do === 'reject' ? plan.step.reason : plan.step.do, steps, byChance: reference.call.shuffled };
}

const WAITS = ['queue-waited', 'queue-full', 'queue-nobody'] as const;

const DECISIONS: readonly StepOutcome[] = [
  'not-decided',
  'decided {"ring":"201"}',
  'decided {"menu":{"prompt":"more","keys":{"1":{"ring":"+79161234567"}}}}',
  'decided {"prefix":"VIP "}',
];

/** How a step ends: a ringing as it is said, a wait in each way, a menu by one of all that the caller can do there. */
function endOf({ step, call }: Plan, ringing: RingOutcome, nth: number): StepOutcome {
  if (step.do === 'ring') return ringing;
  if (step.do === 'queue') return WAITS[nth % WAITS.length]!;
  if (step.do === 'decide') return DECISIONS[nth % DECISIONS.length]!;
  if (step.do === 'voicemail') return /^(no-answer|callee-busy)$/.test(ringing) ? 'message-left' : 'no-message';
  if (step.do !== 'menu') return 'played';
  const { menu } = step;
  const can: StepOutcome[] = [
    ...Object.keys(menu.keys).map((key) => `key ${key}` as const),
    ...dialledIn(menu, call.domain).map((extension) => `dialled ${extension}` as const),
    ...(['no-key', 'wrong-key', 'wrong-pin', 'not-played'] as const),
  ];
  return can[(nth * 7 + ringing.length) % can.length]!;
}

interface Followed {
  readonly end: string;
  /** That rang. */
  readonly steps: number;
  /** Chance put members into another order than the file's. */
  readonly byChance: boolean;
}

/**
 * Decides as a live call does, and once more as `explain` does of a finished one: from the notes that the story keeps of the moment, after they have been
 * through a disk, and the call's seed. Both must come to the same plan, for the same reasons.
 */
function decidedTwice(world: World, decide: (world: World) => Plan): Plan {
  const live = new NotedWorld(world);
  const plan = decide(live);
  const kept: WorldNotes = JSON.parse(JSON.stringify(live.notes()));
  expect(kept.more).toBeUndefined();
  expect(decide(replayedWorld(kept, world.directory))).toEqual(plan);
  return plan;
}

/** There is one end: nothing comes after it, and it is told in full. */
function isTheEnd(plan: Plan, { call }: ReferenceRouter, world: World): void {
  expect(['reject', 'echo', 'hangup']).toContain(plan.step.do);
  expect(advance(plan, { kind: 'ring-ended', outcome: 'no-answer' }, world)).toBe(plan);
  expect(advance(plan, PLAYED, world)).toBe(plan);
  expect(new Set(plan.visited).size).toBe(plan.visited.length);
  expect(plan.visited).toEqual([...call.visited]);
  expect([plan.did, plan.group]).toEqual([call.did, call.group]);
  expect(plan.forwards ?? []).toEqual(call.forwards);
  expect(plan.story.every((line) => line.length > 0)).toBe(true);
  // Plain data: what a store or a replay would make of it is the same.
  expect(JSON.parse(JSON.stringify(plan.step))).toEqual(plan.step);
}

/** A step as the reference tells it. */
function inShort({
  step,
  record,
  callerPrefix,
}: Plan):
  | ReferenceRing
  | ReferencePlay
  | ReferenceMenu
  | ReferenceMessage
  | ReferenceWait
  | ReferenceDecision
  | ReferenceEnd {
  if (step.do === 'voicemail') return { messageFor: step.box };
  if (step.do === 'play') return { plays: step.prompt, answers: step.answer, record };
  if (step.do === 'decide') return { url: step.url, pressed: step.pressed };
  if (step.do === 'menu') return { asks: step.says, keys: Object.keys(step.menu.keys), record };
  if (step.do === 'queue') return { waitsFor: step.group.extension, record };
  if (step.do === 'reject') return { do: 'reject', reason: step.reason };
  if (step.do !== 'ring') return { do: step.do as 'echo' | 'hangup' };
  const targets = step.targets.map((target) => ({
    rings: target.kind === 'device' ? target.device.login : target.number,
    after: target.after ?? 0,
    ring: target.ring,
    ...(target.kind === 'device'
      ? {
          did: target.did,
          ...(target.outside !== undefined && {
            for: target.outside.number,
            orderedBy: target.outside.orderedBy?.extension,
          }),
        }
      : {
          ways: target.ways.map(({ trunk, send }) => `${trunk} ${send}`),
          anonymous: target.ways.some((way) => way.anonymous === true),
          orderedBy: target.orderedBy?.extension,
          shows: target.ways[0]?.callerId,
        }),
  }));
  return { targets, ring: step.ring, ofMany: step.ofMany, record, prefix: callerPrefix };
}

import type { Frozen } from '../../model/model.ts';
import type { RejectReason, RingOutcome } from '../../routing/plan.ts';
import { scheduleAt } from '../../schedule/schedule-at.ts';
import { normaliseNumber } from '../../schema/number.ts';
import { type RingStep, type SchemeStep, schemeStep } from '../../schema/scheme.ts';
import { reachGroup } from './groups.ts';
import { longest, once } from './lists.ts';
import { gathered } from './members.ts';
import { byTrunks, OUTSIDE_MS } from './outside.ts';
import { Ended, Loop, type Place, type Ringing, reject, type ToldCall } from './told-call.ts';

const TOGETHER_MS = 25_000;

const CAUSES: Partial<Record<NonNullable<SchemeStep['hangup']>, RejectReason>> = {
  busy: 'callee-busy',
  declined: 'callee-declined',
  'no-answer': 'no-answer',
  unavailable: 'unreachable',
  'not-found': 'not-found',
  congestion: 'congestion',
};

export function* followScheme(call: ToldCall, name: string, from: Place): Ringing<RingOutcome> {
  const scheme = call.domain.schemes.find((one) => one.name === name)!;
  const at = call.enter(`scheme ${name}`, from);
  const open = scheme.hours === undefined || scheduleAt(scheme.hours, call.zone(), call.world.now).open;
  let outcome: RingOutcome = 'not-found';
  for (const each of (open ? scheme.open : scheme.closed) ?? []) {
    const here: Place = { ...at, inner: true };
    let step: Frozen<SchemeStep> = each;
    while (step.menu !== undefined || step.decide !== undefined) {
      if (step.decide !== undefined) {
        const said = yield* call.decide(step.decide.url);
        const { otherwise = {} } = step.decide;
        step = said === 'not-decided' ? otherwise : schemeStep.parse(JSON.parse(said.replace('decided ', '')));
        continue;
      }
      if (step.menu === undefined) break;
      // Whoever was asked something has reached us.
      if (outcome === 'not-found') outcome = 'no-answer';
      const chosen = yield* keyedIn(call, step.menu);
      if (typeof chosen === 'string') outcome = yield* tryOne(call, chosen, here);
      step = typeof chosen === 'string' ? {} : chosen;
    }
    const words = step.say === undefined ? undefined : saidTo(call, step.say);
    if (words !== undefined) {
      yield* call.play(words, true);
      if (outcome === 'not-found') outcome = 'no-answer';
    }
    call.prefix = step.prefix ?? call.prefix;
    if (step.play !== undefined) {
      yield* call.play(step.play.prompt, step.play.answer !== false);
      // Whoever was told something has reached us.
      if (outcome === 'not-found') outcome = 'no-answer';
    }
    if (step.goto !== undefined) return yield* followScheme(call, step.goto, at);
    if (step.hangup === 'normal') throw new Ended({ do: 'hangup' });
    if (step.hangup !== undefined) reject(CAUSES[step.hangup] ?? 'forbidden');
    if (step.voicemail !== undefined) {
      outcome = yield* call.message(step.voicemail, outcome === 'not-found' ? 'no-answer' : outcome);
    }
    if (step.queue !== undefined) outcome = yield* waitFor(call, step.queue.to, here);
    if (step.ring !== undefined) outcome = yield* ringStep(call, step.ring, here);
  }
  return call.back(outcome);
}

/** What of a value is said, for a person. */
function saidTo({ caller }: ToldCall, say: NonNullable<Frozen<SchemeStep>['say']>): string | undefined {
  if (say === 'time') return 'the time';
  if (say === 'caller') {
    const isKnown = caller.kind === 'device' || caller.number !== undefined;
    return isKnown ? 'the number of the caller' : undefined;
  }
  return 'number' in say ? `the number ${say.number}` : `the digits ${say.digits}`;
}

/** What comes of a menu: a step, which may do nothing, or the extension that the caller dialled. */
function* keyedIn(call: ToldCall, menu: NonNullable<Frozen<SchemeStep>['menu']>): Ringing<Frozen<SchemeStep> | string> {
  const rules = { 'no-key': menu.noKey, 'wrong-key': menu.wrongKey, 'wrong-pin': menu.wrongKey };
  let said: string[] = [];
  for (let times = menu.repeat ?? 1; ; times--) {
    const did: string = yield* call.ask([...said, menu.prompt], Object.keys(menu.keys));
    const [, how, what = ''] = /^(key|dialled) (.*)$/.exec(did) ?? [];
    if (how !== undefined) call.pressed.push(what);
    if (how === 'dialled') return what;
    if (how === 'key') return menu.keys[what]!;
    if (did === 'not-played') return menu.otherwise ?? {};
    const rule = rules[did as keyof typeof rules];
    said = rule?.prompt === undefined || did === 'wrong-pin' ? [] : [rule.prompt];
    const next = rule?.next ?? 'repeat';
    if (next === 'repeat' && times > 1) continue;
    for (const prompt of said) yield* call.play(prompt, true);
    return next === 'repeat' ? (menu.otherwise ?? {}) : next;
  }
}

function* waitFor(call: ToldCall, to: string, at: Place): Ringing<RingOutcome> {
  const group = call.domain.groups.find(({ extension }) => extension === to)!;
  try {
    return yield* reachGroup(call, group, at, true);
  } catch (error) {
    if (error instanceof Loop) return call.back('loop');
    throw error;
  }
}

/** Somebody further out tries this and goes on however it ends, be it that it goes round. */
function* tryOne(call: ToldCall, to: string, at: Place, ring?: number): Ringing<RingOutcome> {
  try {
    return yield* call.to(call, to, at, undefined, ring);
  } catch (error) {
    if (error instanceof Loop) return call.back('loop');
    throw error;
  }
}

function* ringStep(call: ToldCall, step: Frozen<RingStep>, at: Place): Ringing<RingOutcome> {
  const { to, order, ring } = step;
  if (to.length > 1 && order !== 'in-turn') return yield* ringTogether(call, step);
  let outcome: RingOutcome = 'not-found';
  for (const one of to) {
    const found = trunkOf(call, one, step);
    call.rings(ring);
    if (found === undefined) outcome = yield* tryOne(call, one, at, ring);
    else if (typeof found === 'string') outcome = call.back('no-channel');
    else outcome = yield* call.ring(found, OUTSIDE_MS, false);
  }
  return outcome;
}

function* ringTogether(call: ToldCall, step: Frozen<RingStep>): Ringing<RingOutcome> {
  const found = step.to.map((one) => {
    const way = trunkOf(call, one, step);
    if (way !== undefined) return { targets: typeof way === 'string' ? [] : way, users: [], busy: false };
    const group = call.domain.groups.find(({ extension }) => extension === one);
    return gathered(call, group?.members ?? [{ to: one }], group);
  });
  for (const { users } of found) for (const { extension } of users) call.visited.add(extension);
  const targets = once(found.flatMap((each) => each.targets));
  if (targets.length === 0) return call.back(found.some(({ busy }) => busy) ? 'callee-busy' : 'unreachable');
  return yield* call.ring(targets, longest(targets, step.ring ?? TOGETHER_MS), true);
}

/** The system behind a trunk, with the number that the step names or that was called; undefined for what is no trunk. */
function trunkOf(call: ToldCall, one: string, { number }: Frozen<RingStep>) {
  if (!/^trunk/.test(one)) return undefined;
  return byTrunks(call, [one], normaliseNumber(number ?? call.did ?? call.dialled).number, undefined);
}

import type { Group } from '../model/model.ts';
import { formatDuration } from '../schema/duration.ts';
import { gather } from './gather.ts';
import { arrived, type Journey, planOf, rejected, told, within } from './journey.ts';
import { knownEmployeeOf, ringKnown } from './known-employee.ts';
import { leaveMessage } from './leave-message.ts';
import { membersInOrder } from './member-order.ts';
import { type Decision, goBack, goneRound, sendTo } from './onward.ts';
import { OUTCOME_TEXTS } from './outcomes.ts';
import type { Frame, RingOutcome, World } from './plan.ts';
import { nameOf, ringOf } from './targets.ts';

/** How long members ring where the group says nothing: all together, or each in turn. */
const TOGETHER_MS = 25_000;
const EACH_MS = 15_000;

/** Sends the call to a group: to whom the caller spoke with last, if that is asked for, and then to its members. */
export function reachGroup(journey: Journey, group: Group, because: string, world: World): Decision {
  const there = arrived(journey, `group ${group.extension}`, group.extension);
  if (there === undefined) {
    return goneRound(journey, `the call has been at ${group.extension} already`, because);
  }
  const here = { ...there, group: group.extension };
  const known = knownEmployeeOf(here, group.knownEmployee, group, world);
  if (known === undefined) return ringGroup(here, group, because, world);
  const frame: Frame = { in: 'known', group, path: here.path };
  return ringKnown(within(here, frame), known, because);
}

/** Rings the members by the group's strategy. */
export function ringGroup(journey: Journey, group: Group, because: string, world: World): Decision {
  const waves = membersInOrder(journey, group, world);
  return ringWaves(
    journey,
    { in: 'group', group, waves, next: 0, round: 1, path: journey.path },
    because,
    'unreachable',
    world,
  );
}

/** After some members rang in vain. */
export function goOnInGroup(
  journey: Journey,
  frame: Frame & { in: 'group' },
  outcome: RingOutcome,
  world: World,
): Decision {
  if (frame.next < frame.waves.length) return ringWaves(journey, frame, '', outcome, world);
  return ringAgain(journey, frame, outcome, world) ?? leave(journey, frame.group, outcome);
}

/** Rings the next members of whom any can take the call now. */
function ringWaves(
  journey: Journey,
  frame: Frame & { in: 'group' },
  because: string,
  outcome: RingOutcome,
  world: World,
): Decision {
  const { group, waves } = frame;
  let here = journey;
  let sum = outcome;
  for (let next = frame.next; next < waves.length; next++) {
    const { targets, left, busy } = gather(here, waves[next] ?? [], group, world);
    here = told(here, ...left);
    if (busy) sum = 'callee-busy';
    if (targets.length === 0) continue;
    const time = ringOf(targets, group.ring ?? (waves.length === 1 ? TOGETHER_MS : EACH_MS));
    const text = `ring ${targets.map(nameOf).join(', ')} for ${formatDuration(time)}`;
    return planOf(within(here, { ...frame, next: next + 1 }), {
      do: 'ring',
      targets,
      ring: time,
      ofMany: true,
      because: because === '' ? `group ${group.name}: ${text}` : `${because}: ${text}`,
    });
  }
  here = told(here, because === '' ? '' : `${because}: nobody can take the call now`);
  // Somebody rang in this round, though the last ones did not.
  return (frame.next > 0 ? ringAgain(here, frame, sum, world) : undefined) ?? leave(here, group, sum);
}

/** The next round, where the group asks for it, however the last phone of this one ended: others rang in it too. */
function ringAgain(
  journey: Journey,
  frame: Frame & { in: 'group' },
  outcome: RingOutcome,
  world: World,
): Decision | undefined {
  const { group, round } = frame;
  if (round >= (group.rounds ?? 1)) return undefined;
  return ringWaves(journey, { ...frame, next: 0, round: round + 1 }, `round ${round + 1}`, outcome, world);
}

function leave(journey: Journey, group: Group, outcome: RingOutcome): Decision {
  const because = `group ${group.name} (${group.extension}) ${OUTCOME_TEXTS[outcome]}`;
  const to = group.noAnswer;
  if (to === 'voicemail') return leaveMessage(journey, group, outcome, because);
  if (to !== undefined) return sendTo(journey, to, `${because}, so the call goes on to ${to}`, group);
  return journey.frames.length === 0
    ? rejected(journey, outcome, because, '')
    : goBack(told(journey, because), outcome);
}

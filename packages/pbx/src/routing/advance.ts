import { decide } from './decide.ts';
import { leaveQueue } from './enter-queue.ts';
import { chosen, decided } from './follow-scheme.ts';
import { type Journey, journeyOf, planOf, told } from './journey.ts';
import { goBack, sendTo } from './onward.ts';
import type { Plan, PlanEvent, QueueOutcome, RingOutcome, ServedOutcome, World } from './plan.ts';
import { calledBack } from './step-outcomes.ts';

/**
 * The plan after its step ended. Pure. Users and rules are those of the plan's own moment, so a change of the model does
 * not tear a running call; who can be reached is asked anew.
 */
export function advance(plan: Plan, event: PlanEvent, world: World): Plan {
  const { step } = plan;
  // A late event of an earlier step changes nothing, and whatever neither rings nor is said is the last.
  if (event.kind === 'ring-ended') {
    return step.do === 'ring' ? decide(goBack(journeyOf(plan), event.outcome), world) : plan;
  }
  const { outcome } = event;
  if (step.do === 'queue') {
    return isQueueOutcome(outcome) ? decide(leaveQueue(outOf(plan), step.group, outcome, world), world) : plan;
  }
  const number = calledBack(outcome);
  if (number !== undefined) return callBack(plan, number, world);
  if (step.do === 'voicemail') return afterMessage(plan, step, outcome, world);
  if (isQueueOutcome(outcome)) return plan;
  const journey = journeyOf(plan);
  if (step.do === 'agent' || step.do === 'own-setting')
    return planOf(journey, { do: 'hangup', because: 'and that is all' });
  if (step.do === 'menu') return decide(chosen(journey, outcome, endedBefore(plan), world), world);
  if (step.do === 'decide') return decide(decided(journey, outcome, endedBefore(plan), world), world);
  if (step.do !== 'play') return plan;
  const missed = outcome === 'not-played' ? `${step.prompt} could not be played` : '';
  return decide(goBack(told(journey, missed), endedBefore(plan)), world);
}

/** The journey outside the queue that the caller has left. */
function outOf(plan: Plan): Journey {
  const journey = journeyOf(plan);
  const path = journey.frames.at(-1)?.path ?? journey.path;
  return { ...journey, frames: journey.frames.slice(0, -1), path };
}

/** As if the employee had dialled the number. */
function callBack(plan: Plan, number: string, world: World): Plan {
  const { caller } = plan.call;
  const takes = plan.step.do === 'mailbox' || plan.step.do === 'voicemail';
  if (!takes || caller.kind !== 'device') return plan;
  const journey = { ...journeyOf(plan), frames: [] };
  return decide(sendTo(journey, number, `${caller.user.name} calls ${number} back, which is`, caller.user), world);
}

/** Whoever left a message has had what there is; where none could be left, what comes next is as if there were no voicemail. */
function afterMessage(
  plan: Plan,
  { box, ended }: Extract<Plan['step'], { do: 'voicemail' }>,
  outcome: ServedOutcome,
  world: World,
): Plan {
  const journey = journeyOf(plan);
  if (outcome === 'message-left') return planOf(journey, { do: 'hangup', because: `a message was left for ${box}` });
  return decide(goBack(told(journey, `no message could be left for ${box}`), ended), world);
}

/** Nobody was rung by what was said: whoever ordered it goes on with how it was before. */
function endedBefore({ frames }: Plan): RingOutcome {
  const scheme = frames.findLast((frame) => frame.in === 'scheme');
  return scheme?.ended ?? 'no-answer';
}

const WAITS: ReadonlySet<ServedOutcome> = new Set<QueueOutcome>(['queue-full', 'queue-waited', 'queue-nobody']);

function isQueueOutcome(outcome: ServedOutcome): outcome is QueueOutcome {
  return WAITS.has(outcome);
}

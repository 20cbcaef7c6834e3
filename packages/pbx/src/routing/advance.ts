import { decide } from './decide.ts';
import { chosen } from './follow-scheme.ts';
import { journeyOf, told } from './journey.ts';
import { goBack } from './onward.ts';
import type { Plan, PlanEvent, RingOutcome, World } from './plan.ts';

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
  const journey = journeyOf(plan);
  if (step.do === 'menu') return decide(chosen(journey, event.outcome, endedBefore(plan), world), world);
  if (step.do !== 'play') return plan;
  const missed = event.outcome === 'not-played' ? `${step.prompt} could not be played` : '';
  return decide(goBack(told(journey, missed), endedBefore(plan)), world);
}

/** Nobody was rung by what was said: whoever ordered it goes on with how it was before. */
function endedBefore({ frames }: Plan): RingOutcome {
  const scheme = frames.findLast((frame) => frame.in === 'scheme');
  return scheme?.ended ?? 'no-answer';
}

import { decide } from './decide.ts';
import { journeyOf } from './journey.ts';
import { goBack } from './onward.ts';
import type { Plan, PlanEvent, World } from './plan.ts';

/**
 * The plan after its step ended. Pure. Users and rules are those of the plan's own moment, so a change of the model does
 * not tear a running call; who can be reached is asked anew.
 */
export function advance(plan: Plan, event: PlanEvent, world: World): Plan {
  // Only a ring step ends without ending the plan; a late event of an earlier one changes nothing.
  return plan.step.do === 'ring' ? decide(goBack(journeyOf(plan), event.outcome), world) : plan;
}

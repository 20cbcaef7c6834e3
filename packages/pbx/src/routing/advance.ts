import { goOn } from './go-on.ts';
import { journeyOf } from './journey.ts';
import type { Plan, PlanEvent, World } from './plan.ts';

/**
 * The plan after its step ended. Pure. Users and rules are those of the plan's own moment, so a change of the model does
 * not tear a running call; who can be reached is asked anew.
 */
export function advance(plan: Plan, event: PlanEvent, world: World): Plan {
  // Only a ring step ends without ending the plan; a late event of an earlier one changes nothing.
  return plan.step.do === 'ring' ? goOn(journeyOf(plan), event.outcome, world) : plan;
}

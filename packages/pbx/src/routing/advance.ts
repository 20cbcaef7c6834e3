import type { Plan, PlanEvent, World } from './plan.ts';
import { afterUser } from './reach-user.ts';

/**
 * The plan after its step ended. Pure. Users and rules are those of the plan's own moment, so a change of the model does
 * not tear a running call; who can be reached is asked anew.
 */
export function advance(plan: Plan, event: PlanEvent, world: World): Plan {
  const { step } = plan;
  // Only a ring step ends without ending the plan; a late event of an earlier one changes nothing.
  if (step.do !== 'ring') return plan;
  const [target] = step.targets;
  return target === undefined ? plan : afterUser(plan, target.user, event.outcome, world);
}

import type { Group } from '../model/model.ts';
import { gather } from '../routing/gather.ts';
import { journeyOf } from '../routing/journey.ts';
import { knownEmployeeOf } from '../routing/known-employee.ts';
import { membersInOrder } from '../routing/member-order.ts';
import type { Plan, RingTarget, World } from '../routing/plan.ts';
import { ringTimeOf } from '../routing/reach-group.ts';
import { ringOf } from '../routing/targets.ts';
import type { AgentDesk } from './agents.ts';

/** A caller of a queue rings agents. */
export interface Offer {
  readonly targets: readonly RingTarget[];
  /** For how long, milliseconds. */
  readonly ring: number;
  /** What chose them, for a person. */
  readonly because: string;
}

/**
 * Whom a caller who waits rings now: whom they spoke with last, where that is asked for, else the next by the group's strategy of whom
 * any is free. Undefined while nobody is. Pure.
 *
 * @param plan whose step the wait is
 * @param group as it is now
 */
export function nextOffer(plan: Plan, group: Group, world: World, desk: AgentDesk): Offer | undefined {
  const { domain } = plan.call;
  const journey = journeyOf(plan);
  const mayRing = (to: string): boolean =>
    !desk.isEngaged(domain, to) && desk.restsUntil(domain, to) <= world.now && world.activity(domain, to).ringing === 0;
  const known = knownEmployeeOf(journey, group.knownEmployee, group, world);
  if (known !== undefined && mayRing(known.user.extension)) {
    return { targets: known.targets, ring: known.ring, because: `queue of ${group.name}: ${known.why}` };
  }
  const waves = membersInOrder(journey, group, world);
  for (const wave of waves) {
    const ready = wave.filter(({ to }) => mayRing(to));
    const { targets } = gather(journey, ready, group, world);
    if (targets.length === 0) continue;
    const because = `queue of ${group.name}: ${group.strategy ?? 'all'}`;
    return { targets, ring: ringOf(targets, ringTimeOf(group, waves.length)), because };
  }
  return undefined;
}

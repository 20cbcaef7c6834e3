import type { User } from '../model/model.ts';
import { scheduleAt } from '../schedule/schedule-at.ts';
import { type InDomain, zoneOf } from './journey.ts';
import { isUndisturbed, ownOf } from './own-settings.ts';
import type { RingOutcome, World } from './plan.ts';

/** What keeps a user from being rung at all. */
export interface Barrier {
  /** `off-duty`: outside the user's hours, which has a forward of its own. */
  readonly kind: 'off-duty' | 'do-not-disturb' | 'on-the-phone';
  /** How a call ends that goes no further. */
  readonly outcome: RingOutcome;
  /** A sentence of it for a person. */
  readonly why: string;
}

export function barrierOf(journey: InDomain, user: User, world: World): Barrier | undefined {
  if (user.hours !== undefined) {
    const { open, because } = scheduleAt(user.hours, zoneOf(journey), world.now);
    if (!open) return { kind: 'off-duty', outcome: 'unreachable', why: `${user.name} is off duty (${because})` };
  }
  const own = ownOf(journey.call.domain, user, world);
  if (isUndisturbed(user, own)) {
    const set = own?.dnd === undefined ? '' : ' (set by phone)';
    const why = `${user.name} does not want to be disturbed${set}`;
    return { kind: 'do-not-disturb', outcome: 'do-not-disturb', why };
  }
  if (user.callWaiting === false) {
    const { talking, ringing } = world.activity(journey.call.domain, user.extension);
    if (talking + ringing > 0) {
      const why = `${user.name} takes one call at a time and has one`;
      return { kind: 'on-the-phone', outcome: 'callee-busy', why };
    }
  }
  return undefined;
}

import { followScheme, ringList } from './follow-scheme.ts';
import { type Journey, rejected } from './journey.ts';
import { OUTCOME_TEXTS } from './outcomes.ts';
import type { Plan, RingOutcome, World } from './plan.ts';
import { goOnInGroup, ringGroup } from './reach-group.ts';
import { goOnWithUser } from './reach-user.ts';
import { followNumber } from './take-number.ts';

/** What comes next after something ended without an answer: the innermost that has something left says it; else the call is refused. */
export function goOn(journey: Journey, outcome: RingOutcome, world: World): Plan {
  const frame = journey.frames.at(-1);
  if (frame === undefined) return rejected(journey, outcome, OUTCOME_TEXTS[outcome], '');
  const outer = { ...journey, frames: journey.frames.slice(0, -1), path: frame.path };
  switch (frame.in) {
    case 'user':
      return goOnWithUser(outer, frame, outcome, world);
    case 'group':
      return goOnInGroup(outer, frame, outcome, world);
    case 'known':
      return ringGroup(outer, frame.group, '', world);
    case 'number':
      return followNumber(outer, frame.number, '', world);
    case 'scheme':
      return followScheme(outer, frame, outcome, world);
    case 'list':
      return ringList(outer, frame, outcome, world);
  }
}

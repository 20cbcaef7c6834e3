import { isPublicNumber } from '../schema/destination.ts';
import { enterConference } from './enter-conference.ts';
import { enterScheme, followScheme, ringList, takeInstead } from './follow-scheme.ts';
import { goOut } from './go-out.ts';
import { type Journey, rejected, told } from './journey.ts';
import { type Decision, goBack, type Onward } from './onward.ts';
import { OUTCOME_TEXTS } from './outcomes.ts';
import type { Plan, RingOutcome, World } from './plan.ts';
import { callMembers, goOnInGroup, reachGroup } from './reach-group.ts';
import { goOnWithUser, reachUser } from './reach-user.ts';
import { followNumber, takeNumber } from './take-number.ts';
import { arriveAtTrunk } from './to-trunk.ts';

/** More than any company's rules ask for before a phone rings. */
const MOST_TURNS = 1_000;

/** Follows a decision until there is something to do. */
export function decide(first: Decision, world: World): Plan {
  let decision = first;
  let ring: number | undefined;
  for (let turn = 0; 'go' in decision; turn++) {
    if (turn === MOST_TURNS) return rejected(decision.journey, 'loop', 'the call goes round and round', '');
    // Somebody's own time for ringing holds for whom they ring, and for where that one sends the call on.
    if (decision.go === 'to' || decision.go === 'trunk') ring = decision.ring ?? ring;
    else if (decision.go === 'back') ring = undefined;
    decision = follow(decision, world);
  }
  const { step } = decision;
  return ring === undefined || step.do !== 'ring' ? decision : { ...decision, step: { ...step, ring } };
}

function follow(onward: Onward, world: World): Decision {
  switch (onward.go) {
    case 'to':
      return arriveAt(onward, world);
    case 'queue':
      return waitAt(onward, world);
    case 'trunk':
      return arriveAtTrunk(onward, world);
    case 'scheme':
      return enterScheme(onward.journey, onward.scheme, onward.because, world);
    case 'back':
      return takeUp(onward.journey, onward.outcome, world);
  }
}

/** Wherever that is: a user, a group, a number of the domain's own, or one outside. */
function arriveAt({ journey, to, because, by }: Onward & { go: 'to' }, world: World): Decision {
  const { domain } = journey.call;
  const { directory } = world;
  const user = directory.findUser(domain, to);
  if (user !== undefined) return reachUser(journey, user, `${because} ${user.name}`, world);
  const group = directory.findGroup(domain, to);
  if (group !== undefined) return reachGroup(journey, group, `${because} group ${group.name}`, world);
  const conference = directory.findConference(domain, to);
  if (conference !== undefined) return enterConference(journey, conference, because);
  const number = directory.findNumber(domain, to);
  if (number !== undefined) return takeNumber(journey, number, because, world);
  if (isPublicNumber(to)) return goOut(journey, to, because, by, world);
  // The model may have changed while the call was up.
  const text = `nobody has extension ${to} any more`;
  if (journey.frames.length === 0) return rejected(journey, 'not-found', text, because);
  return goBack(told(journey, `${because}: ${text}`), 'not-found');
}

/** The scheme says that the caller waits for the group, whatever the group says. */
function waitAt({ journey, group, because }: Onward & { go: 'queue' }, world: World): Decision {
  const found = world.directory.findGroup(journey.call.domain, group);
  if (found === undefined) return goBack(told(journey, `${because}: there is no group ${group} any more`), 'not-found');
  return reachGroup(journey, found, `${because} group ${found.name}`, world, { queued: true });
}

/** The innermost that has something left says what comes next; where nobody has, the call is refused. */
function takeUp(journey: Journey, outcome: RingOutcome, world: World): Decision {
  const frame = journey.frames.at(-1);
  if (frame === undefined) return rejected(journey, outcome, OUTCOME_TEXTS[outcome], '');
  const outer = { ...journey, frames: journey.frames.slice(0, -1), path: frame.path };
  switch (frame.in) {
    case 'user':
      return goOnWithUser(outer, frame, outcome, world);
    case 'group':
      return goOnInGroup(outer, frame, outcome, world);
    case 'known':
      return callMembers(outer, frame.group, frame.queued, '', world);
    // A wait ends by what became of it, which says itself where the call goes on.
    case 'queue':
      return goBack(outer, outcome);
    case 'number':
      return followNumber(outer, frame.number, '', world);
    case 'scheme':
      return followScheme(outer, frame, outcome, world);
    case 'then':
      return takeInstead(outer, frame.step, outcome, world);
    // Nothing but a caller's keys, and a service's answer, leads on from these.
    case 'decide':
    case 'menu':
      return goBack(outer, outcome);
    case 'list':
      return ringList(outer, frame, outcome);
  }
}

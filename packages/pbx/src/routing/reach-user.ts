import type { User } from '../model/model.ts';
import { formatDuration } from '../schema/duration.ts';
import { type Journey, notServed, planOf, rejected, told } from './journey.ts';
import type { Plan, RingOutcome, RingTarget, World } from './plan.ts';

/** How long a user's devices ring where the user says nothing. */
export const DEFAULT_RING_MS = 60_000;

/** Sends the call to a user: every device that can be reached rings, all at once. */
export function reachUser(journey: Journey, user: User, because: string, world: World): Plan {
  const { domain } = journey.call;
  if (journey.visited.includes(user.extension)) {
    return rejected(journey, 'loop', `the call has been at ${user.extension} already`, because);
  }
  const there = { ...journey, visited: [...journey.visited, user.extension] };
  if (user.devices.length === 0) {
    return afterUser(told(there, `${because}: ${user.name} has no device`), user, 'unreachable', world);
  }
  const targets = user.devices
    .filter(({ login }) => world.isReachable(domain, login))
    .map((device): RingTarget => ({ kind: 'device', user, device }));
  if (targets.length === 0) {
    return afterUser(told(there, `${because}: no device of ${user.name} is registered`), user, 'unreachable', world);
  }
  const ring = user.noAnswer?.after ?? user.ring ?? DEFAULT_RING_MS;
  const logins = targets.map(({ device }) => device.login).join(', ');
  const step = {
    do: 'ring',
    targets,
    order: 'together',
    ring,
    because: `${because}: ring ${logins} for ${formatDuration(ring)}`,
  } as const;
  return planOf(there, step);
}

const OUTCOME_TEXTS: Record<RingOutcome, string> = {
  'no-answer': 'did not answer',
  unreachable: 'can not be reached',
  'callee-busy': 'is busy',
  'callee-declined': 'declined the call',
  'not-found': 'is unknown to their phone',
  'no-common-codec': 'has no codec in common with the caller',
  'address-incomplete': 'has a phone that takes the number for incomplete',
  'too-many-hops': 'is too many hops away',
  loop: 'has a phone that sends the call back here',
  'no-media-ports': 'could not be called: all media ports are in use',
};

/** What becomes of a call that a user did not take. Only silence is followed by `noAnswer`; a refusal is an answer. */
export function afterUser(journey: Journey, user: User, outcome: RingOutcome, world: World): Plan {
  const because = `${user.name} (${user.extension}) ${OUTCOME_TEXTS[outcome]}`;
  const silent = outcome === 'no-answer' || outcome === 'unreachable';
  const to = silent ? user.noAnswer?.to : undefined;
  if (to === undefined) return rejected(journey, outcome, because, '');
  if (to === 'voicemail') return rejected(journey, outcome, 'voicemail is not served yet', because);
  const { directory } = world;
  const next = directory.findUser(journey.call.domain, to);
  if (next !== undefined)
    return reachUser(journey, next, `${because}, so the call goes on to ${to} ${next.name}`, world);
  const group = directory.findGroup(journey.call.domain, to);
  if (group !== undefined)
    return notServed(journey, 'groups', `${because}, so the call goes on to group ${group.name}`);
  return rejected(journey, outcome, `nobody has extension ${to} any more`, because);
}

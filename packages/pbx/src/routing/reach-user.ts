import type { User } from '../model/model.ts';
import { isPublicNumber } from '../schema/destination.ts';
import { formatDuration } from '../schema/duration.ts';
import { barrierOf } from './barrier.ts';
import { arrived, forwarded, type Journey, planOf, rejected, told, within } from './journey.ts';
import { leaveMessage } from './leave-message.ts';
import { type Decision, goBack, goneRound, sendTo } from './onward.ts';
import { OUTCOME_TEXTS } from './outcomes.ts';
import { forwardsOf, ownOf } from './own-settings.ts';
import type { Frame, ReachEntry, RingOutcome, RingTarget, World } from './plan.ts';
import { nameOf, ringOf } from './targets.ts';
import { reachOf, targetsOf } from './user-targets.ts';

/** How long a user's devices ring where the user says nothing. */
export const DEFAULT_RING_MS = 60_000;

/** Sends the call to a user: to their phones, as `reach` says, or where their forwards lead. */
export function reachUser(journey: Journey, user: User, because: string, world: World): Decision {
  const there = arrived(journey, `user ${user.extension}`, user.extension);
  if (there === undefined) {
    return goneRound(journey, `the call has been at ${user.extension} already`, because);
  }
  const own = ownOf(there.call.domain, user, world);
  const { always } = forwardsOf(user, own);
  if (always !== undefined) {
    const on = forwarded(there, { by: user.extension, to: always, when: 'always' });
    if (always === 'voicemail')
      return leaveMessage(on, user, 'no-answer', `${because}, and ${user.name} takes no calls`);
    const set = own?.always === undefined ? '' : ' (set by phone)';
    return sendTo(on, always, `${because}, and all calls of ${user.name} go on to ${always}${set}`, user);
  }
  const barrier = barrierOf(there, user, world);
  if (barrier !== undefined) {
    return leave(told(there, `${because}: ${barrier.why}`), user, barrier.outcome, world, barrier.kind === 'off-duty');
  }
  const left: string[] = [];
  const rung = ringNext(there, user, reachOf(user), because, left, world);
  return rung ?? nothingToRing(told(there, ...left), user, because, world);
}

/** After some of a user's phones rang in vain. */
export function goOnWithUser(
  journey: Journey,
  frame: Frame & { in: 'user' },
  outcome: RingOutcome,
  world: World,
): Decision {
  const { user, entries } = frame;
  if (entries.length > 0 && outcome !== 'callee-declined') {
    const because = `${user.name} (${user.extension}) ${OUTCOME_TEXTS[outcome]} there`;
    // While some of their phones rang, the user may have taken another call.
    const barrier = barrierOf(journey, user, world);
    if (barrier?.kind === 'on-the-phone')
      return leave(told(journey, `${because}, and ${barrier.why}`), user, outcome, world);
    const left: string[] = [];
    const next = ringNext(journey, user, entries, because, left, world);
    // How those ended that did ring; who could not be rung after them changes nothing of that.
    return next ?? leave(told(journey, ...left), user, outcome, world);
  }
  return leave(journey, user, outcome, world);
}

/**
 * Rings all of a user's entries, or, where they ring in turn, the next that anything can be rung of; if there is one.
 *
 * @param left is told what can not be rung
 */
function ringNext(
  journey: Journey,
  user: User,
  entries: readonly ReachEntry[],
  because: string,
  left: string[],
  world: World,
): Decision | undefined {
  if (user.reach?.order !== 'in-turn') {
    const targets = targetsOf(journey, user, entries, world, left);
    return targets.length === 0 ? undefined : ring(told(journey, ...left), user, targets, [], because);
  }
  for (const [index, entry] of entries.entries()) {
    const { after: _, ...now } = entry;
    const targets = targetsOf(journey, user, [now], world, left);
    if (targets.length > 0) return ring(told(journey, ...left), user, targets, entries.slice(index + 1), because);
  }
  return undefined;
}

function ring(
  journey: Journey,
  user: User,
  targets: readonly RingTarget[],
  entries: readonly ReachEntry[],
  because: string,
): Decision {
  const time = ringOf(targets, user.noAnswer?.after ?? user.ring ?? DEFAULT_RING_MS);
  const framed = within(journey, { in: 'user', user, entries, path: journey.path });
  return planOf(framed, {
    do: 'ring',
    targets,
    ring: time,
    ofMany: false,
    because: `${because}: ring ${targets.map(nameOf).join(', ')} for ${formatDuration(time)}`,
  });
}

function nothingToRing(journey: Journey, user: User, because: string, world: World): Decision {
  const asksDevices = reachOf(user).some(({ to }) => to !== 'mobile' && !isPublicNumber(to));
  const what = !asksDevices
    ? 'none of the numbers can be called'
    : user.devices.length === 0
      ? `${user.name} has no device`
      : `no device of ${user.name} is registered`;
  return leave(told(journey, `${because}: ${what}`), user, 'unreachable', world);
}

/** Where a call goes that the user did not take. Only silence is followed by `noAnswer`; a refusal is an answer. */
function leave(journey: Journey, user: User, outcome: RingOutcome, world: World, offDuty = false): Decision {
  const because = `${user.name} (${user.extension}) ${OUTCOME_TEXTS[outcome]}`;
  const forward = forwardsOf(user, ownOf(journey.call.domain, user, world));
  const to = forwardOf(forward, user.noAnswer, outcome, offDuty);
  if (to !== undefined) {
    const on = forwarded(journey, { by: user.extension, to, when: offDuty ? 'closed' : outcome });
    if (to === 'voicemail') return leaveMessage(on, user, outcome, because);
    return sendTo(on, to, `${because}, so the call goes on to ${to}`, user);
  }
  return journey.frames.length === 0
    ? rejected(journey, outcome, because, '')
    : goBack(told(journey, because), outcome);
}

function forwardOf(
  forward: NonNullable<User['forward']>,
  noAnswer: User['noAnswer'],
  outcome: RingOutcome,
  offDuty: boolean,
): string | undefined {
  if (offDuty) return forward.closed;
  switch (outcome) {
    case 'no-answer':
      return forward.noAnswer ?? noAnswer?.to;
    case 'unreachable':
    case 'trunk-failed':
    case 'trunk-refused':
      return forward.unreachable ?? noAnswer?.to;
    case 'callee-busy':
    case 'do-not-disturb':
      return forward.busy;
    default:
      return undefined;
  }
}

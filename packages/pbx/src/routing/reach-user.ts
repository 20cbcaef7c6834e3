import type { User } from '../model/model.ts';
import { setting } from '../model/model.ts';
import { scheduleAt } from '../schedule/schedule-at.ts';
import { isPublicNumber } from '../schema/destination.ts';
import { formatDuration } from '../schema/duration.ts';
import { outsideTarget } from './go-out.ts';
import { arrived, forwarded, type Journey, planOf, rejected, told, within } from './journey.ts';
import { type Decision, goBack, sendTo } from './onward.ts';
import { OUTCOME_TEXTS } from './outcomes.ts';
import type { DeviceTarget, Frame, ReachEntry, RingOutcome, RingTarget, World } from './plan.ts';
import { nameOf, onceEach, ringOf } from './targets.ts';

/** How long a user's devices ring where the user says nothing. */
export const DEFAULT_RING_MS = 60_000;

export const ALL_DEVICES: readonly ReachEntry[] = [{ to: 'devices' }];

/** Sends the call to a user: to their phones, as `reach` says, or where their forwards lead. */
export function reachUser(journey: Journey, user: User, because: string, world: World): Decision {
  const there = arrived(journey, `user ${user.extension}`, user.extension);
  if (there === undefined) {
    return rejected(journey, 'loop', `the call has been at ${user.extension} already`, because);
  }
  const always = user.forward?.always;
  if (always !== undefined) {
    const on = forwarded(there, { by: user.extension, to: always, when: 'always' });
    return sendTo(on, always, `${because}, and all calls of ${user.name} go on to ${always}`, user);
  }
  const barrier = barrierOf(there, user, world);
  if (barrier !== undefined) {
    const [outcome, why] = barrier;
    return leave(told(there, `${because}: ${why}`), user, outcome, outcome === 'unreachable');
  }
  const entries = user.reach?.to ?? ALL_DEVICES;
  return user.reach?.order === 'in-turn'
    ? ringInTurn(there, user, entries, because, world)
    : ringTogether(there, user, entries, because, world);
}

/** What keeps a user from being rung at all, and a sentence of it for a person. */
export function barrierOf(journey: Journey, user: User, world: World): readonly [RingOutcome, string] | undefined {
  const { domain } = journey.call;
  if (user.hours !== undefined) {
    const { open, because } = scheduleAt(user.hours, zoneOf(journey), world.now);
    if (!open) return ['unreachable', `${user.name} is off duty (${because})`];
  }
  if (user.dnd === true) return ['do-not-disturb', `${user.name} does not want to be disturbed`];
  if (user.callWaiting === false) {
    const { talking, ringing } = world.activity(domain, user.extension);
    if (talking + ringing > 0) return ['callee-busy', `${user.name} takes one call at a time and has one`];
  }
  return undefined;
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
    return ringInTurn(
      journey,
      user,
      entries,
      `${user.name} (${user.extension}) ${OUTCOME_TEXTS[outcome]} there`,
      world,
    );
  }
  return leave(journey, user, outcome);
}

/** The phones and numbers of a user that can be rung now, each once, as the first entry says that names it. */
export function targetsOf(journey: Journey, user: User, entries: readonly ReachEntry[], world: World): RingTarget[] {
  const targets: RingTarget[] = [];
  for (const entry of entries) addTargets(targets, journey, user, entry, world);
  return entries.length === 1 ? targets : onceEach(targets);
}

function addTargets(targets: RingTarget[], journey: Journey, user: User, entry: ReachEntry, world: World): void {
  const { to, after, ring } = entry;
  const number = to === 'mobile' ? user.mobile : isPublicNumber(to) ? to : undefined;
  if (number !== undefined) {
    const found = outsideTarget(journey, number, user, world);
    if (found.ok) targets.push(timed(found.target, after, ring));
    return;
  }
  const { did, call } = journey;
  for (const device of user.devices) {
    if ((to !== 'devices' && device.login !== to) || !world.isReachable(call.domain, device.login)) continue;
    const target: DeviceTarget =
      device.trunk === true && did !== undefined
        ? { kind: 'device', user, device, did }
        : { kind: 'device', user, device };
    targets.push(timed(target, after, ring));
  }
}

function timed<T extends RingTarget>(target: T, after: number | undefined, ring: number | undefined): T {
  if (after === undefined && ring === undefined) return target;
  return { ...target, ...(after !== undefined && { after }), ...(ring !== undefined && { ring }) };
}

function ringTogether(
  journey: Journey,
  user: User,
  entries: readonly ReachEntry[],
  because: string,
  world: World,
): Decision {
  const targets = targetsOf(journey, user, entries, world);
  if (targets.length === 0) return nothingToRing(journey, user, because);
  return ring(journey, user, targets, [], because);
}

function ringInTurn(
  journey: Journey,
  user: User,
  entries: readonly ReachEntry[],
  because: string,
  world: World,
): Decision {
  for (const [index, entry] of entries.entries()) {
    const { after: _, ...now } = entry;
    const targets = targetsOf(journey, user, [now], world);
    if (targets.length > 0) return ring(journey, user, targets, entries.slice(index + 1), because);
  }
  return nothingToRing(journey, user, because);
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

function nothingToRing(journey: Journey, user: User, because: string): Decision {
  const what = user.devices.length === 0 ? `${user.name} has no device` : `no device of ${user.name} is registered`;
  return leave(told(journey, `${because}: ${what}`), user, 'unreachable');
}

/** Where a call goes that the user did not take. Only silence is followed by `noAnswer`; a refusal is an answer. */
function leave(journey: Journey, user: User, outcome: RingOutcome, offDuty = false): Decision {
  const because = `${user.name} (${user.extension}) ${OUTCOME_TEXTS[outcome]}`;
  const to = forwardOf(user, outcome, offDuty);
  if (to === 'voicemail') {
    const text = 'voicemail is not served yet';
    if (journey.frames.length === 0) return rejected(journey, outcome, text, because);
    return goBack(told(journey, `${because}: ${text}`), outcome);
  }
  if (to !== undefined) {
    const on = forwarded(journey, { by: user.extension, to, when: offDuty ? 'closed' : outcome });
    return sendTo(on, to, `${because}, so the call goes on to ${to}`, user);
  }
  return journey.frames.length === 0
    ? rejected(journey, outcome, because, '')
    : goBack(told(journey, because), outcome);
}

function forwardOf({ forward, noAnswer }: User, outcome: RingOutcome, offDuty: boolean): string | undefined {
  if (offDuty) return forward?.closed;
  switch (outcome) {
    case 'no-answer':
      return forward?.noAnswer ?? noAnswer?.to;
    case 'unreachable':
    case 'trunk-failed':
    case 'trunk-refused':
      return forward?.unreachable ?? noAnswer?.to;
    case 'callee-busy':
    case 'do-not-disturb':
      return forward?.busy;
    default:
      return undefined;
  }
}

/** Zone and calendar by which hours of the domain are judged. */
export function zoneOf({ call: { domain } }: Journey) {
  return { timezone: setting(domain, 'timezone'), calendar: setting(domain, 'calendar') };
}

import type { Frozen, Group, User } from '../model/model.ts';
import { localDate } from '../schedule/moment.ts';
import { workingDayEnd } from '../schedule/working-day.ts';
import { formatDuration } from '../schema/duration.ts';
import type { KnownEmployee } from '../schema/group.ts';
import { normaliseNumber } from '../schema/number.ts';
import { barrierOf } from './barrier.ts';
import { type Journey, planOf, zoneOf } from './journey.ts';
import { leftOut } from './left-out.ts';
import type { LastTalk, Plan, RingTarget, World } from './plan.ts';
import { nameOf, ringOf } from './targets.ts';
import { reachOf, targetsOf } from './user-targets.ts';

const WINDOW_MS = 3_600_000;
const RING_MS = 15_000;

export interface Known {
  readonly user: User;
  readonly targets: readonly RingTarget[];
  readonly ring: number;
  readonly why: string;
}

/**
 * The employee whom a caller from outside should reach first, if that employee can take the call now: the one whom the contact list
 * names, else the one who spoke with the number last, within the window that runs from the end of that conversation.
 *
 * @param group whose members alone are meant; everybody where there is none
 */
export function knownEmployeeOf(
  journey: Journey,
  setting: Frozen<KnownEmployee> | undefined,
  group: Group | undefined,
  world: World,
): Known | undefined {
  const number = outsideNumber(journey, world);
  if (setting === undefined || number === undefined) return undefined;
  const { domain } = journey.call;
  const ring = setting.ring ?? RING_MS;
  const responsible = world.responsible(domain, number);
  const byList = responsible === undefined ? undefined : canTake(journey, responsible, group, ring, world);
  if (byList !== undefined) return { ...byList, why: `${byList.user.name} is responsible for ${number}` };
  for (const talk of world.lastTalks(domain, number)) {
    if (talk.direction === 'out' && setting.outbound !== true) continue;
    if (!isWithin(journey, talk, setting.window ?? WINDOW_MS, world.now)) continue;
    const known = canTake(journey, talk.extension, group, ring, world);
    // Only the last one is known; who spoke before that is a colleague like any other.
    return known && { ...known, why: `${known.user.name} spoke with ${number} last` };
  }
  return undefined;
}

export function ringKnown(journey: Journey, { targets, ring, why }: Known, because: string): Plan {
  const text = `${why}: ring ${targets.map(nameOf).join(', ')} for ${formatDuration(ring)}`;
  return planOf(journey, {
    do: 'ring',
    targets,
    ring,
    ofMany: true,
    because: because === '' ? text : `${because}, and ${text}`,
  });
}

/** Of a caller outside who shows a number that is not one of the domain's own. */
function outsideNumber({ call: { caller, domain } }: Journey, world: World): string | undefined {
  if (caller.kind !== 'trunk' || caller.number === undefined) return undefined;
  const { number, kind } = normaliseNumber(caller.number);
  return kind === 'e164' && !world.directory.ownsNumber(domain, number) ? number : undefined;
}

function isWithin(journey: Journey, { endedAt }: LastTalk, window: number | 'day', now: number): boolean {
  if (window !== 'day') return now - endedAt <= window;
  const { hours } = journey.call.domain.settings;
  const zone = zoneOf(journey);
  if (hours !== undefined) return now < workingDayEnd(hours, zone, endedAt);
  return localDate(endedAt, zone.timezone) === localDate(now, zone.timezone);
}

function canTake(journey: Journey, extension: string, group: Group | undefined, ring: number, world: World) {
  const { domain } = journey.call;
  const user = world.directory.findUser(domain, extension);
  if (user === undefined || barrierOf(journey, user, world) !== undefined) return undefined;
  if (group !== undefined) {
    if (!world.directory.isMember(domain, group.extension, extension)) return undefined;
    if (leftOut(journey, group, user, world) !== undefined) return undefined;
  } else {
    const { talking, ringing } = world.activity(domain, extension);
    if (talking + ringing > 0) return undefined;
  }
  const targets = targetsOf(journey, user, reachOf(user), world, []);
  return targets.length === 0 ? undefined : { user, targets, ring: Math.min(ring, ringOf(targets, ring)) };
}

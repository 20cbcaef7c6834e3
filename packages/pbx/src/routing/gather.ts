import type { Group, User } from '../model/model.ts';
import { isPublicNumber } from '../schema/destination.ts';
import { barrierOf } from './barrier.ts';
import { wayOut } from './go-out.ts';
import type { Journey } from './journey.ts';
import { leftOut } from './left-out.ts';
import type { RingTarget, World } from './plan.ts';
import { readyMembers } from './ready-members.ts';
import { onceEach } from './targets.ts';
import { addTargets, reachOf, timed } from './user-targets.ts';

/** One of several that ring together: a user, or a number outside. */
export interface Candidate {
  readonly to: string;
  /** How many ms after the others it begins. */
  readonly after?: number;
}

export interface Gathered {
  /** Each phone and number once. */
  readonly targets: readonly RingTarget[];
  /** The users among them, in order. */
  readonly users: readonly User[];
  /** Why others are left out, a sentence each. */
  readonly left: readonly string[];
  /** A member is left out because they have a call. */
  readonly busy: boolean;
}

/**
 * Who of several can be rung now, where nothing keeps them from it: a user's forwards are for calls to that user alone.
 *
 * @param group whose members they are, so that it may leave some out
 */
export function gather(
  journey: Journey,
  candidates: readonly Candidate[],
  group: Group | undefined,
  world: World,
): Gathered {
  const { domain } = journey.call;
  const { directory } = world;
  const targets: RingTarget[] = [];
  const users: User[] = [];
  const left: string[] = [];
  const members = group === undefined ? undefined : readyMembers(world, domain, group);
  const self = callingUser(journey, world);
  let busy = false;
  // One user's own phones are different ones; what else rings may be named twice.
  let mayRepeat = group === undefined;
  for (const candidate of candidates) {
    const { to, after = 0 } = candidate;
    const member = members?.get(candidate);
    if (member === undefined && isPublicNumber(to)) {
      const found = wayOut(journey, to, group, world);
      mayRepeat = true;
      if (found.ok) for (const target of found.targets) targets.push(timed(target, {}, after));
      else left.push(`${to} ${found.because}: ${found.text}`);
      continue;
    }
    const user = members === undefined ? directory.findUser(domain, to) : member?.user;
    // Gone from the model since the plan was made.
    if (user === undefined) continue;
    const why =
      group === undefined ? undefined : user === self ? 'it is who calls' : leftOut(journey, group, user, world);
    const asks = member?.phones === undefined || world.ownSettings(domain, to) !== undefined;
    const barrier = asks ? barrierOf(journey, user, world) : undefined;
    if (why !== undefined || barrier !== undefined) {
      busy ||= why === 'busy';
      left.push(barrier?.why ?? `${user.name} is left out: ${why}`);
      continue;
    }
    users.push(user);
    if (member?.phones === undefined) {
      mayRepeat = true;
      addTargets(targets, left, journey, user, reachOf(user), after, world);
      continue;
    }
    for (const { target, login } of member.phones) {
      if (world.isReachable(domain, login)) targets.push(timed(target, {}, after));
    }
  }
  return { targets: mayRepeat ? onceEach(targets) : targets, users, left, busy };
}

/** Who calls, if that is one of ours, as the model has them now. */
function callingUser({ call: { domain, caller } }: Journey, { directory }: World): User | undefined {
  return caller.kind === 'device' ? directory.findUser(domain, caller.user.extension) : undefined;
}

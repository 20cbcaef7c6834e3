import type { Domain, Frozen, Group, User } from '../model/model.ts';
import { barrierOf } from '../routing/barrier.ts';
import { leftOut } from '../routing/left-out.ts';
import type { World } from '../routing/plan.ts';
import { reachOf } from '../routing/user-targets.ts';
import { isPublicNumber } from '../schema/destination.ts';
import type { GroupMember } from '../schema/group.ts';

/**
 * What an agent does as far as a queue is concerned.
 *
 * - `free`: could be rung now
 * - `ringing`, `talking`: has a call
 * - `wrap-up`: is left in peace after a conversation, `rests` after a call of the queue that was not taken
 * - `paused`: takes no calls of groups for now, and said so
 * - `logged-out`; `off-duty`: by hours, or does not want to be disturbed; `unreachable`: has no phone that is registered
 */
export type AgentState =
  | 'free'
  | 'ringing'
  | 'talking'
  | 'wrap-up'
  | 'rests'
  | 'paused'
  | 'logged-out'
  | 'off-duty'
  | 'unreachable';

export interface Agent {
  /** An extension, or a public number. */
  readonly to: string;
  readonly user?: User;
  readonly state: AgentState;
  /** Wall time at which the state ends by itself. */
  readonly until?: number;
}

/** What queues themselves know of agents. */
export interface AgentDesk {
  /** A call of some queue rings there, or a number outside talks with a caller of one. */
  isEngaged(domain: Domain, to: string): boolean;
  /** Wall time until which the agent is left in peace; 0 for no such time. */
  restsUntil(domain: Domain, to: string): number;
}

/** Nobody rests, and nobody is engaged. */
export const EMPTY_DESK: AgentDesk = { isEngaged: () => false, restsUntil: () => 0 };

/** The members of a group and what each does now. Who is gone from the model is left out. */
export function agentsOf(domain: Domain, group: Group, world: World, desk: AgentDesk = EMPTY_DESK): readonly Agent[] {
  return group.members.flatMap((member) => agentOf(domain, group, member, world, desk) ?? []);
}

/** Whether any member could be rung now, if nothing in the call of who waits speaks against it. */
export function isAnyFree(domain: Domain, group: Group, world: World, desk: AgentDesk): boolean {
  return group.members.some((member) => agentOf(domain, group, member, world, desk)?.state === 'free');
}

function agentOf(
  domain: Domain,
  group: Group,
  { to }: Frozen<GroupMember>,
  world: World,
  desk: AgentDesk,
): Agent | undefined {
  const rests = desk.restsUntil(domain, to);
  const isResting = rests > world.now;
  if (isPublicNumber(to)) {
    if (desk.isEngaged(domain, to)) return { to, state: 'talking' };
    return isResting ? { to, state: 'rests', until: rests } : { to, state: 'free' };
  }
  const user = world.directory.findUser(domain, to);
  if (user === undefined) return undefined;
  const is = (state: AgentState, until?: number): Agent => ({ to, user, state, ...(until !== undefined && { until }) });
  const inDomain = { call: { domain } };
  if (group.login === true && !world.isLoggedIn(domain, group.extension, to)) return is('logged-out');
  const barrier = barrierOf(inDomain, user, world);
  if (barrier !== undefined && barrier.kind !== 'on-the-phone') return is('off-duty');
  if (!canBeReached(domain, user, world)) return is('unreachable');
  if (world.isPaused(domain, to)) return is('paused');
  const { talking, ringing } = world.activity(domain, to);
  if (ringing > 0 || desk.isEngaged(domain, to)) return is('ringing');
  if (barrier !== undefined || (talking > 0 && group.skipBusy !== false)) return is('talking');
  if (leftOut(inDomain, group, user, world) === 'busy after a call') {
    return is('wrap-up', world.lastTalkOf(domain, group.extension, to) + (group.wrapUp ?? 0));
  }
  return isResting ? is('rests', rests) : is('free');
}

/** A number outside may always answer. */
function canBeReached(domain: Domain, user: User, world: World): boolean {
  return reachOf(user).some(({ to }) =>
    to === 'mobile' || isPublicNumber(to)
      ? true
      : user.devices.some(({ login }) => (to === 'devices' || to === login) && world.isReachable(domain, login)),
  );
}

/** Whether an agent will take calls by and by, whatever they do now. */
export function isThere({ state }: Agent): boolean {
  return state !== 'logged-out' && state !== 'off-duty' && state !== 'unreachable';
}

/** Whether all members that a group still has are logged out: nothing but a person can change that. */
export function isDeserted(domain: Domain, group: Group, world: World): boolean {
  const { login, extension } = group;
  return group.members.every(
    ({ to }) => !isPublicNumber(to) && login === true && !world.isLoggedIn(domain, extension, to),
  );
}

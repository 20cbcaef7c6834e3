import type { Group, User } from '../model/model.ts';
import type { InDomain } from './journey.ts';
import type { World } from './plan.ts';

/** Why the group does not ring a member now, whatever their phones would say. */
export function leftOut(
  { call: { domain } }: InDomain,
  group: Group,
  { extension }: User,
  world: World,
): string | undefined {
  if (group.login === true && !world.isLoggedIn(domain, group.extension, extension)) return 'not logged in';
  if (world.isPaused(domain, extension)) return 'paused';
  const { talking, ringing } = world.activity(domain, extension);
  if (group.skipBusy !== false && talking + ringing > 0) return 'busy';
  if (group.wrapUp !== undefined && world.lastTalkOf(domain, group.extension, extension) + group.wrapUp > world.now) {
    return 'busy after a call';
  }
  return undefined;
}

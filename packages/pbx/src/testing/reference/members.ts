import type { Group, User } from '../../model/model.ts';
import { once } from './lists.ts';
import { waysTo } from './outside.ts';
import type { ReferenceTarget, ToldCall } from './told-call.ts';
import { entriesOf, keptFrom, offDuty, targetsOf } from './users.ts';

/** Who of several can ring now. @param group whose members they are, so that it may leave some out */
export function gathered(
  call: ToldCall,
  members: readonly { to: string; after?: number }[],
  group: Group | undefined,
): { targets: ReferenceTarget[]; users: User[]; busy: boolean } {
  const targets: ReferenceTarget[] = [];
  const users: User[] = [];
  let busy = false;
  for (const { to, after = 0 } of members) {
    const user = call.domain.users.find(({ extension }) => extension === to);
    if (user === undefined) {
      const found = to.startsWith('+') ? waysTo(call, to, group, true) : [];
      if (Array.isArray(found)) for (const each of found) targets.push({ ...each, after });
      continue;
    }
    const left = group === undefined ? undefined : leftOut(call, user, group);
    if (left === 'busy') busy = true;
    if (left !== undefined || offDuty(call, user) || keptFrom(call, user) !== undefined) continue;
    users.push(user);
    targets.push(...targetsOf(call, user, entriesOf(user), after));
  }
  return { targets: once(targets), users, busy };
}

export function leftOut(
  call: ToldCall,
  { extension }: User,
  group: Group,
): 'self' | 'out' | 'paused' | 'busy' | 'wrap-up' | undefined {
  const { domain, caller, world } = call;
  if (caller.kind === 'device' && caller.user.extension === extension) return 'self';
  if (group.login === true && !world.isLoggedIn(domain, group.extension, extension)) return 'out';
  if (world.isPaused(domain, extension)) return 'paused';
  if (group.skipBusy !== false && call.hasCall(extension)) return 'busy';
  const since = world.now - world.lastTalkOf(domain, group.extension, extension);
  return group.wrapUp !== undefined && since < group.wrapUp ? 'wrap-up' : undefined;
}

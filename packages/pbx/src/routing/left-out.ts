import type { Group } from '../model/model.ts';
import type { Journey } from './journey.ts';
import type { World } from './plan.ts';

/** Why the group does not ring a member now, whatever their phones would say. */
export function leftOut(journey: Journey, group: Group, extension: string, world: World): string | undefined {
  const { domain, caller } = journey.call;
  if (caller.kind === 'device' && caller.user.extension === extension) return 'it is who calls';
  if (group.login === true && !world.isLoggedIn(domain, group.extension, extension)) return 'not logged in';
  const { talking, ringing, lastTalkEnd } = world.activity(domain, extension);
  if (group.skipBusy !== false && talking + ringing > 0) return 'busy';
  if (group.wrapUp !== undefined && lastTalkEnd + group.wrapUp > world.now) return 'busy after a call';
  return undefined;
}

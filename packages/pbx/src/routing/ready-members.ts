import type { Directory } from '../model/directory.ts';
import type { Domain, Group, User } from '../model/model.ts';
import type { DeviceTarget, World } from './plan.ts';

/** A user who is a member of a group, as far as that is the same at every moment. */
export interface ReadyMember {
  readonly user: User;
  /** What rings, of a user for whom there is nothing more to ask: who has no hours, no order of ringing, and takes several calls. */
  readonly phones?: readonly ReadyPhone[];
}

/** A target, and its login beside it: a step less to where it lies. */
export interface ReadyPhone {
  readonly target: DeviceTarget;
  readonly login: string;
}

/** By directory, then by group. */
const ready = new WeakMap<Directory, WeakMap<Group, ReadonlyMap<object, ReadyMember>>>();

/**
 * The users among the members of a group, each once, by the member's own object; who is gone from the model is not there. Made once for a group
 * and a model: users lie all over the memory, and to fetch what is needed of each of fifty takes longer than all else.
 *
 * @param group may be of an earlier model
 */
export function readyMembers({ directory }: World, domain: Domain, group: Group): ReadonlyMap<object, ReadyMember> {
  let groups = ready.get(directory);
  if (groups === undefined) {
    groups = new WeakMap();
    ready.set(directory, groups);
  }
  let members = groups.get(group);
  if (members === undefined) {
    members = membersOf(directory, domain, group);
    groups.set(group, members);
  }
  return members;
}

function membersOf(directory: Directory, domain: Domain, group: Group): Map<object, ReadyMember> {
  const users = new Set<User>();
  const members = new Map<object, ReadyMember>();
  for (const member of group.members) {
    const user = directory.findUser(domain, member.to);
    if (user === undefined || users.has(user)) continue;
    users.add(user);
    members.set(member, readyMember(user));
  }
  return members;
}

function readyMember(user: User): ReadyMember {
  const asks = user.hours !== undefined || user.dnd === true || user.callWaiting === false || user.reach !== undefined;
  if (asks || user.devices.some(({ trunk }) => trunk === true)) return { user };
  return {
    user,
    phones: user.devices.map((device) => ({ target: { kind: 'device', user, device }, login: device.login })),
  };
}

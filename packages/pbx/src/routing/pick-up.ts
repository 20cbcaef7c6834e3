import type { User } from '../model/model.ts';
import { isPublicNumber } from '../schema/destination.ts';
import type { Ordered } from './codes.ts';
import { type Journey, planOf, rejected } from './journey.ts';
import type { Plan, World } from './plan.ts';

/** A call that rings is to be answered in the place of the phone that it rings at. */
export interface PickUp {
  /** Whose phones ring. */
  readonly extensions: readonly string[];
  /** Only what this group rings. */
  readonly group?: string;
}

/**
 * Answers a call that rings at a colleague's phone, by a code: of all colleagues with whom the employee shares a group, of one that is
 * named, or of a group. Which of several calls, and which phone, is the one that has rung longest.
 */
export function pickUp(journey: Journey, user: User, { code, digits }: Ordered, world: World): Plan {
  const { domain } = journey.call;
  const is = `${code} picks a call up`;
  const found = digits === '' ? colleagues(journey, user, world) : named(journey, digits, world);
  if ('text' in found) return rejected(journey, 'not-found', found.text, is);
  const ringing = found.extensions.filter((extension) => world.activity(domain, extension).ringing > 0);
  if (ringing.length === 0) return rejected(journey, 'nothing-rings', `no phone rings at ${found.where}`, is);
  const { group } = found;
  return planOf(journey, {
    do: 'pick-up',
    extensions: ringing,
    ...(group !== undefined && { group }),
    because: `${is}: ${found.where}, where ${ringing.join(', ')} rings`,
  });
}

type Found = (PickUp & { readonly where: string }) | { readonly text: string };

function colleagues({ call: { domain } }: Journey, user: User, { directory }: World): Found {
  const groups = directory.groupsOf(domain, user.extension);
  if (groups.length === 0) return { text: `${user.name} is in no group` };
  const members = new Set(groups.flatMap((group) => group.members.map(({ to }) => to)));
  members.delete(user.extension);
  const where = `the groups of ${user.name} (${groups.map(({ name }) => name).join(', ')})`;
  return { extensions: [...members].filter((to) => !isPublicNumber(to)), where };
}

function named({ call: { domain } }: Journey, extension: string, { directory }: World): Found {
  const user = directory.findUser(domain, extension);
  if (user !== undefined) return { extensions: [user.extension], where: `${user.name} (${user.extension})` };
  const group = directory.findGroup(domain, extension);
  if (group === undefined) return { text: `${extension} is no extension of an employee or a group` };
  const members = group.members.map(({ to }) => to).filter((to) => !isPublicNumber(to));
  return { extensions: members, group: group.extension, where: `group ${group.name} (${group.extension})` };
}

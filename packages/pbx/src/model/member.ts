import type { Group } from './model.ts';

/** One who rings when a group is called, as the group keeps them. */
export type Member = Group['members'][number];

/** By whom a member is told from others: a user's extension, or a number outside. */
export function keyOfMember(member: Member): string {
  return member.to;
}

/** A user as a member with nothing of its own said. */
export function newMember(extension: string): Member {
  return { to: extension };
}

import type { TableProblems } from '../csv/table-problems.ts';
import { keyOfMember, type Member, newMember } from '../model/member.ts';
import type { Domain, Group } from '../model/model.ts';
import type { UserLine } from './read-users.ts';

/** The groups of each user, by extension, in the domain's order. */
export function groupsOfUsers(groups: readonly Group[]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { extension, members } of groups) {
    for (const user of new Set(members.map(keyOfMember))) {
      const before = found.get(user);
      if (before === undefined) found.set(user, [extension]);
      else before.push(extension);
    }
  }
  return found;
}

/** The groups whose members change when each user of the lines is in the groups that their line names, and in no others. */
export function groupsAfter({ groups }: Domain, lines: readonly UserLine[], problems: TableProblems): Group[] {
  const groupsOf = groupsOfUsers(groups);
  const changing = new Map(groups.map((group) => [group.extension, new Membership(group)]));
  for (const { line, values, columnOf } of lines) {
    if (values.groups === undefined) continue;
    const { extension } = values;
    const before = new Set(groupsOf.get(extension));
    const after = new Set(values.groups);
    for (const group of after) {
      const membership = changing.get(group);
      if (membership !== undefined) {
        if (!before.has(group)) membership.join(extension);
        continue;
      }
      const remedy = 'name the extensions of groups, or make the group first';
      problems.report('error', line, columnOf('groups'), 'groups', `there is no group ${group}`, remedy);
    }
    for (const group of before) if (!after.has(group)) changing.get(group)?.leave(extension);
  }
  return [...changing.values()].flatMap((membership) => membership.changed ?? []);
}

/** Who is in a group, while a list of users is gone through. */
class Membership {
  readonly #group: Group;
  readonly #joined: Member[] = [];
  readonly #left = new Set<string>();

  constructor(group: Group) {
    this.#group = group;
  }

  join(extension: string): void {
    this.#joined.push(newMember(extension));
  }

  leave(extension: string): void {
    this.#left.add(extension);
  }

  /** The group as it is then; undefined where nobody came or went. */
  get changed(): Group | undefined {
    if (this.#joined.length === 0 && this.#left.size === 0) return undefined;
    const stay = this.#group.members.filter((member) => !this.#left.has(keyOfMember(member)));
    return { ...this.#group, members: [...stay, ...this.#joined] };
  }
}

import type { TableProblems } from '../csv/table-problems.ts';
import type { Domain, Group } from '../model/model.ts';
import type { UserLine } from './read-users.ts';

/** The groups whose members change when each user of the lines is in the groups that their line names, and in no others. */
export function groupsAfter(domain: Domain, lines: readonly UserLine[], problems: TableProblems): Group[] {
  const members = new Map(domain.groups.map(({ extension, members }) => [extension, new Set(members)]));
  const changed = new Set<string>();
  const groupsOf = new Map<string, Set<string>>();
  for (const group of domain.groups) {
    for (const member of group.members) {
      const groups = groupsOf.get(member);
      if (groups === undefined) groupsOf.set(member, new Set([group.extension]));
      else groups.add(group.extension);
    }
  }
  for (const { line, values, columnOf } of lines) {
    const { extension, groups: said } = values;
    if (said === undefined) continue;
    const before = groupsOf.get(extension) ?? new Set<string>();
    const after = new Set(said);
    for (const group of after) {
      if (!members.has(group)) {
        const message = `there is no group ${group}`;
        const remedy = 'name the extensions of groups, or make the group first';
        problems.report('error', line, columnOf('groups'), 'groups', message, remedy);
      } else if (!before.has(group)) {
        members.get(group)?.add(extension);
        changed.add(group);
      }
    }
    for (const group of before) {
      if (after.has(group)) continue;
      members.get(group)?.delete(extension);
      changed.add(group);
    }
  }
  return domain.groups
    .filter(({ extension }) => changed.has(extension))
    .map((group) => ({ ...group, members: [...(members.get(group.extension) ?? [])] }));
}

import { keyOfMember } from '../model/member.ts';
import { below, type JudgedView, type Report } from './domain-view.ts';

/** Finds what is allowed and yet can't be meant: dead ends, doubles, rules that are never reached. */
export function checkUsefulness(view: JudgedView, report: Report): void {
  for (const { object: user, path } of view.fresh.users) {
    if (user.devices.length === 0) {
      report('warning', path, `user ${user.extension} has no device`, 'add devices: without one nobody can be rung');
    }
  }
  for (const { object: group, path } of view.fresh.groups) {
    if (group.members.length === 0) {
      report(
        'warning',
        below(path, 'members'),
        `group ${group.extension} has no members`,
        'add the extensions of users',
      );
    }
    const members = new Set<string>();
    for (const [index, each] of group.members.entries()) {
      const member = keyOfMember(each);
      if (!members.has(member)) {
        members.add(member);
        continue;
      }
      report(
        'warning',
        below(path, 'members', index),
        `${member} is in group ${group.extension} twice`,
        'name each once',
      );
    }
  }
  for (const { object: number, path } of view.fresh.numbers) {
    if (number.scheme === undefined && number.to === undefined) {
      report(
        'warning',
        path,
        `number ${number.number} has no scheme`,
        'add scheme: or to: without either its callers reach nobody',
      );
    }
    if (number.trunk === undefined && view.trunks.length === 0) {
      report('warning', path, `number ${number.number} has no trunk`, 'add one: no call comes in without');
    }
  }
}

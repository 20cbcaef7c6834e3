import { keyOfMember } from '../model/member.ts';
import { below, type DomainView, type Report } from './domain-view.ts';

/** Finds what is allowed and yet can't be meant: dead ends, doubles, rules that are never reached. */
export function checkUsefulness(view: DomainView, report: Report): void {
  for (const { object: user, path } of view.users) {
    if (user.devices.length === 0) {
      report('warning', path, `user ${user.extension} has no device`, 'add devices: without one nobody can be rung');
    }
  }
  for (const { object: group, path } of view.groups) {
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
  for (const { object: number, path } of view.numbers) {
    if (number.scheme === undefined) {
      report(
        'warning',
        path,
        `number ${number.number} has no scheme`,
        'add scheme: without one its callers reach nobody',
      );
    }
    if (number.trunk === undefined) {
      report('warning', path, `number ${number.number} has no trunk`, 'add trunk: without one no call comes in by it');
    }
  }
  const outboundPath = view.settingsNamed.has('outbound') ? ['outbound'] : undefined;
  const seen = new Set<string>();
  for (const [index, { match }] of (view.settings.outbound ?? []).entries()) {
    if (seen.has(match) || seen.has('*')) {
      report(
        'warning',
        below(outboundPath, index, 'match'),
        `the rule ${match} is never reached`,
        'move it above the one that matches the same numbers',
      );
    }
    seen.add(match);
  }
}

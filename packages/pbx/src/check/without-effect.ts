import type { Frozen, Group, User } from '../model/model.ts';
import type { KeyPath } from '../problems/problem.ts';
import { below, type DomainView, type Report } from './domain-view.ts';

/** Finds keys of users and groups that nothing asks for, because of what stands beside them. */
export function checkEffect(view: DomainView, report: Report): void {
  for (const { object: user, path } of view.users) {
    if (path !== undefined) checkUser(user, path, report);
  }
  for (const { object: group, path } of view.groups) {
    if (path === undefined) continue;
    checkPriority(group, path, report);
    checkRounds(group, path, report);
  }
}

function checkUser({ devices, reach, forward, hours }: User, path: KeyPath, report: Report): void {
  for (const [index, { did, trunk, login }] of devices.entries()) {
    if (did === undefined || trunk === true) continue;
    report(
      'warning',
      below(path, 'devices', index, 'did'),
      `did has no effect: ${login} is a telephone, and no PBX`,
      'add trunk: true where a PBX registers with it, or remove did',
      'key',
    );
  }
  if (reach?.order === 'in-turn') {
    const index = reach.to.findIndex(({ after }) => after !== undefined);
    if (index >= 0) {
      report(
        'warning',
        below(path, 'reach', 'to', index, 'after'),
        'after has no effect where one rings after the other',
        'remove it, or write order: together',
        'key',
      );
    }
  }
  if (forward?.closed !== undefined && hours === undefined) {
    report(
      'warning',
      below(path, 'forward', 'closed'),
      'closed has no effect: without hours the user always takes calls',
      'add hours, or remove closed',
      'key',
    );
  }
}

const BY_PRIORITY: ReadonlySet<Group['strategy']> = new Set<Group['strategy']>(['priority', 'priority-longest-idle']);

function checkPriority({ strategy = 'all', members }: Group, path: KeyPath, report: Report): void {
  if (BY_PRIORITY.has(strategy)) return;
  const index = members.findIndex(({ priority }) => priority !== undefined);
  if (index < 0) return;
  report(
    'warning',
    below(path, 'members', index, 'priority'),
    `priority has no effect with strategy ${strategy}`,
    'write strategy: priority or priority-longest-idle, or remove it',
    'key',
  );
}

function checkRounds({ strategy = 'all', members, rounds }: Group, path: KeyPath, report: Report): void {
  if (rounds === undefined || rounds === 1) return;
  const why = whyOneRound(strategy, members);
  if (why !== undefined) report('warning', below(path, 'rounds'), `rounds has no effect: ${why[0]}`, why[1], 'key');
}

/** Why there is nothing to begin anew, and what to do about it. */
function whyOneRound(
  strategy: NonNullable<Group['strategy']>,
  members: Frozen<Group['members']>,
): readonly [why: string, remedy: string] | undefined {
  if (strategy === 'all') {
    return ['all members ring at once', 'write ring: for a longer time, or a strategy in turn such as sequential'];
  }
  if (members.length === 1) return ['there is one member only', 'write ring: for a longer time'];
  const levels = new Set(members.map(({ priority = 1 }) => priority));
  if (strategy !== 'priority' || levels.size !== 1) return undefined;
  return ['all members have one priority, so they ring at once', 'give them different ones, or write ring: for longer'];
}

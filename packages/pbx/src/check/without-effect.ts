import type { Group, User } from '../model/model.ts';
import type { KeyPath } from '../problems/problem.ts';
import { below, type JudgedView, type Report } from './domain-view.ts';

/** Finds keys of users and groups that nothing asks for, because of what stands beside them. */
export function checkEffect(view: JudgedView, report: Report): void {
  for (const { object: user, path } of view.fresh.users) {
    if (path !== undefined) checkUser(user, path, report);
  }
  for (const { object: group, path } of view.fresh.groups) {
    if (path === undefined) continue;
    checkPriority(group, path, report);
    checkQueue(group, path, report);
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

function checkQueue({ queue, rounds }: Group, path: KeyPath, report: Report): void {
  if (queue === undefined) return;
  if (rounds !== undefined) {
    report(
      'warning',
      below(path, 'rounds'),
      'rounds has no effect in a queue, whose agents are rung for as long as the caller waits',
      'write wait: in the queue, or remove rounds',
      'key',
    );
  }
  if (queue.every === undefined || queue.announcePosition === true || queue.announceWait === true) return;
  report(
    'warning',
    below(path, 'queue', 'every'),
    'every has no effect: callers are told nothing',
    'add announcePosition: true or announceWait: true, or remove it',
    'key',
  );
}

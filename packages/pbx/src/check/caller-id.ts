import type { KeyPath } from '../problems/problem.ts';
import { TOLL_FREE_IN_RUSSIA } from '../spending/number-plan.ts';
import { below, type JudgedView, type Report } from './domain-view.ts';

/** Finds caller IDs that calls cannot have: the domain's where it is somebody else's number, and any that callers pay nothing for. */
export function checkCallerIds(view: JudgedView, report: Report): void {
  const { callerId, outbound = [] } = view.settings;
  const own = view.settingsNamed.has('callerId') ? ['callerId'] : undefined;
  if (callerId !== undefined && !view.numbers.some(({ object }) => object.number === callerId)) {
    report(
      'error',
      own,
      `the domain shows ${callerId}, which is not a number of this domain`,
      'add it under numbers, or show one of those',
    );
  }
  const mustRingBack = (number: string | undefined, path: KeyPath | undefined): void => {
    if (number === undefined || !TOLL_FREE_IN_RUSSIA.some((prefix) => number.startsWith(`+${prefix}`))) return;
    report(
      'warning',
      path,
      `${number} cannot be shown: operators let no 8-800 number out as a caller ID`,
      'show a city or mobile number of the domain',
    );
  };
  mustRingBack(callerId, own);
  for (const { object: user, path } of view.fresh.users) mustRingBack(user.callerId, below(path, 'callerId'));
  for (const { object: group, path } of view.fresh.groups) mustRingBack(group.callerId, below(path, 'callerId'));
  const rules = view.settingsNamed.has('outbound') ? ['outbound'] : undefined;
  for (const [index, rule] of outbound.entries()) mustRingBack(rule.callerId, below(rules, index, 'callerId'));
}

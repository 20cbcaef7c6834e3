import type { DomainNumber, Frozen } from '../model/model.ts';
import type { KeyPath } from '../problems/problem.ts';
import { below, type JudgedView, type Report } from './domain-view.ts';
import { PatternSet } from './pattern-set.ts';

const TOLD = 10;

/** Finds what a number says in vain: entries of `byCaller` that no caller comes to, `to` beside a scheme, callers both accepted and blocked. */
export function checkNumbers(view: JudgedView, report: Report): void {
  for (const { object: number, path } of view.fresh.numbers) {
    if (path === undefined) continue;
    if (number.to !== undefined && number.scheme !== undefined) {
      report(
        'warning',
        below(path, 'to'),
        `to has no effect: number ${number.number} has a scheme, and goes there`,
        'keep one of them',
        'key',
      );
    }
    checkByCaller(number.byCaller ?? [], below(path, 'byCaller'), report);
    checkAccepted(number, path, report);
  }
  // Lists that the file does not name are not its business; one of them alone contradicts what stands in another file.
  if (view.settingsNamed.has('accept')) checkAccepted(view.settings, [], report);
}

function checkByCaller(
  entries: readonly Frozen<NonNullable<DomainNumber['byCaller']>[number]>[],
  path: KeyPath | undefined,
  report: Report,
): void {
  const above = new PatternSet();
  for (const [index, { from = [], region }] of entries.entries()) {
    const taken = from.map((pattern) => above.covering(pattern));
    const first = taken[0];
    if (region === undefined && first !== undefined && taken.every((pattern) => pattern !== undefined)) {
      report(
        'warning',
        below(path, index, 'from'),
        `no caller comes to this entry: ${first} above it takes them`,
        'move it above the one that matches the same callers',
      );
    } else {
      for (const [at, pattern] of taken.entries()) {
        if (pattern === undefined) continue;
        report(
          'warning',
          below(path, index, 'from', at),
          `no caller comes here by ${from[at]}: ${pattern} above it takes them`,
          'move the entry above that one, or remove the pattern',
        );
      }
    }
    for (const pattern of from) above.add(pattern);
  }
}

/** Block is asked before accept, so a caller who is in both hears busy. */
function checkAccepted({ accept, block }: Pick<DomainNumber, 'accept' | 'block'>, path: KeyPath, report: Report): void {
  if (accept === undefined || block === undefined) return;
  const blocked = new PatternSet(block);
  let told = 0;
  for (const [index, pattern] of accept.entries()) {
    const by = blocked.covering(pattern);
    if (by === undefined) continue;
    const same = by === pattern ? '' : ` by ${by}`;
    report(
      'warning',
      below(path, 'accept', index),
      `${pattern} is not accepted: it is blocked${same}, and block goes first`,
      'remove it here or there',
    );
    if (++told === TOLD) return;
  }
}

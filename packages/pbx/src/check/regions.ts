import { suggest } from '../problems/suggest.ts';
import { findRegion } from '../schema/region.ts';
import { below, type DomainView, type JudgedView, type Report } from './domain-view.ts';

/** Names that are compared with all of the register's, thousands of them; a file with more has no slip, but no register. */
const COMPARED = 20;

/** Regions that a number's callers are told apart by, and that neither the domain nor the numbering register knows. */
export function checkRegions(view: JudgedView, report: Report): void {
  const told = new Map<string, readonly [message: string, remedy: string]>();
  for (const { object: number, path } of view.fresh.numbers) {
    for (const [index, { region }] of (number.byCaller ?? []).entries()) {
      if (region === undefined || findRegion(view.settings.regions, region) !== undefined) continue;
      if (view.register?.has(region) === true) continue;
      const problem = told.get(region) ?? unknown(view, region, told.size < COMPARED);
      told.set(region, problem);
      const [message, remedy] = problem;
      report(
        'warning',
        below(path, 'byCaller', index, 'region'),
        `number ${number.number} names region ${region}, ${message}`,
        remedy,
      );
    }
  }
}

function unknown(
  { settings, register, isFileAlone }: DomainView,
  region: string,
  compares: boolean,
): readonly [message: string, remedy: string] {
  const own = suggest(region, Object.keys(settings.regions ?? {}));
  const near = own ?? (compares ? suggest(region, register?.all() ?? []) : undefined);
  if (near !== undefined) return ['which nobody described: no caller is from there', `did you mean ${near}?`];
  if (register === undefined && isFileAlone === true) {
    return [
      'which the file does not describe, and the numbering register of a switch is not known here',
      'ask the switch with vats check --data DIRECTORY, or add it under regions, with the beginnings of its numbers',
    ];
  }
  return [
    'which nobody described: no caller is from there',
    'add it under regions, with the beginnings of its numbers, or write a name that vats regions names shows',
  ];
}

import { suggest } from '../problems/suggest.ts';
import { findRegion } from '../schema/region.ts';
import { below, type JudgedView, type Report } from './domain-view.ts';

/** Regions that a number's callers are told apart by, and that nobody described. */
export function checkRegions(view: JudgedView, report: Report): void {
  const { regions } = view.settings;
  for (const { object: number, path } of view.fresh.numbers) {
    for (const [index, { region }] of (number.byCaller ?? []).entries()) {
      if (region === undefined || findRegion(regions, region) !== undefined) continue;
      const near = suggest(region, new Set(Object.keys(regions ?? {})));
      report(
        'warning',
        below(path, 'byCaller', index, 'region'),
        `number ${number.number} names region ${region}, which nobody described: no caller is from there`,
        near === undefined ? 'add it under regions, with the beginnings of its numbers' : `did you mean ${near}?`,
      );
    }
  }
}

import type { Bounds, LimitName } from './bounds.ts';
import type { LimitUse } from './events.ts';
import type { LiveCall, Party } from './live-call.ts';
import { boundOf, type SubjectTallies, scopesOf } from './tally.ts';

/** One whom a call counts against, with the bounds that hold for it now. */
export interface Bounded extends Party {
  readonly tallies: SubjectTallies;
  readonly bounds: Bounds;
}

/** How far the named limits that bound a call are used. */
export function usesOf(
  call: LiveCall,
  parties: readonly Bounded[],
  limits: readonly LimitName[],
  now: number,
): LimitUse[] {
  const uses: LimitUse[] = [];
  for (const { subject, tallies, bounds } of parties) {
    for (const scope of scopesOf(call.costly)) {
      for (const limit of limits) {
        const of = boundOf(bounds[scope], limit);
        if (of !== undefined) uses.push({ subject, scope, limit, used: tallies.of(scope).used(limit, now), of });
      }
    }
  }
  return uses;
}

/** What is left of it; `Infinity` where there is no limit. */
export function left(use: LimitUse | undefined): number {
  return use === undefined ? Number.POSITIVE_INFINITY : use.of - use.used;
}

/** The limit of which least is left; of several the first. */
export function tightest(uses: readonly LimitUse[]): LimitUse | undefined {
  let least: LimitUse | undefined;
  for (const use of uses) if (least === undefined || left(use) < left(least)) least = use;
  return least;
}

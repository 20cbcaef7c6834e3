import { atOnce, type Steps } from '@vats/kernel';
import { checkAccess } from './access.ts';
import { checkAddresses } from './addresses.ts';
import { checkDeadEnds } from './dead-ends.ts';
import type { DomainView, Report } from './domain-view.ts';
import { checkHours } from './hours.ts';
import { checkServed } from './not-served.ts';
import { checkReferences } from './references.ts';
import { checkTrunks } from './trunks.ts';
import { checkUsefulness } from './usefulness.ts';

/** Everything that can be wrong between the parts of one domain; `now` in wall milliseconds, to tell what is past. */
export function checkDomain(view: DomainView, prompts: ReadonlySet<string>, report: Report, now?: number): void {
  atOnce(checkingDomain(view, prompts, report, now));
}

/** `checkDomain` in steps, for a switch with calls. */
export function* checkingDomain(
  view: DomainView,
  prompts: ReadonlySet<string>,
  report: Report,
  now?: number,
): Steps<void> {
  for (const check of [checkAddresses, checkReferences, checkUsefulness, checkDeadEnds, checkAccess, checkTrunks]) {
    yield;
    check(view, report);
  }
  yield;
  checkHours(view, report, now);
  checkServed(view, prompts, report);
}

import { checkAccess } from './access.ts';
import { checkAddresses } from './addresses.ts';
import { checkDeadEnds } from './dead-ends.ts';
import type { DomainView, Report } from './domain-view.ts';
import { checkEmergency } from './emergency.ts';
import { checkHours } from './hours.ts';
import { checkServed } from './not-served.ts';
import { checkReferences } from './references.ts';
import { checkRegions } from './regions.ts';
import { checkTrunks } from './trunks.ts';
import { checkUsefulness } from './usefulness.ts';

/** Everything that can be wrong between the parts of one domain; `now` in wall milliseconds, to tell what is past. */
export function checkDomain(view: DomainView, prompts: ReadonlySet<string>, report: Report, now?: number): void {
  checkAddresses(view, report);
  checkReferences(view, report);
  checkUsefulness(view, report);
  checkDeadEnds(view, report);
  checkAccess(view, report);
  checkTrunks(view, report);
  checkHours(view, report, now);
  checkEmergency(view, report);
  checkRegions(view, report);
  checkServed(view, prompts, report);
}

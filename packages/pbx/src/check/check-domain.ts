import { checkAccess } from './access.ts';
import { checkAddresses } from './addresses.ts';
import type { DomainView, Report } from './domain-view.ts';
import { checkServed } from './not-served.ts';
import { checkReferences } from './references.ts';
import { checkTrunks } from './trunks.ts';
import { checkUsefulness } from './usefulness.ts';

/** Everything that can be wrong between the parts of one domain. */
export function checkDomain(view: DomainView, prompts: ReadonlySet<string>, report: Report): void {
  checkAddresses(view, report);
  checkReferences(view, report);
  checkUsefulness(view, report);
  checkAccess(view, report);
  checkTrunks(view, report);
  checkServed(view, prompts, report);
}

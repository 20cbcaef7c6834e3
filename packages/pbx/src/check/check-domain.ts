import { checkAccess } from './access.ts';
import { checkAddresses } from './addresses.ts';
import { checkCallerIds } from './caller-id.ts';
import { checkDeadEnds } from './dead-ends.ts';
import type { DomainView, Report } from './domain-view.ts';
import { checkEmergency } from './emergency.ts';
import { checkHours } from './hours.ts';
import { checkLoops } from './loops.ts';
import { checkServed } from './not-served.ts';
import { checkNumbers } from './number-sense.ts';
import { checkPbxRules } from './pbx-rules.ts';
import { checkReferences } from './references.ts';
import { checkSchemeUse } from './scheme-use.ts';
import { checkTrunkCodecs } from './trunk-codecs.ts';
import { checkTrunks } from './trunks.ts';
import { checkUsefulness } from './usefulness.ts';
import { checkEffect } from './without-effect.ts';

const CHECKS = [
  checkAddresses,
  checkReferences,
  checkUsefulness,
  checkDeadEnds,
  checkLoops,
  checkCallerIds,
  checkEmergency,
  checkPbxRules,
  checkNumbers,
  checkSchemeUse,
  checkEffect,
  checkAccess,
  checkTrunks,
  checkTrunkCodecs,
] as const;

/** Everything that can be wrong between the parts of one domain; `now` in wall milliseconds, to tell what is past. */
export function checkDomain(view: DomainView, prompts: ReadonlySet<string>, report: Report, now?: number): void {
  for (const check of CHECKS) check(view, report);
  checkHours(view, report, now);
  checkServed(view, prompts, report);
}

import { atOnce, type Steps } from '@vats/kernel';
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
import { checkRegions } from './regions.ts';
import { checkSchemeUse } from './scheme-use.ts';
import { checkSentNumbers } from './sent-numbers.ts';
import { checkSrtp } from './srtp.ts';
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
  checkSentNumbers,
  checkRegions,
  checkSchemeUse,
  checkEffect,
  checkAccess,
  checkTrunks,
  checkSrtp,
  checkTrunkCodecs,
] as const;

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
  for (const check of CHECKS) {
    yield;
    check(view, report);
  }
  yield;
  checkHours(view, report, now);
  yield;
  checkServed(view, prompts, report);
}

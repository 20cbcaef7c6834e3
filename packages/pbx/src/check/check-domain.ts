import { atOnce, type Steps } from '@vats/kernel';
import { DOMAIN_DEFAULTS } from '../model/model.ts';
import { localDate } from '../schedule/moment.ts';
import { checkAccess } from './access.ts';
import { checkAddresses } from './addresses.ts';
import { checkCallerIds } from './caller-id.ts';
import { CheckMemory, type Circumstances } from './check-memory.ts';
import { checkCodes } from './codes.ts';
import { checkConferences } from './conferences.ts';
import { checkDeadEnds } from './dead-ends.ts';
import type { DomainView, JudgedView, Report } from './domain-view.ts';
import { checkEmergency } from './emergency.ts';
import { checkHours } from './hours.ts';
import { checkLoops } from './loops.ts';
import { checkMenus } from './menus.ts';
import { checkNumbers } from './number-sense.ts';
import { checkPbxRules } from './pbx-rules.ts';
import { checkPlainDecisions } from './plain-decisions.ts';
import { checkPrompts } from './prompts.ts';
import { checkReferences } from './references.ts';
import { checkRegions } from './regions.ts';
import { checkSchemeUse } from './scheme-use.ts';
import { checkSentNumbers } from './sent-numbers.ts';
import { checkSrtp } from './srtp.ts';
import { checkTrunkCodecs } from './trunk-codecs.ts';
import { checkTrunkIdentity } from './trunk-identity.ts';
import { checkTrunks } from './trunks.ts';
import { checkUsefulness } from './usefulness.ts';
import { checkEffect } from './without-effect.ts';

type Check = (view: JudgedView, report: Report, circumstances: Circumstances) => void;

/** What each object says for itself, beside the settings. */
const OF_EACH: ReadonlySet<Check> = new Set<Check>([
  checkUsefulness,
  checkCallerIds,
  checkEmergency,
  checkNumbers,
  checkSentNumbers,
  checkRegions,
  checkEffect,
  checkAccess,
  checkTrunks,
  checkTrunkCodecs,
  checkTrunkIdentity,
  checkHours,
  checkPlainDecisions,
]);

const CHECKS: readonly Check[] = [
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
  checkTrunkIdentity,
  checkHours,
  checkPlainDecisions,
  checkConferences,
  checkMenus,
  checkCodes,
  checkPrompts,
];

/** What a domain is judged with. */
export interface JudgedWith {
  /** Names of the prompts that there are. */
  readonly prompts: ReadonlySet<string>;
  readonly report: Report;
  /** Wall milliseconds, to tell what is past. */
  readonly now?: number | undefined;
  /** What was found when the same file's domain was judged last. */
  readonly memory?: CheckMemory;
}

/** Everything that can be wrong between the parts of one domain. */
export function checkDomain(view: DomainView, judgedWith: JudgedWith): void {
  atOnce(checkingDomain(view, judgedWith));
}

/** `checkDomain` in steps, for a switch with calls. */
export function* checkingDomain(view: DomainView, { prompts, report, now, memory }: JudgedWith): Steps<void> {
  const { settings, settingsNamed, isFileAlone = false } = view;
  const today = now === undefined ? undefined : localDate(now, settings.timezone ?? DOMAIN_DEFAULTS.timezone);
  const circumstances: Circumstances = { settings, settingsNamed, isFileAlone, prompts, today };
  const { fresh, isSilent } = (memory ?? new CheckMemory()).begin(view, circumstances);
  for (const check of CHECKS) {
    if (!OF_EACH.has(check) && isSilent(check)) continue;
    yield;
    const noted: Report = (severity, path, ...said) => {
      memory?.note(check, path);
      report(severity, path, ...said);
    };
    check({ ...view, fresh }, noted, circumstances);
  }
  memory?.end();
}

import type { Frozen } from '../model/model.ts';
import type { OutboundRule } from '../schema/outbound.ts';
import { below, type DomainView, type Report } from './domain-view.ts';
import { PatternSet } from './pattern-set.ts';

/**
 * Finds rules to a PBX that registers here which that PBX may use itself: what it sends out would come back to it, and may go round
 * between the two for as long as both let it.
 */
export function checkPbxRules(view: DomainView, report: Report): void {
  if (!view.settingsNamed.has('outbound')) return;
  const rules = view.settings.outbound ?? [];
  /** Of each PBX, the patterns whose calls another rule decides before. */
  const decided = new Map<string, PatternSet>();
  for (const { extension } of rules) if (extension !== undefined) decided.set(extension, new PatternSet());
  if (decided.size === 0) return;
  const ofGroup = new Map(
    view.groups.map(({ object: { extension, members } }) => {
      return [extension, members.flatMap(({ to }) => (decided.has(to) ? [to] : []))] as const;
    }),
  );
  const users = (rule: Frozen<OutboundRule>): ReadonlySet<string> =>
    new Set(rule.from?.flatMap((one) => (decided.has(one) ? [one] : (ofGroup.get(one) ?? []))));
  const forAll = new PatternSet();
  for (const [index, rule] of rules.entries()) {
    const { match, extension, from } = rule;
    const its = users(rule);
    const isDecided = extension !== undefined && (forAll.covering(match) ?? decided.get(extension)?.covering(match));
    if (extension !== undefined && isDecided === undefined && (from === undefined || its.has(extension))) {
      report(
        'warning',
        below(['outbound'], index, 'extension'),
        `the PBX at ${extension} may use the rule ${match} itself: what it dials there comes back to it`,
        `add from: with those who may, or put a rule for it above: { match: "${match}", from: ["${extension}"], deny: true }`,
      );
    }
    if (from === undefined) forAll.add(match);
    else for (const pbx of its) decided.get(pbx)?.add(match);
  }
}

import type { Frozen } from '../model/model.ts';
import { EMERGENCY_NUMBERS } from '../schema/number.ts';
import type { OutboundRule } from '../schema/outbound.ts';
import { parsePattern } from '../schema/pattern.ts';
import { literalBeginning } from '../schema/pattern-cover.ts';
import { below, type DomainView, type Report } from './domain-view.ts';

type Rule = Frozen<OutboundRule>;

/** So many of its characters a pattern must name to be meant for emergency numbers. */
const DELIBERATE = 2;

/** Finds what keeps a call for help from the emergency services: rules that deny it or take it elsewhere, a number of that name. */
export function checkEmergency(view: DomainView, report: Report): void {
  for (const { object: number, path } of view.numbers) {
    if (!EMERGENCY_NUMBERS.includes(number.number)) continue;
    report(
      'warning',
      below(path, 'number'),
      `number ${number.number} hides the emergency number ${number.number}`,
      'take another: numbers of the domain win over outside ones',
    );
  }
  if (!view.settingsNamed.has('outbound')) return;
  const operators = new Set(view.trunks.flatMap(({ object }) => (object.register === undefined ? [] : [object.name])));
  const trunks = new Set(view.trunks.map(({ object }) => object.name));
  const rules = view.settings.outbound ?? [];
  const [operator = 'NAME'] = operators;
  for (const [index, numbers] of takenAway(rules, operators)) {
    const rule = rules[index]!;
    // Of a trunk that there is not, enough is said.
    if (rule.trunk !== undefined && !trunks.has(rule.trunk)) continue;
    const place = rule.trunk === undefined ? `the PBX at ${rule.extension}` : `trunk ${rule.trunk}`;
    const where = rule.deny === true ? 'denies it' : `sends it to ${place}, which is no operator that we register at`;
    report(
      'warning',
      ['outbound', index, 'match'],
      `the rule ${rule.match} keeps calls to ${numbers.join(', ')} from the emergency services: it ${where}`,
      `put a rule above it such as { match: "${numbers[0]}", trunk: ${operator} }`,
    );
  }
}

/** The emergency numbers that each rule keeps from an operator, by the rule's place. */
function takenAway(rules: readonly Rule[], operators: ReadonlySet<string>): Map<number, string[]> {
  const patterns = rules.map(({ match }) => parsePattern(match));
  const taken = new Map<number, string[]>();
  for (const number of EMERGENCY_NUMBERS) {
    for (const [index, rule] of rules.entries()) {
      const pattern = patterns[index]!;
      if (!pattern.ok || !pattern.value.matches(number)) continue;
      if (!leadsToHelp(rule, operators)) {
        const those = taken.get(index);
        if (those === undefined) taken.set(index, [number]);
        else those.push(number);
      }
      // A rule for some leaves the others to the next one.
      if (rule.from === undefined) break;
    }
  }
  return taken;
}

function leadsToHelp(rule: Rule, operators: ReadonlySet<string>): boolean {
  if (rule.deny === true) return false;
  // Who writes 112, or 10x, knows where it goes.
  if (literalBeginning(rule.match).length >= DELIBERATE) return true;
  return rule.trunk !== undefined && [rule.trunk, ...(rule.reserve ?? [])].some((name) => operators.has(name));
}

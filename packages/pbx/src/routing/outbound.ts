import type { Domain, Frozen } from '../model/model.ts';
import type { OutboundRule } from '../schema/outbound.ts';
import { type NumberPattern, parsePattern } from '../schema/pattern.ts';

type Rule = Frozen<OutboundRule>;

/** Patterns of a list of rules, compiled once for as long as the model that holds the list lives. */
const compiled = new WeakMap<readonly Rule[], readonly (readonly [NumberPattern, Rule])[]>();

/** The first outbound rule of the domain that matches the number. */
export function outboundRuleFor(domain: Domain, number: string): Rule | undefined {
  const rules = domain.settings.outbound;
  if (rules === undefined) return undefined;
  let patterns = compiled.get(rules);
  if (patterns === undefined) {
    patterns = rules.flatMap((rule) => {
      const pattern = parsePattern(rule.match);
      return pattern.ok ? [[pattern.value, rule] as const] : [];
    });
    compiled.set(rules, patterns);
  }
  return patterns.find(([pattern]) => pattern.matches(number))?.[1];
}

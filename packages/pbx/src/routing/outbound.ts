import type { Directory } from '../model/directory.ts';
import type { Domain, Frozen, Group, User } from '../model/model.ts';
import type { OutboundRule } from '../schema/outbound.ts';
import { type NumberPattern, parsePattern } from '../schema/pattern.ts';

type Rule = Frozen<OutboundRule>;

/** The rule that decides, and the number as the rule has it sent. */
export interface OutboundMatch {
  readonly rule: Rule;
  readonly sent?: string;
  /** The first denial above the rule, for whoever orders the call, that names what is called where it is not what was dialled. */
  deniedAs(called: string): Rule | undefined;
}

/** Whose order a call outside is: who calls, an employee who forwards there, or a group that does. */
export type Orderer = User | Group;

export function isGroup(orderer: Orderer): orderer is Group {
  return 'members' in orderer;
}

/** Patterns of a list of rules, compiled once for as long as the model that holds the list lives. */
const compiled = new WeakMap<readonly Rule[], readonly Compiled[]>();
type Compiled = readonly [NumberPattern, Rule];

function patternsOf(rules: readonly Rule[]): readonly Compiled[] {
  let patterns = compiled.get(rules);
  if (patterns === undefined) {
    patterns = rules.flatMap((rule) => {
      const pattern = parsePattern(rule.match);
      return pattern.ok ? [[pattern.value, rule] as const] : [];
    });
    compiled.set(rules, patterns);
  }
  return patterns;
}

/**
 * The first outbound rule of the domain that matches the number and that whoever orders the call may use.
 *
 * @param exactly only rules that name this number and no other, and do not deny it
 */
export function outboundRuleFor(
  domain: Domain,
  number: string,
  by: Orderer | undefined,
  directory: Directory,
  exactly = false,
): OutboundMatch | undefined {
  const rules = domain.settings.outbound;
  if (rules === undefined) return undefined;
  const patterns = patternsOf(rules);
  const at = patterns.findIndex(
    ([pattern, rule]) =>
      pattern.matches(number) &&
      (!exactly || (rule.match === number && rule.deny !== true)) &&
      mayUse(domain, rule, by, directory),
  );
  const found = patterns[at];
  if (found === undefined) return undefined;
  const [pattern, rule] = found;
  const sent = rule.send === undefined ? undefined : pattern.rewrite(number, rule.send);
  const denies = ([other, { deny }]: Compiled, called: string) => deny === true && other.matches(called);
  const deniedAs = (called: string): Rule | undefined =>
    patterns.slice(0, at).find((one) => denies(one, called) && mayUse(domain, one[1], by, directory))?.[1];
  return { rule, deniedAs, ...(sent !== undefined && { sent }) };
}

/** Denials hold for everybody whom they name; a rule for some is none for a call that nobody of them ordered. */
function mayUse(domain: Domain, { from }: Rule, by: Orderer | undefined, directory: Directory): boolean {
  if (from === undefined) return true;
  if (by === undefined || isGroup(by)) return false;
  return from.some((one) => one === by.extension || directory.isMember(domain, one, by.extension));
}

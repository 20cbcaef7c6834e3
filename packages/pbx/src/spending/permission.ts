import { normaliseNumber } from '../schema/number.ts';
import { isLiteral, judgedNumbers, publicNumberOf, sentPattern } from './called-number.ts';
import { classOf, isCostly } from './number-class.ts';
import { isAbroad, isPremium, type Told } from './number-plan.ts';

/** What an outbound rule says of costly calls. */
export interface PermittingRule {
  readonly match: string;
  /** How the rule writes the number. */
  readonly send?: string;
  /** Calls abroad are meant by this rule, whatever its pattern. */
  readonly international?: boolean;
  /** Calls to premium numbers are meant by this rule, whatever its pattern. */
  readonly premium?: boolean;
}

/** Whether a rule that matches a number lets it out. `lacks` is the key that the rule would need. */
export type Permission =
  | { readonly permitted: true }
  | { readonly permitted: false; readonly lacks: 'international' | 'premium'; readonly because: string };

/**
 * Asked by the outbound router of the first rule that matches. Calls abroad and to premium numbers need a rule that means them: by
 * its key `international` or `premium`, or by a pattern that names the country or the premium range itself. '+49*' does, '+7[67]*'
 * does; '+*' and '+7*' do not. A premium number abroad needs both, and '+44*' gives one of them only. Digits that mean no number
 * that can be told may mean any: they need both, but for a rule that names them in full.
 *
 * @param number as it was dialled
 * @param sent what the trunk is sent for it: both need permission, where both are public numbers
 */
export function permissionOf(rule: PermittingRule, number: string, sent: string = number): Permission {
  const dialled = normaliseNumber(number).number;
  for (const judged of judgedNumbers(number, sent)) {
    const pattern = judged === dialled && judged.startsWith('+') ? rule.match : sentPattern(rule.match, rule.send);
    const permission = permitted(rule, judged, pattern, sent === number ? '' : ` (${number} is sent as ${sent})`);
    if (!permission.permitted) return permission;
  }
  return { permitted: true };
}

/** @param pattern of the numbers that the rule means, of which this is one. @param how the number came to be, for the reason */
function permitted(rule: PermittingRule, number: string, pattern: string, how: string): Permission {
  const kind = classOf(number);
  if (!isCostly(kind)) return { permitted: true };
  const unknown = kind === 'unknown';
  if (unknown && isLiteral(pattern)) return { permitted: true };
  const abroad = unknown || isAbroad((publicNumberOf(number) ?? number).slice(1)) === 'yes';
  const lacks =
    abroad && rule.international !== true && (unknown || !meansAbroad(pattern))
      ? 'international'
      : (unknown || kind === 'premium') && rule.premium !== true && (unknown || !meansPremium(pattern))
        ? 'premium'
        : undefined;
  if (lacks === undefined) return { permitted: true };
  const what = unknown
    ? 'a number of no known kind, which may be abroad or a premium one'
    : lacks === 'premium'
      ? 'a premium number'
      : 'abroad';
  const because = `${number} is ${what}${how}, and the rule ${rule.match} does not say ${lacks}`;
  return { permitted: false, lacks, because };
}

/** Whether each number that the pattern matches is abroad by digits that the pattern itself gives. */
export function meansAbroad(pattern: string): boolean {
  return pattern.startsWith('+') && everyHead(pattern.slice(1), isAbroad);
}

/** Whether each number that the pattern matches is a premium one by digits that the pattern itself gives. */
export function meansPremium(pattern: string): boolean {
  return pattern.startsWith('+') && everyHead(pattern.slice(1), isPremium);
}

/** Whether the question is answered by yes for all digits that the pattern may begin with. Stops at the first that is not. */
function everyHead(pattern: string, told: (digits: string) => Told, head = ''): boolean {
  const answer = told(head);
  if (answer !== 'more') return answer === 'yes';
  const token = /^(?:[0-9xX]|\[([0-9-]+)\])/.exec(pattern);
  if (token === null) return false;
  const rest = pattern.slice(token[0].length);
  return digitsOf(token[0]).every((digit) => everyHead(rest, told, head + digit));
}

const TEN = '0123456789';

function digitsOf(token: string): string[] {
  if (/^[0-9]$/.test(token)) return [token];
  if (!token.startsWith('[')) return [...TEN];
  const set = new RegExp(token);
  return [...TEN].filter((digit) => set.test(digit));
}

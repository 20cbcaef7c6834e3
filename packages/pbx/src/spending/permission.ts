import { normaliseNumber } from '../schema/number.ts';
import { classOf, isCostly } from './number-class.ts';
import { isAbroad, isPremium, type Told } from './number-plan.ts';

/** What an outbound rule says of costly calls. */
export interface PermittingRule {
  readonly match: string;
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
 * does; '+*' and '+7*' do not. A premium number abroad needs both, and '+44*' gives one of them only.
 */
export function permissionOf(rule: PermittingRule, number: string): Permission {
  const kind = classOf(number);
  if (!isCostly(kind)) return { permitted: true };
  const normal = normaliseNumber(number);
  const abroad = kind !== 'premium' || isAbroad(normal.number.slice(1)) === 'yes';
  if (abroad && rule.international !== true && !meansAbroad(rule.match)) {
    const what = kind === 'unknown' ? `${number} is a number of no known kind` : `${number} is abroad`;
    return { permitted: false, lacks: 'international', because: `${what}, and the rule ${rule.match} does not say so` };
  }
  if (kind === 'premium' && rule.premium !== true && !meansPremium(rule.match)) {
    const because = `${number} is a premium number, and the rule ${rule.match} does not say so`;
    return { permitted: false, lacks: 'premium', because };
  }
  return { permitted: true };
}

/** Whether each number that the pattern matches is abroad by digits that the pattern itself gives; or the pattern is a code in full. */
export function meansAbroad(pattern: string): boolean {
  if (!pattern.startsWith('+')) return isWholeCode(pattern);
  return everyHead(pattern.slice(1), isAbroad);
}

/** Whether each number that the pattern matches is a premium one by digits that the pattern itself gives. */
export function meansPremium(pattern: string): boolean {
  return pattern.startsWith('+') && everyHead(pattern.slice(1), isPremium);
}

/** A pattern without plus matches what is no E.164 number: it means it when it fixes the first digit and the length. */
function isWholeCode(pattern: string): boolean {
  return /^[0-9]/.test(pattern) && !pattern.endsWith('*');
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

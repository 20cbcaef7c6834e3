import { EMERGENCY_NUMBERS, normaliseNumber } from '../schema/number.ts';
import { judgedNumbers, publicNumberOf } from './called-number.ts';
import { isAbroad, isOneCity, isPremium, TOLL_FREE_IN_RUSSIA } from './number-plan.ts';

/**
 * What kind of call a number makes.
 *
 * - `emergency`: always allowed, never counted
 * - `short`: a code of the trunk's other side, at most seven digits, `*` and `#`
 * - `local`, `national`, `mobile`, `toll-free`: Russia
 * - `international`: another country, Kazakhstan and the rest of zone 7 included
 * - `premium`: a number that somebody earns by, in Russia or abroad, satellites included
 * - `unknown`: nothing that this plan knows; whatever the trunk makes of it, it is treated as a call abroad
 */
export type NumberClass =
  | 'emergency'
  | 'short'
  | 'local'
  | 'national'
  | 'mobile'
  | 'toll-free'
  | 'international'
  | 'premium'
  | 'unknown';

/** Digits of an extension, or of a code of a trunk's other side, at most. */
export const LONGEST_SHORT_CODE = 7;
const DIGITS_IN_RUSSIA = 11;

/**
 * The class of a number in any writing.
 *
 * @param home public numbers (E.164) whose cities are the caller's own: a domain's numbers. Without them no number is local.
 * @example classOf('8 809 505-12-34') === 'premium'
 */
export function classOf(number: string, home: Iterable<string> = []): NumberClass {
  if (EMERGENCY_NUMBERS.includes(number)) return 'emergency';
  const written = normaliseNumber(number);
  const called = publicNumberOf(written.number);
  if (called === undefined) return written.kind === 'short' && isShortCode(written.number) ? 'short' : 'unknown';
  const digits = called.slice(1);
  if (isPremium(digits) === 'yes') return 'premium';
  if (isAbroad(digits) === 'yes') return 'international';
  // Russia has numbers of eleven digits only: written for a trunk with 8, others begin with 810 7. What comes of that nobody knows.
  if (digits.length !== DIGITS_IN_RUSSIA) return 'unknown';
  if (TOLL_FREE_IN_RUSSIA.some((prefix) => digits.startsWith(prefix))) return 'toll-free';
  if (/^7[348]/.test(digits)) return isLocal(digits, home) ? 'local' : 'national';
  return digits.startsWith('79') ? 'mobile' : 'unknown';
}

/**
 * A code that can lead nowhere far. Longer digits that are no E.164 number may be one in a writing that only the trunk understands.
 */
function isShortCode(text: string): boolean {
  return text.length <= LONGEST_SHORT_CODE && !text.startsWith('00');
}

function isLocal(digits: string, home: Iterable<string>): boolean {
  for (const number of home) {
    if (number.startsWith('+7') && isOneCity(number.slice(2, 5), digits.slice(1, 4))) return true;
  }
  return false;
}

/** Whether calls of this class are the ones that toll fraud is after: bounded by the limits of costly calls too. */
export function isCostly(kind: NumberClass): boolean {
  return kind === 'international' || kind === 'premium' || kind === 'unknown';
}

/**
 * The class of a call for which a trunk is sent these digits: of what was dialled and what is sent, the one that costs more. An
 * emergency number stays one, however it is written.
 */
export function classOfCall(dialled: string, sent: string): NumberClass {
  const kinds = judgedNumbers(dialled, sent).map((number) => classOf(number));
  return DEAREST_FIRST.find((kind) => kinds.includes(kind)) ?? kinds.at(-1)!;
}

const DEAREST_FIRST: readonly NumberClass[] = ['premium', 'unknown', 'international'];

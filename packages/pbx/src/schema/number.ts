import { z } from 'zod';
import { fault, shown } from './fault.ts';

/** A number as someone wrote or dialled it, and what it means. */
export interface NormalisedNumber {
  /** As it came. */
  readonly raw: string;
  /** E.164 with its plus where the number is a public one, else what was written without its separators. */
  readonly number: string;
  /** `e164`: a public number. `short`: digits, `*` and `#` of local meaning. `other`: not a number at all. */
  readonly kind: 'e164' | 'short' | 'other';
}

const SEPARATORS = /[\s().\u00a0-]/g;
const LONGEST_E164 = 15;
const SHORTEST_E164 = 7;
const LONGEST_SHORT = 32;

/**
 * Normalises a number by the Russian dialling plan: 8XXXXXXXXXX and 7XXXXXXXXXX become +7XXXXXXXXXX, 810… becomes +…,
 * short codes and everything that is not digits stay as they are. Only ASCII digits are digits.
 *
 * @example normaliseNumber('8 (495) 123-45-67').number === '+74951234567'
 */
export function normaliseNumber(raw: string): NormalisedNumber {
  const number = raw.replace(SEPARATORS, '');
  if (!/^\+?[0-9*#]+$/.test(number) || number.length > LONGEST_SHORT) return { raw, number: raw, kind: 'other' };
  const e164 = toE164(number);
  if (e164 !== undefined) return { raw, number: e164, kind: 'e164' };
  return number.startsWith('+') ? { raw, number: raw, kind: 'other' } : { raw, number, kind: 'short' };
}

/**
 * A number as an operator may write it: also ten digits without a prefix, as Russian numbers are written within the country. Not for
 * what a person dials, which may be an extension.
 *
 * @example normaliseOperatorNumber('4951234567').number === '+74951234567'
 */
export function normaliseOperatorNumber(raw: string): NormalisedNumber {
  const normal = normaliseNumber(raw);
  return /^[3-9]\d{9}$/.test(normal.number) ? { raw, number: `+7${normal.number}`, kind: 'e164' } : normal;
}

function toE164(number: string): string | undefined {
  if (/[*#]/.test(number)) return undefined;
  if (number.startsWith('+')) return international(number.slice(1));
  // No Russian area code begins with 10, so 810 always leads abroad.
  if (number.startsWith('810')) return international(number.slice(3));
  return /^[78]\d{10}$/.test(number) ? `+7${number.slice(1)}` : undefined;
}

function international(digits: string): string | undefined {
  const plausible = digits.length >= SHORTEST_E164 && digits.length <= LONGEST_E164 && !digits.startsWith('0');
  return plausible ? `+${digits}` : undefined;
}

/** A public number in any usual writing; E.164 in the model. */
export const publicNumber = z.codec(z.string(), z.string(), {
  decode: (text, ctx) => {
    const { kind, number } = normaliseNumber(text);
    if (kind === 'e164') return number;
    ctx.issues.push({
      ...fault(`${shown(text)} is not a public telephone number`, 'write it in full, such as "+74951234567"'),
      input: text,
    });
    return z.NEVER;
  },
  encode: (number) => number,
});

/** Numbers that must reach the emergency services from anywhere in Russia. */
export const EMERGENCY_NUMBERS: readonly string[] = ['101', '102', '103', '104', '112'];

import { type NormalisedNumber, normaliseNumber } from './schema/number.ts';

/** What a number that a person looks for may be in the history. */
export interface NumberSearch {
  /** The number itself, in each form that a record may have it. */
  readonly exact: readonly string[];
  /** Its digits, where it may also be the end of a longer number. */
  readonly ending?: string;
}

export type NumberSearchRead =
  | { readonly ok: true; readonly value: NumberSearch }
  | { readonly ok: false; readonly error: string };

/** An ending of fewer digits would be that of every other number. */
const SHORTEST_ENDING = 4;
/** Fewer digits are meant as an ending, and would be looked for as a whole number in vain. */
const SHORTEST_NUMBER = 3;
const LONGEST = 32;

/**
 * Reads a number that somebody looks for, in any usual writing: `8 (916) 123-45-67`, `+79161234567`, an extension, a star code,
 * or an ending of four digits or more. The error is a sentence with its remedy.
 */
export function readNumberSearch(text: string): NumberSearchRead {
  const { number, kind }: NormalisedNumber = normaliseNumber(text);
  if (kind === 'e164') return { ok: true, value: { exact: formsOf(number) } };
  if (kind === 'short') {
    if (/^\d+$/.test(number) && number.length < SHORTEST_NUMBER) {
      const remedy = `give its last ${SHORTEST_ENDING} digits or more, or an extension as --employee ${number}`;
      return { ok: false, error: `${JSON.stringify(number)} is too short for a number or its end; ${remedy}` };
    }
    const ending = number.length >= SHORTEST_ENDING && /^\d+$/.test(number);
    return { ok: true, value: { exact: [number], ...(ending && { ending: number }) } };
  }
  return {
    ok: false,
    error: `${faultOf(text)}; write it as +79161234567, or its last ${SHORTEST_ENDING} digits or more`,
  };
}

/** A trunk may bring a Russian number without its prefix; what comes without is no public number, and kept as it came. */
function formsOf(e164: string): string[] {
  return /^\+7\d{10}$/.test(e164) ? [e164, e164.slice(2)] : [e164];
}

function faultOf(text: string): string {
  const shown = JSON.stringify(text.length > LONGEST + 8 ? `${text.slice(0, LONGEST)}…` : text);
  if (text.trim() === '') return 'an empty number matches nothing';
  if (/(?![0-9])\p{Nd}/u.test(text)) return `${shown} has digits other than 0 to 9`;
  if (/\p{L}/u.test(text)) return `${shown} has letters in it`;
  const digits = text.replace(/[^0-9]/g, '').length;
  if (digits > 15) return `${shown} has ${digits} digits, and no number has more than 15`;
  return `${shown} is not a telephone number`;
}

import type { Frozen, Trunk } from '../model/model.ts';

/**
 * A number as a trunk wants it. Russian ones: `+74951234567`, `74951234567` or `84951234567`; those abroad: with plus, without, or
 * behind 810. Short ones stay as they are.
 */
export function writtenFor(number: string, form: 'e164' | '7' | '8'): string {
  if (form === 'e164' || !number.startsWith('+')) return number;
  const digits = number.slice(1);
  if (form === '7') return digits;
  return /^7\d{10}$/.test(digits) ? `8${digits.slice(1)}` : `810${digits}`;
}

/** What a trunk is sent for a number: as the rule writes it, else as the trunk wants it. */
export function sentFor(number: string, byRule: string | undefined, trunk: Frozen<Trunk> | undefined): string {
  return byRule ?? writtenFor(number, trunk?.numbers?.send ?? 'e164');
}

/** Languages with recorded sets. */
export type Language = 'ru' | 'en';

/** Things that are counted, for which every form is recorded. */
export type Unit = 'minute' | 'second' | 'hour' | 'ruble' | 'kopeck';

/** What can be said. */
export type Said =
  /** A whole number from 0 to LARGEST. */
  | { readonly number: number }
  /** One after the other: 0 to 9, `*`, `#`, `+`; whatever else stands between them is passed over. */
  | { readonly digits: string }
  /** A place in a row, from 1: "first". Beyond 999 the number is said. */
  | { readonly position: number }
  /** So many of something. */
  | { readonly count: number; readonly of: Unit }
  /** A time of day, 24 hours. */
  | { readonly hours: number; readonly minutes: number }
  /** A day, months from 1. Years from 1900 to 2099; without a year only day and month are said. */
  | { readonly day: number; readonly month: number; readonly year?: number }
  /** Money: rubles, and kopecks where there are any. */
  | { readonly kopecks: number };

/** The largest number that can be said. */
export const LARGEST = 999_999_999_999;

/** The clips of digits, in every language. */
export function sayDigits(digits: string): string[] {
  const clips: string[] = [];
  for (const digit of digits) {
    if (digit >= '0' && digit <= '9') clips.push(digit);
    else if (digit === '*') clips.push('star');
    else if (digit === '#') clips.push('hash');
    else if (digit === '+') clips.push('plus');
  }
  return clips;
}

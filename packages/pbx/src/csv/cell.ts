import { z } from 'zod';
import type { CellFault } from './table-format.ts';
import { cellText } from './write-csv.ts';

/** What takes a value away: an empty cell leaves it as it is. */
export const NOTHING = '-';

/** Reads a cell as a PBX file's value of that schema is read. */
export function cellBy<T>(schema: z.ZodType<T, string>): (text: string) => T | CellFault {
  return (text) => {
    const read = z.safeDecode(schema, cellText(text));
    if (read.success) return read.data;
    const [issue] = read.error.issues;
    const remedy = issue?.code === 'custom' ? (issue.params as { remedy?: string } | undefined)?.remedy : undefined;
    return { message: issue?.message ?? 'it is not understood', remedy: remedy ?? 'write it in another way' };
  };
}

/** The same for what may also be taken away, which is null. */
export function cellOrNothing<T>(read: (text: string) => T | CellFault): (text: string) => T | null | CellFault {
  return (text) => (text === NOTHING ? null : read(text));
}

/** Several of them, separated by commas or blanks. */
export function cellsBy<T>(read: (text: string) => T | CellFault): (text: string) => T[] | CellFault {
  return (text) => {
    const values: T[] = [];
    for (const part of text.split(/[\s,]+/)) {
      if (part === '') continue;
      const value = read(part);
      if (typeof value === 'object' && value !== null && 'remedy' in value) return value;
      values.push(value as T);
    }
    return values;
  };
}

/**
 * A number in any writing. A spreadsheet that takes a number for an amount rounds it, which is worth a word of its own: the digits are lost.
 */
export function withRounded<T>(read: (text: string) => T | CellFault): (text: string) => T | CellFault {
  return (text) =>
    /^\d[.,]\d+E\+\d+$/i.test(text)
      ? {
          message: `${text} is a number that a spreadsheet rounded`,
          remedy: 'format the column as text, and write it again',
        }
      : read(text);
}

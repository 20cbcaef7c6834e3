import { parse as parseCsv } from 'csv-parse/sync';

/** A line of a table: its cells without the spaces around them. */
export interface CsvLine {
  /** 1-based. */
  readonly number: number;
  readonly text: string;
  readonly cells: readonly string[];
}

/** Why a line could not be taken apart. */
export type CsvFault = 'quote-not-closed' | 'text-beside-quotes';

export type Separator = ';' | ',' | '\t';

/**
 * The separator of a table, by one line of it: a semicolon or a tab if it holds any outside quotes (then a comma is the decimal
 * one), else a comma.
 */
export function separatorOf(line: string): Separator {
  const bare = line.replace(/"[^"]*"?/g, '');
  const [semicolons, tabs] = [bare.split(';').length, bare.split('\t').length];
  if (semicolons === 1 && tabs === 1) return ',';
  return semicolons >= tabs ? ';' : '\t';
}

/** Where a cell of a line begins, 1-based, in characters; past the line's end for a cell that is not there. */
export function columnOf(line: string, separator: Separator, cell: number): number {
  let left = cell;
  let quoted = false;
  for (let at = 0; at < line.length; at++) {
    if (left === 0) return at + 1;
    if (line[at] === '"') quoted = !quoted;
    else if (line[at] === separator && !quoted) left--;
  }
  return line.length + 1;
}

/**
 * Takes lines apart, empty ones left out. A cell cannot go over a line's end: whole lines can then be read by and by, and one quote
 * that was left open does not swallow the rest of the table.
 *
 * @param looseQuotes a cell that does not begin with a quote may have some in it
 */
export function cellsOf(
  lines: readonly string[],
  first: number,
  separator: Separator,
  onFault: (line: number, text: string, fault: CsvFault) => void,
  looseQuotes = false,
): CsvLine[] {
  const written = lines.flatMap((text, index) => (text.trim() === '' ? [] : [{ number: first + index, text }]));
  const together = allAtOnce(written, separator, looseQuotes);
  return written.flatMap(({ number, text }, index) => {
    const cells = together?.[index] ?? recordOf(text, separator, looseQuotes);
    if (typeof cells !== 'string') return [{ number, text, cells }];
    onFault(number, text, cells);
    return [];
  });
}

/** Many lines in one go, which is ten times as fast; undefined where one of them is wrong, or a cell went over its end. */
function allAtOnce(
  lines: readonly { readonly text: string }[],
  separator: Separator,
  looseQuotes: boolean,
): string[][] | undefined {
  try {
    const records = recordsOf(lines.map(({ text }) => text).join('\n'), separator, looseQuotes);
    return records.length === lines.length ? records : undefined;
  } catch {
    return undefined;
  }
}

function recordsOf(text: string, separator: Separator, looseQuotes: boolean): string[][] {
  return parseCsv(text, {
    delimiter: separator,
    relax_column_count: true,
    trim: separator !== '\t',
    record_delimiter: '\n',
    relax_quotes: looseQuotes,
  });
}

function recordOf(line: string, separator: Separator, looseQuotes: boolean): readonly string[] | CsvFault {
  try {
    return recordsOf(line, separator, looseQuotes)[0] ?? [];
  } catch (error) {
    const { code } = error as { code?: string };
    return code === 'CSV_QUOTE_NOT_CLOSED' ? 'quote-not-closed' : 'text-beside-quotes';
  }
}

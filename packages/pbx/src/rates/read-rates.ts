import { atOnce, type Steps } from '@vats/kernel';
import type { TableFormat, TableRow } from '../csv/table-format.ts';
import { TableProblems } from '../csv/table-problems.ts';
import { readingTable } from '../csv/table-reader.ts';
import type { Checked } from '../problems/problem.ts';
import type { Rate } from './rate.ts';
import { RATE_COLUMNS, RATE_DEFAULTS } from './rate-columns.ts';
import { RateTable } from './rate-table.ts';

const FORMAT: TableFormat<Rate> = {
  columns: RATE_COLUMNS,
  row: 'rate',
  isRow: (cells) => /^\+?\d/.test(cells[0] ?? ''),
  header: 'prefix;price per minute;connection fee;first interval;next interval;name',
  example: '7495;1.20',
};

/**
 * Reads a rate file: `prefix;price per minute;connection fee;first interval;next interval;name`, with `;`, tab or `,` between
 * cells, with or without a header (English or Russian, columns in any order), BOM, decimal point or comma. Everything that is wrong is told
 * at once, with line, column and remedy; then there is no table.
 *
 * @param file the name to show in problems; nothing is opened
 */
export function readRates(text: string | Uint8Array, file: string): Checked<RateTable> {
  return atOnce(readingRates(text, file));
}

/** `readRates` in steps, for a switch with calls. */
export function* readingRates(text: string | Uint8Array, file: string): Steps<Checked<RateTable>> {
  const problems = new TableProblems(file);
  const rates = new Map<string, { readonly rate: Rate; readonly line: number }>();
  yield* readingTable(text, FORMAT, problems, (row) => {
    const rate = { ...RATE_DEFAULTS, ...row.values } as Rate;
    const before = rates.get(rate.prefix);
    if (before === undefined) rates.set(rate.prefix, { rate, line: row.line });
    else reportSecond(problems, row, rate, before);
  });
  return problems.outcome(() => new RateTable([...rates.values()].map(({ rate }) => rate)));
}

function reportSecond(
  problems: TableProblems,
  row: TableRow<Rate>,
  rate: Rate,
  before: { readonly rate: Rate; readonly line: number },
): void {
  const isSame = RATE_COLUMNS.every(({ key }) => key === 'name' || before.rate[key] === rate[key]);
  const [severity, message] = isSame
    ? (['warning', `${rate.prefix} is in line ${before.line} already, at the same price`] as const)
    : (['error', `${rate.prefix} is in line ${before.line} already, at another price`] as const);
  problems.report(severity, row.line, row.columnOf('prefix'), 'prefix', message, 'keep one of the two lines');
}

import { atOnce, type Steps } from '@vats/kernel';
import { type Checked, type Problem, sortProblems } from '../problems/problem.ts';
import { suggest } from '../problems/suggest.ts';
import { shown } from '../schema/fault.ts';
import { type CsvFault, type CsvLine, cellsOf, columnOf, type Separator, separatorOf } from './csv-lines.ts';
import type { Rate } from './rate.ts';
import { RATE_COLUMNS, type RateColumn } from './rate-columns.ts';
import { RateTable } from './rate-table.ts';

/** Lines read in one step. */
const STEP = 2000;
/** Problems told; what is beyond is counted. */
const MOST_PROBLEMS = 100;
const LARGEST_FILE = 64 * 1024 * 1024;

const FAULT_TEXT: Record<CsvFault, readonly [message: string, remedy: string]> = {
  'quote-not-closed': ['a quote is not closed in its line', 'close it, or write two quotes for one that is meant'],
  'text-beside-quotes': ['a cell has text beside its quotes', 'put the whole cell in quotes'],
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
  return yield* new RateReader(file).read(text);
}

class RateReader {
  readonly #file: string;
  readonly #problems: Problem[] = [];
  #untold = 0;
  #separator: Separator = ';';
  readonly #rates = new Map<string, { readonly rate: Rate; readonly line: number }>();

  constructor(file: string) {
    this.#file = file;
  }

  *read(source: string | Uint8Array): Steps<Checked<RateTable>> {
    const text = this.#textOf(source);
    if (text === undefined) return this.#outcome();
    const lines = text.split(/\r\n|\n|\r/);
    const first = lines.findIndex((line) => line.trim() !== '');
    this.#separator = separatorOf(lines[first] ?? '');
    let columns: readonly (RateColumn | undefined)[] | undefined;
    for (let at = Math.max(0, first); at < lines.length; at += STEP) {
      for (const line of cellsOf(lines.slice(at, at + STEP), at + 1, this.#separator, this.#onFault)) {
        if (columns === undefined) {
          columns = this.#header(line);
          if (columns === undefined) return this.#outcome();
          if (columns !== RATE_COLUMNS) continue;
        }
        this.#rate(line, columns);
      }
      yield;
    }
    if (this.#rates.size === 0 && this.#problems.length === 0) {
      this.#report('error', 0, 0, '', 'the file holds no rate', 'write a line for each prefix, such as 7495;1.20');
    }
    return this.#outcome();
  }

  #textOf(source: string | Uint8Array): string | undefined {
    if (source.length > LARGEST_FILE) {
      this.#report('error', 0, 0, '', 'the file is too large', 'keep it under 64 MB');
      return undefined;
    }
    if (typeof source === 'string') return source.replace(/^\ufeff/, '');
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(source);
    } catch {
      this.#report('error', 0, 0, '', 'the file is not in UTF-8', 'save it as "CSV UTF-8"');
      return undefined;
    }
  }

  /** The columns that a header names; the usual ones where the first line is a rate already; undefined for a header that will not do. */
  #header(line: CsvLine): readonly (RateColumn | undefined)[] | undefined {
    if (/^\+?\d/.test(line.cells[0] ?? '')) return RATE_COLUMNS;
    const columns = line.cells.map((cell) => named(cell));
    for (const [index, found] of columns.entries()) {
      const cell = line.cells[index]!;
      const at = columnOf(line.text, this.#separator, index);
      if (found === undefined) {
        if (cell === '') continue;
        const meant = suggest(
          cell.toLowerCase(),
          RATE_COLUMNS.flatMap(({ names }) => names),
        );
        const remedy = meant === undefined ? 'nothing is read from it' : `did you mean ${shown(meant)}?`;
        this.#report('warning', line.number, at, cell, 'no such column', remedy);
      } else if (columns.indexOf(found) !== index) {
        this.#report('error', line.number, at, cell, 'the column is there already', 'keep one of the two');
      }
    }
    const missing = RATE_COLUMNS.filter((column) => column.otherwise === undefined && !columns.includes(column));
    if (missing.length === 0) return columns;
    const names = missing.map((column) => shown(column.names[0]!)).join(' and ');
    const message = `the first line is neither a rate nor a header with ${names}`;
    const remedy = 'write prefix;price per minute;connection fee;first interval;next interval;name';
    this.#report('error', line.number, 1, '', message, remedy);
    return undefined;
  }

  #rate(line: CsvLine, columns: readonly (RateColumn | undefined)[]): void {
    if (line.cells.length > columns.length && line.cells.slice(columns.length).some((cell) => cell !== '')) {
      const at = columnOf(line.text, this.#separator, columns.length);
      const remedy = 'put a cell with a separator or a decimal comma in quotes, or separate cells by ;';
      this.#report(
        'error',
        line.number,
        at,
        '',
        `the line has ${line.cells.length} cells, not ${columns.length}`,
        remedy,
      );
      return;
    }
    const values: Partial<Record<keyof Rate, unknown>> = {};
    for (const column of RATE_COLUMNS) {
      const index = columns.indexOf(column);
      const value = this.#cell(line, column, index);
      if (value === undefined) return;
      values[column.key] = value;
    }
    this.#enter(values as unknown as Rate, line, columns);
  }

  #cell(line: CsvLine, column: RateColumn, index: number): string | number | undefined {
    const text = line.cells[index] ?? '';
    const at = () => columnOf(line.text, this.#separator, index);
    if (text === '') {
      if (column.otherwise !== undefined) return column.otherwise;
      this.#report('error', line.number, at(), column.names[0]!, 'the cell is empty', 'write it, or remove the line');
      return undefined;
    }
    const value = column.read(text);
    if (typeof value !== 'object') return value;
    this.#report('error', line.number, at(), column.names[0]!, value.message, value.remedy);
    return undefined;
  }

  #enter(rate: Rate, line: CsvLine, columns: readonly (RateColumn | undefined)[]): void {
    const before = this.#rates.get(rate.prefix);
    if (before === undefined) {
      this.#rates.set(rate.prefix, { rate, line: line.number });
      return;
    }
    const isSame = RATE_COLUMNS.every(({ key }) => key === 'name' || before.rate[key] === rate[key]);
    const at = columnOf(line.text, this.#separator, columns.indexOf(RATE_COLUMNS[0]));
    const [severity, message] = isSame
      ? (['warning', `${rate.prefix} is in line ${before.line} already, at the same price`] as const)
      : (['error', `${rate.prefix} is in line ${before.line} already, at another price`] as const);
    this.#report(severity, line.number, at, 'prefix', message, 'keep one of the two lines');
  }

  readonly #onFault = (line: number, text: string, fault: CsvFault): void => {
    const [message, remedy] = FAULT_TEXT[fault];
    this.#report('error', line, text.indexOf('"') + 1, '', message, remedy);
  };

  #report(severity: Problem['severity'], line: number, column: number, path: string, message: string, remedy: string) {
    if (this.#problems.length < MOST_PROBLEMS || (severity === 'error' && !this.#hasError())) {
      this.#problems.push({ severity, file: this.#file, line, column, path, message, remedy });
    } else this.#untold++;
  }

  #hasError(): boolean {
    return this.#problems.some(({ severity }) => severity === 'error');
  }

  #outcome(): Checked<RateTable> {
    const failed = this.#hasError();
    if (this.#untold > 0) {
      const message = `${this.#untold} more problems are not shown`;
      const severity = failed ? 'error' : 'warning';
      this.#problems.push({ severity, file: this.#file, line: 0, column: 0, path: '', message });
    }
    if (failed) return { ok: false, problems: sortProblems(this.#problems) };
    const rates = [...this.#rates.values()].map(({ rate }) => rate);
    return { ok: true, value: new RateTable(rates), warnings: sortProblems(this.#problems) };
  }
}

function named(header: string): RateColumn | undefined {
  const name = header.toLowerCase().replace(/\s+/g, ' ').replace(/ё/g, 'е');
  return RATE_COLUMNS.find(({ names }) => names.includes(name));
}

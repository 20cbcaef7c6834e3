import type { Steps } from '@vats/kernel';
import { suggest } from '../problems/suggest.ts';
import { shown } from '../schema/fault.ts';
import { type CsvFault, type CsvLine, cellsOf, columnOf, type Separator, separatorOf } from './csv-lines.ts';
import { isCellFault, type TableColumn, type TableFormat, type TableRow } from './table-format.ts';
import type { TableProblems } from './table-problems.ts';

/** Lines read in one step: some tens of milliseconds. */
const STEP = 500;
const LARGEST_FILE = 64 * 1024 * 1024;

const FAULT_TEXT: Record<CsvFault, readonly [message: string, remedy: string]> = {
  'quote-not-closed': ['a quote is not closed in its line', 'close it, or write two quotes for one that is meant'],
  'text-beside-quotes': ['a cell has text beside its quotes', 'put the whole cell in quotes'],
};

/** A table's columns in the order of the file. */
type Columns<Values> = readonly (TableColumn<Values> | undefined)[];

/** What is known of a table beside its rows. */
export interface TableHead<Values> {
  /** The columns that the file has. */
  readonly has: ReadonlySet<keyof Values>;
}

/**
 * Reads a table as spreadsheets and people write them: UTF-8 with or without BOM, cells separated by `;`, tab or `,`, lines ending in
 * any way, with or without a header, columns in any order. A line with a fault is reported and left out.
 *
 * @param enter told each good line, in order
 */
export function* readingTable<Values>(
  source: string | Uint8Array,
  format: TableFormat<Values>,
  problems: TableProblems,
  enter: (row: TableRow<Values>) => void,
): Steps<TableHead<Values>> {
  return yield* new TableReader(format, problems, enter).read(source);
}

class TableReader<Values> {
  readonly #format: TableFormat<Values>;
  readonly #problems: TableProblems;
  readonly #enter: (row: TableRow<Values>) => void;
  #separator: Separator = ';';
  #rows = 0;

  constructor(format: TableFormat<Values>, problems: TableProblems, enter: (row: TableRow<Values>) => void) {
    this.#format = format;
    this.#problems = problems;
    this.#enter = enter;
  }

  *read(source: string | Uint8Array): Steps<TableHead<Values>> {
    const nothing = { has: new Set<keyof Values>() };
    const text = this.#textOf(source);
    if (text === undefined) return nothing;
    const lines = text.split(/\r\n|\n|\r/);
    const first = lines.findIndex((line) => line.trim() !== '');
    this.#separator = separatorOf(lines[first] ?? '');
    let columns: Columns<Values> | undefined;
    for (let at = Math.max(0, first); at < lines.length; at += STEP) {
      const some = lines.slice(at, at + STEP);
      for (const line of cellsOf(some, at + 1, this.#separator, this.#onFault, this.#format.looseQuotes)) {
        if (columns === undefined) {
          columns = this.#columnsBy(line);
          if (columns === undefined) return nothing;
          if (columns !== this.#format.columns) continue;
        }
        this.#row(line, columns);
      }
      yield;
    }
    if (this.#rows === 0 && !this.#problems.failed) {
      const { row, example } = this.#format;
      this.#problems.report('error', 0, 0, '', `the file holds no ${row}`, `write a line for each, such as ${example}`);
    }
    return { has: new Set((columns ?? []).flatMap((column) => column?.key ?? [])) };
  }

  #textOf(source: string | Uint8Array): string | undefined {
    if (source.length > LARGEST_FILE) {
      this.#problems.report('error', 0, 0, '', 'the file is too large', 'keep it under 64 MB');
      return undefined;
    }
    if (typeof source === 'string') return source.replace(/^\ufeff/, '');
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(source);
    } catch {
      this.#problems.report('error', 0, 0, '', 'the file is not in UTF-8', 'save it as "CSV UTF-8"');
      return undefined;
    }
  }

  /** The columns that a header names; ours where the first line is a row already; undefined for a header that will not do. */
  #columnsBy(line: CsvLine): Columns<Values> | undefined {
    const { columns: all, isRow, row, header } = this.#format;
    if (isRow(line.cells)) return all;
    const columns = line.cells.map((cell) => this.#named(cell));
    const missing = all.filter((column) => column.required === true && !columns.includes(column));
    for (const [index, found] of columns.entries()) {
      const cell = line.cells[index]!;
      const at = columnOf(line.text, this.#separator, index);
      if (found === undefined) {
        if (cell === '') continue;
        const names = all.flatMap((column) => column.names);
        const meant = suggest(cell.toLowerCase(), names);
        // A line that is no header at all may hold passwords: it is not repeated.
        if (meant === undefined && missing.length > 0) continue;
        const remedy = meant === undefined ? 'nothing is read from it' : `did you mean ${shown(meant)}?`;
        this.#problems.report('warning', line.number, at, headerCell(cell), 'no such column', remedy);
      } else if (columns.indexOf(found) !== index) {
        const path = headerCell(cell);
        this.#problems.report('error', line.number, at, path, 'the column is there already', 'keep one of the two');
      }
    }
    if (missing.length === 0) return columns;
    const names = missing.map((column) => shown(column.names[0]!)).join(' and ');
    const message = `the first line is neither a ${row} nor a header with ${names}`;
    this.#problems.report('error', line.number, 1, '', message, `write ${header}`);
    return undefined;
  }

  #named(header: string): TableColumn<Values> | undefined {
    const name = header.toLowerCase().replace(/\s+/g, ' ').replace(/ё/g, 'е');
    return this.#format.columns.find(({ names }) => names.includes(name));
  }

  #row(line: CsvLine, columns: Columns<Values>): void {
    this.#rows++;
    const { cells } = line;
    if (cells.length > columns.length && cells.slice(columns.length).some((cell) => cell !== '')) {
      const at = columnOf(line.text, this.#separator, columns.length);
      const remedy = 'put a cell with a separator or a decimal comma in quotes, or separate cells by ;';
      const message = `the line has ${cells.length} cells, not ${columns.length}`;
      this.#problems.report('error', line.number, at, '', message, remedy);
      return;
    }
    const values: Partial<Values> = {};
    let good = true;
    for (const [index, column] of columns.entries()) {
      const text = cells[index] ?? '';
      if (column === undefined || (text === '' && column.required !== true)) continue;
      const value = text === '' ? EMPTY : column.read(text);
      if (isCellFault(value)) {
        const at = columnOf(line.text, this.#separator, index);
        this.#problems.report('error', line.number, at, column.names[0]!, value.message, value.remedy);
        good = false;
      } else values[column.key] = value;
    }
    if (!good) return;
    const columnOfKey = (key: keyof Values): number => {
      const index = columns.findIndex((column) => column?.key === key);
      return index === -1 ? 1 : columnOf(line.text, this.#separator, index);
    };
    this.#enter({ line: line.number, values, columnOf: columnOfKey });
  }

  readonly #onFault = (line: number, text: string, fault: CsvFault): void => {
    const [message, remedy] = FAULT_TEXT[fault];
    this.#problems.report('error', line, text.indexOf('"') + 1, '', message, remedy);
  };
}

const EMPTY = { message: 'the cell is empty', remedy: 'write it, or remove the line' };
const LONGEST_HEADER_SHOWN = 60;

/** A header as a problem names it: one line of it. */
function headerCell(cell: string): string {
  return cell.length > LONGEST_HEADER_SHOWN ? `${cell.slice(0, LONGEST_HEADER_SHOWN)}…` : cell;
}

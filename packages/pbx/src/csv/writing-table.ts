import type { Steps } from '@vats/kernel';
import { CSV_BOM, csvLine } from './write-csv.ts';

/** Lines written in one step: well below a millisecond's work. */
const STEP = 1_000;

/** A file for spreadsheets in steps, for a switch with calls: BOM, header, `;`, CRLF. No cell of it is run as a formula. */
export function* writingTable<Row>(
  header: readonly string[],
  rows: Iterable<Row>,
  cells: (row: Row) => readonly string[],
): Steps<string> {
  const parts = [CSV_BOM + csvLine(header)];
  let lines: string[] = [];
  for (const row of rows) {
    lines.push(csvLine(cells(row)));
    if (lines.length < STEP) continue;
    parts.push(lines.join(''));
    lines = [];
    yield;
  }
  return parts.join('') + lines.join('');
}

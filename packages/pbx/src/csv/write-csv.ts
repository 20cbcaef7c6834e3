/** A mark by which Excel knows UTF-8: what every file for spreadsheets begins with. */
export const CSV_BOM = '\ufeff';
/** The one that Excel expects where a comma is decimal. */
const SEPARATOR = ';';
const LINE_END = '\r\n';

/**
 * A line of a file for spreadsheets (RFC 4180, with semicolons). No cell of it is run as a formula; `cellText` gives back what
 * each one said.
 */
export function csvLine(cells: readonly string[]): string {
  return cells.map((cell) => quoted(withoutFormula(cell))).join(SEPARATOR) + LINE_END;
}

/** Characters by which a spreadsheet takes a cell for a formula, wide ones and those behind blanks too. */
const FORMULA = /^'*(?:[\s\p{Cc}]*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n])/u;

/** Digits with a plus make no formula that does anything: a number, and whoever reads the file must find it as it is. */
const TELEPHONE_NUMBER = /^\+\d{1,15}$/;

/** An apostrophe before what a stranger chose makes it text in every spreadsheet. One that was there already gets another. */
function withoutFormula(cell: string): string {
  return FORMULA.test(cell) && !TELEPHONE_NUMBER.test(cell) ? `'${cell}` : cell;
}

/** What a cell says: without the apostrophe that keeps it from being a formula. */
export function cellText(cell: string): string {
  return cell.startsWith("'") && FORMULA.test(cell) ? cell.slice(1) : cell;
}

function quoted(cell: string): string {
  return /[";,\t\r\n]/.test(cell) || cell !== cell.trim() ? `"${cell.replaceAll('"', '""')}"` : cell;
}

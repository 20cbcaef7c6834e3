import type { z } from 'zod';
import type { historyAnswer } from './answers.ts';
import { localTime } from './local-time.ts';

type Call = z.output<typeof historyAnswer>['calls'][number];

const BOM = '\ufeff';
const SEPARATOR = ';';
const LINE_END = '\r\n';

const COLUMNS: readonly (readonly [header: string, cell: (call: Call) => string | number | undefined])[] = [
  ['id', ({ id }) => id],
  ['started', ({ startedAt }) => localTime(startedAt)],
  ['direction', ({ direction }) => direction],
  ['result', ({ result }) => result],
  ['from', ({ from }) => from.number],
  ['from name', ({ from }) => from.name],
  ['dialled', ({ dialled }) => dialled],
  ['number called', ({ did }) => did],
  ['trunk', ({ trunk }) => trunk],
  ['group', ({ group }) => group],
  ['answered by', ({ answeredBy }) => answeredBy?.number],
  ['answered by name', ({ answeredBy }) => answeredBy?.name],
  ['wait, s', ({ waitMs }) => Math.round(waitMs / 1_000)],
  ['talk, s', ({ talkMs }) => Math.round(talkMs / 1_000)],
  ['outcome', ({ outcome }) => outcome],
  ['SIP status', ({ status }) => status],
  ['recordings', ({ recordings }) => recordings.map(({ path }) => path).join(' ')],
  ['domain', ({ domain }) => domain],
];

/** What a file of calls begins with: a mark by which Excel knows UTF-8, and the names of the columns. */
export function csvHead(): string {
  return `${BOM}${line(COLUMNS.map(([header]) => header))}`;
}

/** A line for each call (RFC 4180, with the separator that Excel expects where a comma is decimal). Times are local. */
export function csvLines(calls: readonly Call[]): string {
  return calls.map((call) => line(COLUMNS.map(([, cell]) => String(cell(call) ?? '')))).join('');
}

function line(cells: readonly string[]): string {
  return cells.map((cell) => quoted(withoutFormula(cell))).join(SEPARATOR) + LINE_END;
}

/** Characters by which a spreadsheet takes a cell for a formula, wide ones and those behind blanks too. */
const FORMULA = /^[\s\p{Cc}]*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/u;

/** Digits with a plus make no formula that does anything: a number, and whoever reads the file must find it as it is. */
const TELEPHONE_NUMBER = /^\+\d{1,15}$/;

/** An apostrophe before what a stranger chose makes it text in every spreadsheet. */
function withoutFormula(cell: string): string {
  return FORMULA.test(cell) && !TELEPHONE_NUMBER.test(cell) ? `'${cell}` : cell;
}

function quoted(cell: string): string {
  return /[";\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

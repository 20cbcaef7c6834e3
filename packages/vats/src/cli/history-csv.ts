import { CSV_BOM, csvLine, limitText } from '@vats/pbx';
import type { z } from 'zod';
import type { historyAnswer } from './answers.ts';
import { localTime } from './local-time.ts';

type Call = z.output<typeof historyAnswer>['calls'][number];

const COLUMNS: readonly (readonly [header: string, cell: (call: Call) => string | number | undefined])[] = [
  ['id', ({ id }) => id],
  ['started', ({ startedAt }) => localTime(startedAt)],
  ['direction', ({ direction }) => direction],
  ['result', ({ result }) => result],
  ['from', ({ from }) => from.number],
  ['from name', ({ from }) => from.name],
  ['dialled', ({ dialled }) => dialled],
  ['number called', ({ did, called }) => did ?? called],
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
  ['limits', ({ limits = [] }) => limits.map(limitText).join(', ')],
];

/** What a file of calls begins with: a mark by which Excel knows UTF-8, and the names of the columns. */
export function csvHead(): string {
  return CSV_BOM + csvLine(COLUMNS.map(([header]) => header));
}

/** A line for each call (RFC 4180, with the separator that Excel expects where a comma is decimal). Times are local. */
export function csvLines(calls: readonly Call[]): string {
  return calls.map((call) => csvLine(COLUMNS.map(([, cell]) => String(cell(call) ?? '')))).join('');
}

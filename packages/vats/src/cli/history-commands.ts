import { readNumberSearch } from '@vats/pbx';
import { type Command, InvalidArgumentError, Option } from 'commander';
import * as answers from './answers.ts';
import { ask, looking, type Print, type Streams, type Where } from './asking.ts';
import { writerTo } from './csv-file.ts';
import { csvHead, csvLines } from './history-csv.ts';
import { pointInTime } from './point-in-time.ts';
import { historyText, storyText } from './show-history.ts';
import { countArgument } from './values.ts';

/** Calls of one page when a file is written. */
const CSV_PAGE = 1_000;
const USUAL_PAGE = 100;

interface HistoryOptions extends Where {
  readonly history?: boolean;
  readonly number?: string;
  readonly employee?: string;
  readonly group?: string;
  readonly missed?: boolean;
  readonly answered?: boolean;
  readonly direction?: string;
  readonly since?: number;
  readonly until?: number;
  readonly domain?: string;
  readonly limit?: number;
  readonly after?: string;
  readonly csv?: string;
}

/** Options that mean finished calls, and nothing without `--history`. */
const OF_HISTORY = [
  ...['number', 'employee', 'group', 'missed', 'answered', 'direction', 'since', 'until', 'domain', 'limit', 'after'],
  'csv',
] as const;

/** Gives `vats calls` its look at finished calls. @param up what is shown without `--history` */
export function addHistory(
  calls: Command,
  streams: Streams,
  print: Print,
  up: (options: Where) => Promise<void>,
): void {
  calls
    .option('--history', 'finished calls, newest first')
    .option('--number <number>', "either side's, in any writing, or its last 4 digits or more", numberArgument)
    .option('--employee <extension>', 'who called, was rung or spoke')
    .option('--group <extension>', 'the group that was called')
    .option('--missed', 'calls that nobody answered; with --answered these and those')
    .option('--answered', 'calls in which somebody spoke; with --missed these and those')
    .addOption(new Option('--direction <way>', 'which way').choices(['in', 'out', 'internal']))
    .option('--since <time>', 'a date, a time such as 2026-11-20T09:30, or a time ago such as 2d', since)
    .option('--until <time>', 'the same; a date includes its day', until)
    .option('--domain <domain>', 'where there are several')
    .option('--limit <calls>', `at most so many; ${USUAL_PAGE} by default, all of them for --csv`, countArgument)
    .option('--after <place>', 'the next page, as the page before names it')
    .addOption(new Option('--csv <file>', 'into a file for spreadsheets; - is standard output').conflicts('json'))
    .action(async (options: HistoryOptions) => {
      if (options.history !== true) {
        const stray = OF_HISTORY.find((name) => options[name as keyof HistoryOptions] !== undefined);
        if (stray !== undefined) calls.error(`error: --${stray} is about finished calls: add --history`);
        await up(options);
      } else if (options.csv !== undefined) {
        await writeCsv(options, options.csv, streams);
      } else {
        const path = `/history?${queryOf(options, options.limit ?? USUAL_PAGE, options.after)}`;
        print(options, await ask(options, 'GET', path, answers.historyAnswer), historyText);
      }
    });
  looking(calls.command('show').description("a finished call's story: who rang, who spoke, when and why"))
    .argument('<id>')
    .action(async (id: string, options: Where) => {
      const path = `/history/${encodeURIComponent(id)}`;
      print(options, await ask(options, 'GET', path, answers.storyAnswer), storyText);
    });
}

/** Writes page by page: years of calls need no more memory than one page. */
async function writeCsv(options: HistoryOptions, file: string, { out, err }: Streams): Promise<void> {
  // The first page is asked for before the file is touched: a slip must not cost last month's.
  let left = options.limit ?? Number.POSITIVE_INFINITY;
  const page = async (after: string | undefined) => {
    const query = queryOf(options, Math.min(CSV_PAGE, left), after);
    return (await ask(options, 'GET', `/history?${query}`, answers.historyAnswer)).read;
  };
  let read = await page(options.after);
  const { write, close } = file === '-' ? { write: out, close: () => {} } : writerTo(file);
  let written = 0;
  try {
    write(csvHead());
    for (;;) {
      write(csvLines(read.calls));
      written += read.calls.length;
      left -= read.calls.length;
      if (read.next === undefined || left <= 0) break;
      read = await page(read.next);
    }
  } finally {
    close();
  }
  if (file !== '-') err(`${written} calls are in ${file}\n`);
}

function queryOf(options: HistoryOptions, limit: number, after: string | undefined): URLSearchParams {
  const query = new URLSearchParams({ limit: String(limit) });
  for (const key of ['number', 'employee', 'group', 'direction', 'since', 'until', 'domain'] as const) {
    const value = options[key];
    if (value !== undefined) query.set(key, String(value));
  }
  if (options.missed === true) query.append('result', 'missed');
  if (options.answered === true) query.append('result', 'answered');
  if (after !== undefined) query.set('after', after);
  return query;
}

function numberArgument(text: string): string {
  const read = readNumberSearch(text);
  if (!read.ok) throw new InvalidArgumentError(`${read.error}.`);
  return text;
}

function since(text: string): number {
  return timeArgument(text, 'begin');
}

function until(text: string): number {
  return timeArgument(text, 'end');
}

function timeArgument(text: string, edge: 'begin' | 'end'): number {
  const at = pointInTime(text, Date.now(), edge);
  if (at !== undefined && at >= 0) return at;
  throw new InvalidArgumentError(
    'give a date such as 2026-11-20, a time such as 2026-11-20T09:30, or 2d for two days ago.',
  );
}

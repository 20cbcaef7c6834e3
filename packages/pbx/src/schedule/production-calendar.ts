import { CsvError, parse } from 'csv-parse/sync';
import { z } from 'zod';
import { type Checked, type Problem, sortProblems } from '../problems/problem.ts';
import { type Calendar, type DayKind, isDate } from '../schema/calendar.ts';
import { shown } from '../schema/fault.ts';
import { readYaml } from '../yaml/read-yaml.ts';
import { dayOf, weekdayOf } from './local-day.ts';

/** The days of each year that are not as their day of the week. */
export type ProductionCalendar = ReadonlyMap<number, Calendar>;

const FIRST_YEAR = 1990;
const LAST_YEAR = 2100;
/** Both forms take some hundred characters a year. */
const LONGEST_TEXT = 1_000_000;
/** In no month were more Saturdays and Sundays worked than two; a list that was cut short leaves out more than this. */
const MOVED_AT_MOST = 4;
/** A file of something else is wrong in every line. */
const TOLD = 20;
/** Month and day of the public holidays of Russia (Labour Code, article 112). */
const PUBLIC_HOLIDAYS: ReadonlySet<string> = new Set([
  ...['01-01', '01-02', '01-03', '01-04', '01-05', '01-06', '01-07', '01-08'],
  ...['02-23', '03-08', '05-01', '05-09', '06-12', '11-04'],
]);

/** Takes down what is wrong with one month, or with the year (month 0). */
type Complain = (month: number, message: string, remedy: string) => void;

const DOWNLOAD = 'download it again from xmlcalendar.ru or data.gov.ru';

/**
 * Reads the production calendar of Russia in one of its two public forms: the JSON of xmlcalendar.ru (one year), or the CSV
 * of data.gov.ru (a line a year, with twelve months). In both, a month lists its days off; `*` marks a working day that is
 * an hour shorter, `+` a day off that was moved there. What comes out is what differs from an ordinary week:
 *
 * - `off`: a listed Monday to Friday, one with `+`, and a public holiday on a Saturday or Sunday. Any other Saturday or Sunday
 *   that is listed is left out, because whether a company works at weekends is for its hours to say
 * - `short`: what has `*`
 * - `work`: a Saturday or Sunday that is not listed
 *
 * @param file the name to show in problems; nothing is opened
 */
export function readProductionCalendar(text: string, file: string): Checked<ProductionCalendar> {
  if (text.length > LONGEST_TEXT) {
    return { ok: false, problems: [problemIn(file, 0, '', 'this is too long for a production calendar', DOWNLOAD)] };
  }
  const plain = text.replace(/^\ufeff/, '');
  return plain.trimStart().startsWith('{') ? readJson(plain, file) : readCsv(plain, file);
}

const xmlCalendar = z.object({
  year: z.int(),
  months: z.array(z.object({ month: z.int(), days: z.string() })),
});

function readJson(text: string, file: string): Checked<ProductionCalendar> {
  // JSON is YAML, whose reader knows the place of each value.
  const read = readYaml(text, file, xmlCalendar);
  if (!read.ok) return read;
  const { value, problem } = read.value;
  const problems: Problem[] = [];
  const listed = new Map<number, string>();
  for (const [index, { month, days }] of value.months.entries()) {
    const path = ['months', index, 'month'];
    if (month < 1 || month > 12) problems.push(problem(path, `there is no month ${month}`, 'write 1 to 12'));
    else if (listed.has(month)) problems.push(problem(path, `month ${month} is there twice`, 'list each once'));
    else listed.set(month, days);
  }
  const days = daysOfYear(value.year, listed, (month, message, remedy) => {
    const index = value.months.findIndex((each) => each.month === month);
    const path = month === 0 ? ['year'] : index < 0 ? ['months'] : ['months', index, 'days'];
    problems.push(problem(path, message, remedy));
  });
  if (problems.length > 0) return { ok: false, problems: sortProblems(problems) };
  return { ok: true, value: new Map([[value.year, days]]), warnings: [] };
}

function readCsv(text: string, file: string): Checked<ProductionCalendar> {
  const years = new Map<number, Calendar>();
  const problems: Problem[] = [];
  const rows = rowsOf(text);
  if (typeof rows === 'number') {
    return { ok: false, problems: [problemIn(file, rows, '', 'this is neither JSON nor CSV', DOWNLOAD)] };
  }
  for (const [index, { record, info }] of rows.entries()) {
    if (problems.length >= TOLD) break;
    const [first = '', ...months] = record;
    const report = (where: string, message: string, remedy: string): void => {
      problems.push(problemIn(file, info.lines, where, message, remedy));
    };
    if (!/^\d{4}$/.test(first)) {
      // The first line names the columns.
      if (index > 0 || rows.length === 1) report('', `${shown(first)} is not a year`, 'begin each line with its year');
      continue;
    }
    const year = Number(first);
    if (years.has(year)) report('', `year ${year} is there twice`, 'leave one of its lines');
    const listed = new Map(months.slice(0, 12).map((days, column) => [column + 1, days]));
    const days = daysOfYear(year, listed, (month, message, remedy) =>
      report(month === 0 ? String(year) : `${year}, month ${month}`, message, remedy),
    );
    years.set(year, days);
  }
  if (problems.length === 0 && years.size === 0) problems.push(problemIn(file, 0, '', 'no year is in it', DOWNLOAD));
  return problems.length > 0 ? { ok: false, problems } : { ok: true, value: years, warnings: [] };
}

interface CsvRow {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

/** The lines of a CSV text, or the number of the one at which it is none. */
function rowsOf(text: string): readonly CsvRow[] | number {
  const [header = ''] = text.split('\n', 1);
  try {
    return parse(text, {
      // Excel in Russia separates by semicolons; the commas in between are then those of a month's days.
      delimiter: header.includes(';') ? ';' : ',',
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
    }) as unknown as CsvRow[];
  } catch (error) {
    if (error instanceof CsvError) return Number(error.lines ?? 0);
    throw error;
  }
}

function daysOfYear(year: number, listed: ReadonlyMap<number, string>, complain: Complain): Calendar {
  const days: Calendar = {};
  if (year < FIRST_YEAR || year > LAST_YEAR) {
    complain(0, `${year} is not a plausible year`, `give one from ${FIRST_YEAR} to ${LAST_YEAR}`);
    return days;
  }
  const missing: number[] = [];
  for (let month = 1; month <= 12; month++) {
    const text = listed.get(month)?.trim() ?? '';
    if (text === '') missing.push(month);
    else Object.assign(days, daysOfMonth(year, month, text, complain));
  }
  const [first] = missing;
  if (first !== undefined) complain(first, `${year} has no days in month ${missing.join(', ')}`, DOWNLOAD);
  return days;
}

function daysOfMonth(year: number, month: number, text: string, complain: Complain): Calendar {
  const days: Calendar = {};
  const marks = new Map<string, string>();
  for (const item of text.split(',', 40).map((each) => each.trim())) {
    const [, number = '', mark = ''] = /^(\d{1,2})([*+]?)$/.exec(item) ?? [];
    const date = dateIn(year, month, Number(number));
    if (number === '') {
      complain(month, `${shown(item)} is not a day`, 'write such as 1,2,3*,4+');
    } else if (!isDate(date)) complain(month, `there is no day ${date}`, 'leave it out');
    else if (marks.has(date)) complain(month, `${date} is there twice`, 'leave one');
    else marks.set(date, mark);
  }
  let moved = 0;
  for (let day = 1; isDate(dateIn(year, month, day)); day++) {
    const date = dateIn(year, month, day);
    const kind = kindOf(date, marks.get(date));
    if (kind !== undefined) days[date] = kind;
    if (kind === 'work') moved++;
  }
  if (moved > MOVED_AT_MOST) {
    complain(month, `month ${month} leaves out ${moved} Saturdays and Sundays, as if they were worked`, DOWNLOAD);
  }
  return days;
}

/** What a day is beside its day of the week; `mark` is undefined for a day that is not listed. */
function kindOf(date: string, mark: string | undefined): DayKind | undefined {
  const isWeekend = weekdayOf(dayOf(date)) >= 5;
  if (mark === undefined) return isWeekend ? 'work' : undefined;
  if (mark === '*') return 'short';
  return isWeekend && mark !== '+' && !PUBLIC_HOLIDAYS.has(date.slice(5)) ? undefined : 'off';
}

function dateIn(year: number, month: number, day: number): string {
  return `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

function problemIn(file: string, line: number, path: string, message: string, remedy: string): Problem {
  return { severity: 'error', file, line, column: 0, path, message, remedy };
}

import {
  type Calendar,
  formatProblem,
  MOMENT_REMEDY,
  type ProductionCalendar,
  readMoment,
  readProductionCalendar,
} from '@vats/pbx';
import { type Command, InvalidArgumentError } from 'commander';
import * as answers from './answers-schedule.ts';
import { ask, looking, type Print, type Where } from './asking.ts';
import { configurationFailure } from './exit-codes.ts';
import { readText } from './read-text.ts';
import * as show from './show-schedule.ts';

interface InDomain extends Where {
  readonly domain?: string;
}

/** The commands about hours and the calendar that they go by. */
export function addScheduleCommands(vats: Command, explain: Command, print: Print): void {
  looking(explain.command('hours').description('whether a scheme is open, why, and until when'))
    .argument('<scheme>')
    .option(
      '--at <time>',
      'local, such as "2026-12-31 13:00", or ISO 8601 with an offset; now by default',
      momentArgument,
    )
    .option('--domain <domain>', 'where there are several')
    .action(async (scheme: string, options: InDomain & { at?: string }) => {
      const query = new URLSearchParams({ scheme });
      if (options.at !== undefined) query.set('at', options.at);
      if (options.domain !== undefined) query.set('domain', options.domain);
      print(options, await ask(options, 'GET', `/explain/hours?${query}`, answers.hoursExplanation), show.hoursText);
    });

  const calendar = vats.command('calendar').description("a domain's days off, moved working days and shortened days");
  looking(calendar.command('show').description('the days that are not as their day of the week'))
    .option('--year <year>', 'of one year', yearArgument)
    .option('--domain <domain>', 'where there are several')
    .action(async (options: InDomain & { year?: number }) => {
      const query = options.domain === undefined ? '' : `?${new URLSearchParams({ domain: options.domain })}`;
      const answer = await ask(options, 'GET', `/calendar${query}`, answers.calendarAnswer);
      print(options, answer, (read) => show.calendarText(read, options.year));
    });
  looking(calendar.command('import').description('take over the production calendar of Russia'))
    .argument('<file>', 'the JSON of xmlcalendar.ru, or the CSV of data.gov.ru')
    .option('--year <year>', 'this one only; of several, those from the present one on by default', yearArgument)
    .option('--domain <domain>', 'where there are several')
    .action(async (file: string, options: InDomain & { year?: number }) => {
      const read = readProductionCalendar(readText(file), file);
      if (!read.ok) throw configurationFailure(read.problems.map(formatProblem).join('\n'));
      const years = chosenYears(read.value, options.year, file);
      const days: Calendar = Object.assign({}, ...years.map((year) => read.value.get(year)));
      const body = { years, days, domain: options.domain };
      const answer = await ask(options, 'PUT', '/calendar', answers.calendarChange, body);
      print(options, answer, (change) => show.calendarChangeText(change, years));
    });
}

/** The years of a file to take over. @throws CliFailure where that is none */
function chosenYears(read: ProductionCalendar, year: number | undefined, file: string): number[] {
  const years = [...read.keys()].sort((a, b) => a - b);
  const span = years.length === 1 ? `${years[0]}` : `${years[0]} to ${years.at(-1)}`;
  if (year !== undefined) {
    if (read.has(year)) return [year];
    throw configurationFailure(`${file}: it has no year ${year}, but ${span}: name one of those`);
  }
  // Who gives a file of one year means that year.
  const present = new Date().getFullYear();
  const chosen = years.length === 1 ? years : years.filter((each) => each >= present);
  if (chosen.length > 0) return chosen;
  throw configurationFailure(
    `${file}: it has the years ${span}, which are past: name one with --year, or take a newer file`,
  );
}

function yearArgument(text: string): number {
  if (/^[12]\d{3}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('give a year such as 2027.');
}

/** Whether it is a moment does not depend on the zone, which only the switch knows. */
function momentArgument(text: string): string {
  const read = readMoment(text, 'UTC');
  if (read.ok) return text;
  throw new InvalidArgumentError(`${read.message}: ${MOMENT_REMEDY}.`);
}

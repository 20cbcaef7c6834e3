import { LOOK_AHEAD_DAYS, momentText } from '@vats/pbx';
import type { z } from 'zod';
import { counted } from '../counted.ts';
import { printable } from '../printable.ts';
import type { calendarAnswer, calendarChange, hoursExplanation } from './answers-schedule.ts';
import { table } from './table.ts';

/** Whether a scheme is open, why and until when, by the clocks of its domain. */
export function hoursText(read: z.output<typeof hoursExplanation>): string {
  const { scheme, timezone, at, open, because, until } = read;
  const lines = [
    `${printable(scheme)} is ${open ? 'open' : 'closed'} at ${momentText(at, timezone)} (${timezone})`,
    `because  ${printable(because)}`,
    `until    ${until === undefined ? `more than ${LOOK_AHEAD_DAYS} days later` : momentText(until, timezone)}`,
  ];
  return `${lines.join('\n')}\n`;
}

/** A calendar's days in their order. */
export function calendarText({ domain, days }: z.output<typeof calendarAnswer>, year: number | undefined): string {
  const dates = Object.keys(days).filter((date) => year === undefined || date.startsWith(`${year}-`));
  const empty = `the calendar of ${printable(domain)} has no days${year === undefined ? '' : ` of ${year}`}`;
  const rows = dates.sort().map((date) => [date, weekday(date), days[date] ?? '']);
  return table(['date', 'day', 'is'], rows, empty);
}

/** What an import changed, a line for each day. */
export function calendarChangeText(change: z.output<typeof calendarChange>, years: readonly number[]): string {
  const { domain, before, days, warnings } = change;
  const dates = [...new Set([...Object.keys(before), ...Object.keys(days)])].sort();
  const lines = dates.flatMap((date) => {
    const [old, now] = [before[date], days[date]];
    if (old === now) return [];
    if (old === undefined) return [`+ ${date} ${weekday(date)} ${now}`];
    return [now === undefined ? `- ${date} ${weekday(date)} ${old}` : `~ ${date} ${weekday(date)} ${old} -> ${now}`];
  });
  const which = `the calendar of ${printable(domain)} for ${years.join(', ')}`;
  const summary = lines.length === 0 ? `${which} is so already` : `${which}: ${counted(lines.length, 'day')} changed`;
  return `${[...lines, summary, ...warnings].join('\n')}\n`;
}

function weekday(date: string): string {
  return momentText(Date.parse(`${date}T00:00:00Z`), 'UTC').slice(0, 3);
}

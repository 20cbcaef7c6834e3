import type { Calendar } from '../schema/calendar.ts';
import type { Frozen } from './model.ts';

/** A year's calendar at once is more than anybody reads in a line. */
const TOLD = 10;

/** What tells two calendars apart, a date each; of many, the first and how many there are. @example ['2027-02-20: work'] */
export function calendarDifferences(before: Frozen<Calendar>, after: Frozen<Calendar>): string[] {
  const dates = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  const changed = dates.filter((date) => before[date] !== after[date]);
  const lines = changed.slice(0, TOLD).map((date) => {
    const [old, now] = [before[date], after[date]];
    return old === undefined ? `${date}: ${now}` : `${date}: ${old} -> ${now ?? 'nothing'}`;
  });
  return changed.length > TOLD ? [...lines, `and ${changed.length - TOLD} more days`] : lines;
}

import { CALENDAR_ASKED_BEFORE_DAYS, calendarEnd, type Domain } from '@vats/pbx';

/** Warnings told one by one; of more companies there are as many again. */
const WARNED = 20;

/** What `vats status` says of production calendars: of each domain that has one the last year, and what is to be done. */
export function calendarStatus(domains: readonly Domain[], now: number) {
  const until: { readonly domain: string; readonly year: number }[] = [];
  const warnings: string[] = [];
  for (const domain of domains) {
    const { until: year, daysLeft = 0, isUsed } = calendarEnd(domain, now);
    if (year !== undefined) until.push({ domain: domain.name, year });
    const what =
      year === undefined
        ? isUsed
          ? 'is asked for by its hours, and there is none'
          : undefined
        : ended(year, daysLeft);
    if (what === undefined) continue;
    const wanted = year === undefined ? 'a calendar' : `that of ${year + 1}`;
    warnings.push(`the production calendar of ${domain.name} ${what}; vats calendar import FILE takes ${wanted} over`);
  }
  const untold = warnings.length - WARNED;
  if (untold > 0) warnings.splice(WARNED, untold, `${untold} more production calendars are at their end`);
  return { until, warnings };
}

function ended(year: number, daysLeft: number): string | undefined {
  if (daysLeft < 0) return `ended with ${year}`;
  if (daysLeft > CALENDAR_ASKED_BEFORE_DAYS) return undefined;
  return `ends with ${year}, in ${daysLeft} ${daysLeft === 1 ? 'day' : 'days'}`;
}

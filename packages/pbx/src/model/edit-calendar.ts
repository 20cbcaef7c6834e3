import { isDeepStrictEqual } from 'node:util';
import type { Calendar } from '../schema/calendar.ts';
import { NO_PLACES } from '../yaml/yaml-source.ts';
import type { Applied } from './apply.ts';
import { calendarDifferences } from './calendar-differences.ts';
import { domainOf, type Edit, noDomain, refused } from './edit.ts';
import type { Frozen, Model } from './model.ts';

/** The calendar of whole years, for a domain. */
export interface CalendarYears extends Edit {
  readonly years: readonly number[];
  /** Of these years only. */
  readonly days: Frozen<Calendar>;
}

/** Makes the years of a domain's calendar equal to those given; days of other years stay. */
export function setCalendarYears(model: Model, edit: CalendarYears): Applied {
  const domain = domainOf(model, edit.domain);
  if (domain === undefined) return noDomain(model, edit.domain);
  const isOfThese = (date: string): boolean => edit.years.includes(Number(date.slice(0, 4)));
  const stray = Object.keys(edit.days).find((date) => !isOfThese(date));
  if (stray !== undefined) return refused(`${stray} is of no year that is set`, 'name its year, or leave it out');
  const before = domain.settings.calendar ?? {};
  const kept = Object.entries(before).filter(([date]) => !isOfThese(date));
  const sorted = [...kept, ...Object.entries(edit.days)].sort(([a], [b]) => (a < b ? -1 : 1));
  const calendar: Calendar = Object.fromEntries(sorted);
  if (isDeepStrictEqual(calendar, before)) return { ok: true, next: model, domain, changes: [], warnings: [] };

  const by = domain.settingsBy.calendar;
  const warning = NO_PLACES.problem(
    [],
    'a PBX file has a calendar too, which its next apply sets again',
    'remove calendar from the file, or write these days into it (vats export shows them)',
    { severity: 'warning' },
  );
  const after = {
    ...domain,
    settings: { ...domain.settings, calendar },
    settingsBy: { ...domain.settingsBy, calendar: edit.by },
  };
  const action = domain.settings.calendar === undefined ? 'create' : 'update';
  const details = calendarDifferences(before, calendar);
  return {
    ok: true,
    next: { domains: model.domains.with(model.domains.indexOf(domain), after) },
    domain: after,
    changes: [{ action, domain: domain.name, kind: 'setting', key: 'calendar', details }],
    warnings: by?.startsWith('file:') ? [warning] : [],
  };
}

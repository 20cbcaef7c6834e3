import { calendar, type Domain, readMoment, scheduleAt, setting } from '@vats/pbx';
import { z } from 'zod';
import type { Switch } from '../create-switch.ts';
import { bodyOf } from './body-of.ts';
import { changed } from './changed.ts';
import { ControlError, type ControlRoutes } from './control-server.ts';
import { theDomain } from './the-domain.ts';

const calendarBody = z.strictObject({
  years: z.array(z.int()).min(1).max(200),
  days: calendar,
  domain: z.string().optional(),
});

/** What the operator's commands may ask and order about hours and the calendar. */
export function scheduleRoutes({ model, clock }: Switch): ControlRoutes {
  return {
    'GET /calendar': ({ query }) => {
      const domain = theDomain(model, query.get('domain') ?? undefined);
      return { domain: domain.name, days: setting(domain, 'calendar') };
    },
    'PUT /calendar': async ({ body }) => {
      const { years, days, domain: named } = bodyOf(calendarBody, body);
      const { name, settings } = theDomain(model, named);
      const change = changed(await model.setCalendarYears(years, days, name));
      const after = setting(theDomain(model, name), 'calendar');
      return { ...change, domain: name, before: settings.calendar ?? {}, days: after };
    },
    'GET /explain/hours': ({ query }) => {
      const domain = theDomain(model, query.get('domain') ?? undefined);
      const timezone = setting(domain, 'timezone');
      const scheme = schemeOf(domain, query.get('scheme') ?? '');
      const at = momentOf(query.get('at'), timezone, clock.now());
      const about = { domain: domain.name, scheme: scheme.name, timezone, at };
      if (scheme.hours === undefined) return { ...about, open: true, because: 'it has no hours, so it is always open' };
      return { ...about, ...scheduleAt(scheme.hours, { timezone, calendar: setting(domain, 'calendar') }, at) };
    },
  };
}

function schemeOf(domain: Domain, name: string) {
  const scheme = domain.schemes.find((each) => each.name === name);
  if (scheme !== undefined) return scheme;
  const names = domain.schemes.map((each) => each.name).join(', ');
  throw new ControlError(404, `there is no scheme ${name} in ${domain.name}: ${names === '' ? 'it has none' : names}`);
}

/** The moment that a person asked about; now where they named none. @throws ControlError for what is none */
function momentOf(text: string | null, timezone: string, now: number): number {
  if (text === null) return now;
  const read = readMoment(text, timezone);
  if (read.ok) return read.at;
  throw new ControlError(422, `${read.message}: ${read.remedy}`);
}

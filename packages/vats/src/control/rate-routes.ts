import { inTurns, type Steps } from '@vats/kernel';
import {
  type Domain,
  formatMoney,
  normaliseNumber,
  priceOf,
  type Rate,
  type RateTable,
  type RateTableName,
  readingRates,
  writingRates,
} from '@vats/pbx';
import { z } from 'zod';
import type { Switch } from '../create-switch.ts';
import { bodyOf } from './body-of.ts';
import { ControlError, type ControlRoutes } from './control-server.ts';
import { listChange, listRefused } from './list-change.ts';
import { theDomain } from './the-domain.ts';

const importBody = z.strictObject({
  name: z.string(),
  text: z.string(),
  domain: z.string().optional(),
  trunk: z.string().optional(),
  dryRun: z.boolean().default(false),
});

const STEP = 5_000;
/** Lengths of a call that prices are shown for, in minutes. */
const SHOWN_MINUTES = [1, 3, 10] as const;

/** What the operator's commands may ask and order about what calls cost. */
export function rateRoutes({ model, rates }: Pick<Switch, 'model' | 'rates'>): ControlRoutes {
  return {
    'PUT /rates': async ({ body }) => {
      const { name: file, text, trunk, dryRun, ...named } = bodyOf(importBody, body);
      const domain = theDomain(model, named.domain);
      const name = nameOf(domain, trunk, true);
      const read = await inTurns(readingRates(text, file));
      if (!read.ok) throw listRefused(read.problems);
      const { lines, ...counts } = await inTurns(comparing(rates.table(name), read.value));
      if (!dryRun) await rates.save(name, read.value);
      const about = { domain: domain.name, ...(trunk !== undefined && { trunk }) };
      return { ...about, ...listChange({ ...about, ...counts, warnings: read.warnings, saved: !dryRun }, lines) };
    },
    'GET /rates': ({ query }) => {
      const domain = theDomain(model, query.get('domain') ?? undefined);
      const number = query.get('number');
      if (number !== null) return { domain: domain.name, ...pricesOf(domain, rates, number) };
      const tables = [...rates.of(domain.id)].map(({ trunk, table }) => {
        const isGone = trunk !== undefined && !hasTrunk(domain, trunk);
        return { ...(trunk !== undefined && { trunk }), rates: table.size, ...(isGone && { gone: true }) };
      });
      return { domain: domain.name, tables };
    },
    'GET /rates.csv': async ({ query }) => {
      const domain = theDomain(model, query.get('domain') ?? undefined);
      const trunk = query.get('trunk') ?? undefined;
      const table = rates.table(nameOf(domain, trunk, false));
      if (table === undefined) throw noRates(domain, trunk);
      return { text: await inTurns(writingRates(table.rates)), rows: table.size };
    },
    'DELETE /rates': async ({ query }) => {
      const domain = theDomain(model, query.get('domain') ?? undefined);
      const trunk = query.get('trunk') ?? undefined;
      if (await rates.remove(nameOf(domain, trunk, false))) return { domain: domain.name };
      throw noRates(domain, trunk);
    },
  };
}

function noRates(domain: Domain, trunk: string | undefined): ControlError {
  const whose = trunk === undefined ? domain.name : `the trunk ${trunk}`;
  return new ControlError(404, `${whose} has no rates of its own`);
}

function hasTrunk(domain: Domain, trunk: string): boolean {
  return domain.trunks.some(({ name }) => name === trunk);
}

function nameOf(domain: Domain, trunk: string | undefined, mustBe: boolean): RateTableName {
  if (trunk === undefined) return { domain: domain.id };
  if (!mustBe || hasTrunk(domain, trunk)) return { domain: domain.id, trunk };
  const names = domain.trunks.map(({ name }) => name).join(', ');
  const remedy = names === '' ? 'it has none' : `name one of ${names}`;
  throw new ControlError(404, `there is no trunk ${trunk} in ${domain.name}: ${remedy}`);
}

interface Comparison {
  readonly created: number;
  readonly updated: number;
  readonly removed: number;
  readonly unchanged: number;
  readonly lines: Iterable<string>;
}

/** What a new table changes. */
function* comparing(before: RateTable | undefined, after: RateTable): Steps<Comparison> {
  const old = new Map<string, Rate>();
  for (const rate of before?.rates ?? []) old.set(rate.prefix, rate);
  const created: Rate[] = [];
  const updated: [before: Rate, after: Rate][] = [];
  let unchanged = 0;
  let seen = 0;
  for (const rate of after.rates) {
    if (++seen % STEP === 0) yield;
    const known = old.get(rate.prefix);
    old.delete(rate.prefix);
    if (known === undefined) created.push(rate);
    else if (termsOf(known) !== termsOf(rate)) updated.push([known, rate]);
    else unchanged++;
  }
  const removed = [...old.values()];
  const counts = { created: created.length, updated: updated.length, removed: removed.length, unchanged };
  return { ...counts, lines: linesOf(created, updated, removed) };
}

function* linesOf(created: Rate[], updated: [before: Rate, after: Rate][], removed: Rate[]): Iterable<string> {
  for (const rate of created) yield `+ ${rate.prefix} ${termsOf(rate)}`;
  for (const [before, after] of updated) yield `~ ${after.prefix} ${termsOf(before)} -> ${termsOf(after)}`;
  for (const rate of removed) yield `- ${rate.prefix} ${termsOf(rate)}`;
}

/** @example '1.2 a minute, 0.5 a call, 60/60, Moscow' */
function termsOf({ perMinute, connection, first, next, name }: Rate): string {
  const fee = connection === 0 ? '' : `, ${formatMoney(connection)} a call`;
  return `${formatMoney(perMinute)} a minute${fee}, ${first}/${next}${name === '' ? '' : `, ${name}`}`;
}

/** What a call to a number costs by each trunk. */
function pricesOf(domain: Domain, rates: Switch['rates'], text: string) {
  const { kind, number } = normaliseNumber(text);
  if (kind !== 'e164') {
    throw new ControlError(400, `${text} is not a public telephone number: write it in full, such as +74951234567`);
  }
  const priced = (trunk: string | undefined) => {
    const own = rates.table({ domain: domain.id, ...(trunk !== undefined && { trunk }) });
    const table = own ?? rates.table({ domain: domain.id });
    const rate = table?.find(number);
    const from = own === undefined && table !== undefined ? { ofDomain: true } : {};
    const about = { ...(trunk !== undefined && { trunk }), ...from };
    if (rate === undefined) return about;
    const { prefix, name, perMinute, connection, first, next } = rate;
    const prices = SHOWN_MINUTES.map((minutes) => ({ minutes, price: formatMoney(priceOf(rate, minutes * 60)) }));
    const terms = { perMinute: formatMoney(perMinute), connection: formatMoney(connection), first, next };
    return { ...about, rate: { prefix, name, ...terms, prices } };
  };
  const trunks = domain.trunks.map(({ name }) => priced(name));
  return { number, prices: trunks.length === 0 ? [priced(undefined)] : trunks };
}

import type { z } from 'zod';
import { counted } from '../counted.ts';
import { printable } from '../printable.ts';
import type * as answers from './answers-lists.ts';
import { table } from './table.ts';

/** Changes shown where the operator did not ask for them. */
const LINES_SHOWN = 20;

type Kind = 'contact' | 'rate';

/** What a list changed, or would change: in a trial run all that the switch told. */
export function listChangeText(change: z.output<typeof answers.listChanged>, kind: Kind): string {
  const { domain, trunk, created, updated, removed, unchanged, lines, untold, warnings, saved } = change;
  const shown = saved ? lines.slice(0, LINES_SHOWN) : lines;
  const left = untold + lines.length - shown.length;
  const whose = trunk === undefined ? domain : `the trunk ${trunk} of ${domain}`;
  const counts = [`${created} new`, `${updated} changed`, `${removed} removed`, `${unchanged} unchanged`].join(', ');
  return text([
    ...warnings,
    ...shown,
    ...(left > 0 ? [`and ${left} more`] : []),
    `${kind}s of ${whose}: ${counts}`,
    ...dryRun(saved),
  ]);
}

/** The same for users. Passwords that were made stand below, unless they went into a file. */
export function usersImportedText(read: answers.UsersImportedAnswer, passwordFile: string | undefined): string {
  const { domain, changes, warnings, unchanged, passwords, saved } = read;
  const lines = changes.map((change) => change.text);
  const shown = saved ? lines.slice(0, LINES_SHOWN) : lines;
  const left = lines.length - shown.length;
  const summary = `${counted(lines.length, 'change')} in ${domain}, ${unchanged} of the file's users unchanged`;
  const made = passwordFile === undefined ? passwordsText(passwords) : [];
  const inFile =
    passwordFile === undefined || passwords.length === 0
      ? []
      : [`${counted(passwords.length, 'new password')} ${passwords.length === 1 ? 'is' : 'are'} in ${passwordFile}`];
  return text([
    ...warnings,
    ...shown,
    ...(left > 0 ? [`and ${left} more`] : []),
    summary,
    ...inFile,
    ...dryRun(saved),
    ...made,
  ]);
}

export function passwordsText(passwords: answers.UsersImportedAnswer['passwords']): string[] {
  if (passwords.length === 0) return [];
  const rows = passwords.map(({ extension, name, login, password }) => [extension, name, login, password]);
  return [...table(['extension', 'name', 'login', 'password'], rows, '').trimEnd().split('\n'), '(shown this once)'];
}

export function contactsText({ domain, size, contacts }: z.output<typeof answers.contactsAnswer>): string {
  const rows = contacts.map(({ number, name = '', extension = '', gone }) => {
    return [number, name, gone === true ? `${extension} (no such user)` : extension];
  });
  const shown = table(['number', 'name', 'employee'], rows, `no contact of ${printable(domain)} to show`);
  return rows.length > 0 && rows.length < size ? `${shown}${rows.length} of ${counted(size, 'contact')}\n` : shown;
}

export function rateTablesText({ domain, tables }: z.output<typeof answers.rateTables>): string {
  const rows = tables.map(({ trunk, rates, gone }) => [
    trunk === undefined ? 'the domain, for trunks without their own' : `trunk ${trunk}`,
    `${counted(rates, 'rate')}${gone === true ? ' (no such trunk)' : ''}`,
  ]);
  return table(['of', 'rates'], rows, `${printable(domain)} has no rates: vats rates import`);
}

export function ratePricesText({ number, prices }: z.output<typeof answers.ratePrices>): string {
  const minutes = prices.find(({ rate }) => rate !== undefined)?.rate?.prices.map((each) => each.minutes) ?? [];
  const rows = prices.map(({ trunk, ofDomain, rate }) => {
    const by = trunk === undefined ? 'any' : `${trunk}${ofDomain === true ? " (the domain's rates)" : ''}`;
    if (rate === undefined) return [by, 'no rate'];
    const fee = rate.connection === '0' ? '' : ` + ${rate.connection} a call`;
    const terms = `${rate.perMinute} a minute${fee}, ${rate.first}/${rate.next}`;
    return [by, `${rate.prefix} ${rate.name}`.trim(), terms, ...rate.prices.map(({ price }) => price)];
  });
  return `${number}\n${table(['trunk', 'rate', 'terms', ...minutes.map((each) => `${each} min`)], rows, 'no trunk')}`;
}

export function limitsText({ domain, limits }: z.output<typeof answers.limitsAnswer>): string {
  const rows = limits.map(({ kind, key, name, calls, limit, used, of, percent }) => [
    kind === 'domain' ? 'domain' : `${kind} ${key ?? ''}${kind === 'user' && name !== undefined ? ` ${name}` : ''}`,
    calls,
    limit,
    String(used),
    of === undefined ? 'no limit' : String(of),
    percent === undefined ? '' : `${percent} %`,
  ]);
  const empty = `nothing is limited in ${printable(domain)}, and nothing used`;
  return table(['of', 'calls', 'limit', 'used', 'allowed', ''], rows, empty);
}

function dryRun(saved: boolean): string[] {
  return saved ? [] : ['nothing was changed: this was a dry run'];
}

function text(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`;
}

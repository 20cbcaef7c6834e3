import type { z } from 'zod';
import { printable } from '../printable.ts';
import type {
  banAnswer,
  bansAnswer,
  geoTable,
  policyExplanation,
  settingsExplanation,
  unbanAnswer,
} from './answers.ts';
import { localTime } from './local-time.ts';
import { duration, table } from './table.ts';

/** How answers about access look on a terminal. */

export function bansText({ bans, now }: z.output<typeof bansAnswer>): string {
  return table(
    ['id', 'network', 'login', 'since', 'ends in', 'by', 'reason'],
    bans.map((ban) => [
      ban.id,
      ban.network,
      whose(ban),
      localTime(ban.since),
      ban.until === undefined ? 'never' : duration(Math.max(0, ban.until - now)),
      ban.by,
      ban.reason,
    ]),
    'nobody is banned',
  );
}

/** `unproven` is of no domain. */
function whose({ user, domain }: z.output<typeof banAnswer>['ban']): string {
  if (user === undefined) return 'all';
  return domain === undefined ? user : `${user}@${domain}`;
}

/** A ban that was added, in the place of which one, and what may be a slip. */
export function bannedText({ ban, replaced, remarks, now }: z.output<typeof banAnswer>): string {
  const lines = remarks.map((remark) => `${printable(remark)}\n`);
  if (replaced !== undefined) {
    const end = replaced.until === undefined ? 'without an end' : `until ${localTime(replaced.until)}`;
    lines.unshift(`in the place of the ban ${end} (${printable(replaced.reason)})\n`);
  }
  return `${bansText({ bans: [ban], now })}${lines.join('')}`;
}

export function unbannedText({ bans, around }: z.output<typeof unbanAnswer>): string {
  const whom = ({ network, user }: (typeof bans)[number]): string =>
    `${network}${user === undefined ? '' : ` (${printable(user)})`}`;
  // Where a wider network is banned, nobody is let in yet.
  const ended = around.length === 0 ? 'is let in again' : 'has no ban of its own any more';
  const still = around.map((ban) => `the ban of ${whom(ban)} still holds: vats bans remove ${ban.id}\n`);
  return [...bans.map((ban) => `${whom(ban)} ${ended}\n`), ...still].join('');
}

export function policyText({ domain, accounts }: z.output<typeof policyExplanation>): string {
  const rows = accounts.flatMap(({ login, name, places }) =>
    places.map((place) => [
      place.admitted ? 'in' : 'OUT',
      login,
      name ?? '',
      place.address,
      place.country ?? '',
      localTime(place.lastSeen),
      String(place.uses),
      place.text,
    ]),
  );
  const out = accounts.filter(({ shutOut }) => shutOut > 0).length;
  const left = accounts.reduce((sum, { tried }) => sum + tried, 0) - rows.length;
  const more = left === 0 ? '' : `${left} further places are not shown\n`;
  const head = ['', 'login', 'name', 'from', 'country', 'last seen', 'uses', 'because'];
  if (rows.length === 0) return `no account of ${domain} was used in the last 30 days\n`;
  const sum = `${out} of ${accounts.length} accounts of ${domain} would be shut out from somewhere they were used from in the last 30 days`;
  return `${table(head, rows, '')}${more}${sum}\n`;
}

/** The same of every domain, for the machine's policy is everybody's. */
export function settingsText({ domains }: z.output<typeof settingsExplanation>): string {
  return domains.length === 0 ? 'there is no domain yet\n' : domains.map(policyText).join('\n');
}

export function geoTableText({ path, builtAt, kind, hasIPv6 }: z.output<typeof geoTable>): string {
  const blind = hasIPv6 ? '' : 'it knows no IPv6: where countries are asked for, whoever comes by IPv6 is refused\n';
  return `country table of ${new Date(builtAt).toISOString().slice(0, 10)} (${kind === 'builtin' ? 'built in' : path})\n${blind}`;
}

import type { z } from 'zod';
import { printable } from '../printable.ts';
import type { geoExplanation } from './answers.ts';
import { listed } from './table.ts';

type Explanation = z.output<typeof geoExplanation>;
type Ban = Explanation['bans'][number];

/** What a device's own policy and a ban of names do: nobody learns from it which accounts there are. */
const ANSWERED_AS_WRONG = 'the password, right or wrong, is answered as a wrong one';

/** What would happen to an address and why, on a terminal: a line for each policy and ban, and what follows from them. */
export function geoText(read: Explanation): string {
  const several = read.domains.length > 1;
  const lines = [`${read.address}: ${read.country === undefined ? 'no country is known' : `country ${read.country}`}`];
  for (const { scope, domain, text, enforced, admitted } of read.steps) {
    const whose = several && domain !== undefined ? `${domain} ` : '';
    lines.push(
      `${scope.padEnd(8)} ${whose}${text}${enforced || admitted ? '' : ' (only tried out: nobody is refused)'}`,
    );
  }
  for (const ban of read.bans) {
    const whom = ban.user === undefined ? '' : ` for ${bannedNames(ban, several)}`;
    lines.push(`banned   ${ban.network}${whom}: ${printable(ban.reason)} (${ban.id})`);
  }
  if (read.trusted) lines.push('trusted  never banned and never limited');
  return `${[...lines, `so ${outcome(read, several)}`].join('\n')}\n`;
}

function outcome(read: Explanation, several: boolean): string {
  const { admitted, account, bans } = read;
  const whole = bans.filter(({ user }) => user === undefined);
  if (!admitted && read.refusal === '403') return 'it is NOT heard: it is answered 403';
  if (!admitted || whole.some(({ by }) => by === 'operator')) return 'it is NOT heard';
  if (whole.length > 0) return 'it is NOT heard, but for phones that are registered there already';
  if (account !== undefined) return accountOutcome(account, bans);
  const except = bans.map((ban) => `, but not as ${bannedNames(ban, several)}`).join('');
  const instead = bans.length === 0 ? '' : `: ${ANSWERED_AS_WRONG}`;
  return `it is heard${several ? byWhom(read) : ''}${except}${instead}`;
}

function accountOutcome(account: NonNullable<Explanation['account']>, bans: readonly Ban[]): string {
  const login = printable(account.login);
  if (account.answeredAsWrong !== undefined) {
    // What the switch shut out for others' guesses, a phone that is registered is past.
    const ownBan = account.answeredAsWrong === 'ban' && bans.every(({ by }) => by === 'switch');
    const registered = ownBan ? ' (a phone that is registered there already goes on)' : '';
    return `it is NOT heard as ${login}: ${ANSWERED_AS_WRONG}${registered}`;
  }
  return `it is heard as ${login}${bans.some(isOfUnproven) ? ', which was used from there in the last day' : ''}`;
}

function byWhom({ domains, refusal }: Explanation): string {
  const named = (admitted: boolean): string[] =>
    domains.filter((each) => each.admitted === admitted).map((d) => d.name);
  const refusing = named(false);
  if (refusing.length === 0) return '';
  return ` by ${listed(named(true))}, not by ${listed(refusing)}${refusal === '403' ? ' (answered 403)' : ''}`;
}

/** The accounts that a ban of names shuts out. */
function bannedNames(ban: Ban, several: boolean): string {
  if (isOfUnproven(ban)) return 'any account that was not used from there in the last day';
  return `${printable(ban.user ?? '')}${several && ban.domain !== undefined ? ` of ${ban.domain}` : ''}`;
}

function isOfUnproven({ user, domain }: Ban): boolean {
  return user === 'unproven' && domain === undefined;
}

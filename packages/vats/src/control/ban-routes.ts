import { type Ban, UNPROVEN, userKey } from '@vats/access';
import { type Network, parseNetwork } from '@vats/kernel';
import { type Directory, type Domain, duration } from '@vats/pbx';
import { z } from 'zod';
import { accountOf } from '../access/access-control.ts';
import type { Switch } from '../create-switch.ts';
import { bodyOf } from './body-of.ts';
import { ControlError, type ControlRoutes } from './control-server.ts';
import { theDomain } from './the-domain.ts';

const banBody = z.strictObject({
  network: z.string(),
  for: z.string().optional(),
  user: z.string().optional(),
  reason: z.string().max(200).optional(),
  domain: z.string().optional(),
});
const time = duration('1s', '3650d');
/** Bans that one message names at most. */
const NAMED = 5;

/** The bans as operators look at them, add and remove them. */
export function banRoutes(running: Switch): ControlRoutes {
  const { model, access, clock } = running;
  const { gate } = access;
  const row = (ban: Ban) => banRow(ban, model.directory);
  return {
    'GET /bans': () => ({ now: clock.now(), bans: gate.bans.list().map(row) }),
    'POST /bans': async ({ body }) => {
      const { network, for: text, user: login, reason = 'by hand', domain: name } = bodyOf(banBody, body);
      const where = networkIn(network);
      if (where === undefined) {
        throw new ControlError(422, `${network} is not an address or network: write one such as 203.0.113.0/24`);
      }
      const period = text === undefined ? undefined : periodOf(text);
      const domain = login === undefined ? undefined : theDomain(model, name);
      const user = domain === undefined || login === undefined ? undefined : userKey(domain.id, login);
      const before = gate.bans.list().find((ban) => ban.user === user && isSame(networkIn(ban.network), where));
      const made = gate.bans.add(
        { network, ...(user !== undefined && { user }) },
        { by: 'operator', reason, ...(period !== undefined && { for: period }) },
      );
      if (!made.ok) {
        const remedy = made.why === 'trusted' ? ': take it out of access.trusted and start the switch again' : '';
        throw new ControlError(422, `${made.reason}${remedy}`);
      }
      running.sweepAccess();
      return {
        now: clock.now(),
        ban: row(made.ban),
        ...(before !== undefined && { replaced: row(before) }),
        remarks: remarksOn(model.directory, domain, login),
      };
    },
    'DELETE /bans/:which': ({ params }) => {
      const which = params.which ?? '';
      const ended = gate.bans.remove(which);
      // Whoever is let in again by the one may be shut out by another.
      const around = bansAround(gate.bans.list(), ended.length === 0 ? [which] : ended.map(({ network }) => network));
      if (ended.length > 0) return { bans: ended.map(row), around: around.map(row) };
      const holding = [...new Set(around.map(({ network }) => network))].slice(0, NAMED);
      throw new ControlError(
        404,
        holding.length === 0
          ? `there is no ban ${which}: vats bans lists them`
          : `there is no ban of ${which}${holding.map((each) => `; ${each} holds it: vats bans remove ${each}`).join('')}`,
      );
    },
  };
}

/** A ban as commands read it: of which account it is, or of whom else. */
export function banRow(ban: Ban, directory: Directory) {
  const { user: key, ...rest } = ban;
  if (key === undefined) return rest;
  if (key === UNPROVEN) return { ...rest, user: 'unproven' };
  const account = accountOf(key);
  const domain = directory.domainById(account.domain)?.name;
  return { ...rest, user: account.login, ...(domain !== undefined && { domain }) };
}

/** Names that do not exist may be banned, for they are guessed at too; but it may be a slip. */
function remarksOn(directory: Directory, domain: Domain | undefined, login: string | undefined): string[] {
  if (domain === undefined || login === undefined || directory.findDevice(domain, login) !== undefined) return [];
  return [`no account of ${domain.name} has the login ${login}`];
}

/** Bans whose networks hold the whole of one of these. */
function bansAround(bans: readonly Ban[], networks: readonly string[]): readonly Ban[] {
  const held = networks.flatMap((text) => networkIn(text) ?? []);
  return bans.filter(({ network }) => {
    const around = networkIn(network);
    return around !== undefined && held.some((each) => holds(around, each));
  });
}

function networkIn(text: string): Network | undefined {
  const parsed = parseNetwork(text.trim());
  return parsed.ok ? parsed.value : undefined;
}

function holds(outer: Network, inner: Network): boolean {
  return outer.family === inner.family && outer.first <= inner.first && inner.last <= outer.last;
}

function isSame(one: Network | undefined, other: Network): boolean {
  return one !== undefined && holds(one, other) && holds(other, one);
}

function periodOf(text: string): number {
  const read = time.safeParse(text);
  if (read.success) return read.data;
  throw new ControlError(422, `${text} is not a time: write one such as 30m, 1h or 7d, at most 3650d`);
}

import { type Ban, Fence, GeoDatabaseError, UNPROVEN, userKey } from '@vats/access';
import { inTurns, parseAddress, parseNetwork } from '@vats/kernel';
import { type Domain, duration, formatProblem, readingPbx, setting } from '@vats/pbx';
import { z } from 'zod';
import { accountOf } from '../access/access-control.ts';
import { tryPolicies } from '../access/explain.ts';
import { type AskedAbout, explainAddress } from '../access/explain-address.ts';
import type { Switch } from '../create-switch.ts';
import { bodyOf } from './body-of.ts';
import { ControlError, type ControlRoutes } from './control-server.ts';

const banBody = z.strictObject({
  network: z.string(),
  for: z.string().optional(),
  user: z.string().optional(),
  reason: z.string().max(200).optional(),
  domain: z.string().optional(),
});
const policyBody = z.strictObject({ name: z.string(), text: z.string() });
const geoBody = z.strictObject({ file: z.string() });
const time = duration('1s', '3650d');

/** What the operator's commands may ask and order about who may talk to the switch. */
export function accessRoutes(running: Switch): ControlRoutes {
  const { model, access } = running;
  const { gate, table } = access;
  const theDomain = (name: string | undefined): Domain => {
    const domain = model.domainNamed(name);
    if (domain !== undefined) return domain;
    const names = model.directory.model.domains.map((each) => each.name).join(', ');
    throw new ControlError(
      404,
      name === undefined ? `name a domain: ${names}` : `there is no domain ${name}: ${names}`,
    );
  };
  const askedAbout = (name: string | undefined, login: string | undefined): AskedAbout => {
    const domains = name === undefined ? model.directory.model.domains : [theDomain(name)];
    if (login === undefined) return { domains };
    const found = domains.flatMap((domain) => {
      const device = model.directory.findDevice(domain, login);
      return device === undefined ? [] : [{ domain, device }];
    });
    const [only, another] = found;
    if (only === undefined) {
      const names = domains.map((domain) => domain.name).join(', ');
      throw new ControlError(404, `there is no device with login ${login} in ${names || 'any domain'}`);
    }
    if (another !== undefined) {
      throw new ControlError(404, `name a domain: ${found.map(({ domain }) => domain.name).join(', ')}`);
    }
    return { domains: [only.domain], device: only.device };
  };
  const row = (ban: Ban) => {
    const { user: key, ...rest } = ban;
    if (key === undefined) return rest;
    if (key === UNPROVEN) return { ...rest, user: 'unproven' };
    const account = accountOf(key);
    const domain = model.directory.domainById(account.domain)?.name;
    return { ...rest, user: account.login, ...(domain !== undefined && { domain }) };
  };
  return {
    'GET /bans': () => ({ bans: gate.bans.list().map(row) }),
    'POST /bans': async ({ body }) => {
      const { network, for: text, user, reason = 'by hand', domain } = bodyOf(banBody, body);
      if (!parseNetwork(network).ok) {
        throw new ControlError(422, `${network} is not an address or network: write one such as 203.0.113.0/24`);
      }
      const period = text === undefined ? undefined : periodOf(text);
      const made = gate.bans.add(
        { network, ...(user !== undefined && { user: userKey(theDomain(domain).id, user) }) },
        { by: 'operator', reason, ...(period !== undefined && { for: period }) },
      );
      if (!made.ok) throw new ControlError(422, made.reason);
      running.sweepAccess();
      return { ban: row(made.ban) };
    },
    'DELETE /bans/:which': ({ params }) => {
      const ended = gate.bans.remove(params.which ?? '');
      if (ended.length === 0) throw new ControlError(404, `there is no ban ${params.which}: vats bans lists them`);
      return { bans: ended.map(row) };
    },
    'GET /geo': () => table.description,
    'POST /geo': ({ body }) => {
      try {
        table.install(bodyOf(geoBody, body).file, Date.now());
      } catch (error) {
        if (error instanceof GeoDatabaseError) throw new ControlError(422, error.message, []);
        throw error;
      }
      running.sweepAccess();
      return table.description;
    },
    'GET /explain/geo': ({ query }) => {
      const address = query.get('address') ?? '';
      if (parseAddress(address) === undefined) throw new ControlError(422, `${address} is not an IP address`);
      const asked = askedAbout(query.get('domain') ?? undefined, query.get('device') ?? undefined);
      const { bans, ...explanation } = explainAddress(gate, address, asked);
      const country = table.countries.countryOf(address);
      return {
        address,
        ...(country !== undefined && { country }),
        ...explanation,
        bans: bans.map(row),
        trusted: gate.isTrusted(address),
      };
    },
    'POST /explain/policy': async ({ body }) => {
      const { name, text } = bodyOf(policyBody, body);
      const read = await inTurns(readingPbx(text, name));
      if (!read.ok) throw new ControlError(422, read.problems.map(formatProblem).join('\n'), read.problems);
      const file = read.value.value;
      const domain = theDomain(file.domain);
      const fence = new Fence(table.countries);
      const policy = file.access ?? setting(domain, 'access');
      fence.use({ machine: gate.fence.policies.machine, domains: new Map([[domain.id, policy]]) });
      return { domain: domain.name, accounts: await inTurns(tryPolicies(domain, file, fence, gate.places.all())) };
    },
  };
}

function periodOf(text: string): number {
  const read = time.safeParse(text);
  if (read.success) return read.data;
  throw new ControlError(422, `${text} is not a time: write one such as 30m, 1h or 7d`);
}

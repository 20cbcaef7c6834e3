import { Fence, GeoDatabaseError } from '@vats/access';
import { inTurns, parseAddress } from '@vats/kernel';
import { formatProblem, readingPbx, setting } from '@vats/pbx';
import { z } from 'zod';
import { placesByDomain, tryPolicies } from '../access/explain.ts';
import { type AskedAbout, explainAddress } from '../access/explain-address.ts';
import type { Switch } from '../create-switch.ts';
import { readingSettings } from '../settings/index.ts';
import { banRoutes, banRow } from './ban-routes.ts';
import { bodyOf } from './body-of.ts';
import { ControlError, type ControlRoutes } from './control-server.ts';
import { theDomain } from './the-domain.ts';

const policyBody = z.strictObject({ name: z.string(), text: z.string() });
const geoBody = z.strictObject({ file: z.string() });

/** What the operator's commands may ask and order about who may talk to the switch. */
export function accessRoutes(running: Switch): ControlRoutes {
  const { model, access } = running;
  const { gate, table } = access;
  const askedAbout = (name: string | undefined, login: string | undefined): AskedAbout => {
    const domains = name === undefined ? model.directory.model.domains : [theDomain(model, name)];
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
      const names = found.map(({ domain }) => domain.name).join(', ');
      throw new ControlError(
        404,
        `several domains have a device with login ${login}: name one of ${names} with --domain`,
      );
    }
    return { domains: [only.domain], device: only.device };
  };
  return {
    ...banRoutes(running),
    'GET /geo': () => table.description,
    'POST /geo': ({ body }) => {
      try {
        access.installTable(bodyOf(geoBody, body).file);
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
      const { bans, ...explanation } = explainAddress(access, address, asked);
      const country = table.countries.countryOf(address);
      return {
        address,
        ...(country !== undefined && { country }),
        ...explanation,
        bans: bans.map((ban) => banRow(ban, model.directory)),
        trusted: gate.isTrusted(address),
      };
    },
    'POST /explain/policy': async ({ body }) => {
      const { name, text } = bodyOf(policyBody, body);
      const read = await inTurns(readingPbx(text, name));
      if (!read.ok) throw new ControlError(422, read.problems.map(formatProblem).join('\n'), read.problems);
      const file = read.value.value;
      const domain = theDomain(model, file.domain);
      const fence = new Fence(table.countries);
      const policy = file.access ?? setting(domain, 'access');
      fence.use({ machine: gate.fence.policies.machine, domains: new Map([[domain.id, policy]]) });
      return {
        domain: domain.name,
        accounts: await inTurns(tryPolicies(domain, file, fence, gate.places.all(), 'domain')),
      };
    },
    'POST /explain/settings': async ({ body }) => {
      const { name, text } = bodyOf(policyBody, body);
      const read = await inTurns(readingSettings({ file: { text, name }, env: {}, flags: [], cores: 1 }));
      if (!read.ok) throw new ControlError(422, read.problems.map(formatProblem).join('\n'), read.problems);
      const fence = new Fence(table.countries);
      fence.use({ ...gate.fence.policies, machine: read.value.access.policy });
      const places = await inTurns(placesByDomain(gate.places.all()));
      const domains = [];
      for (const domain of model.directory.model.domains) {
        const accounts = await inTurns(tryPolicies(domain, {}, fence, places.get(domain.id) ?? [], 'machine'));
        domains.push({ domain: domain.name, accounts });
      }
      return { domains };
    },
  };
}

import { setting } from '@vats/pbx';
import { describePolicy } from '../access/describe-policy.ts';
import { accessWarnings } from '../access/warnings.ts';
import type { Switch } from '../create-switch.ts';

/** What `vats status` says of access. */
export function accessStatus(running: Switch) {
  const { clock, model, access, listeners, settings, visitors } = running;
  const { gate, table } = access;
  const { fenced, banned, overRate, overTotal, scanners } = gate.counters;
  const { domains } = model.directory.model;
  const { machine } = gate.fence.policies;
  const policies = [
    { of: 'machine', policy: machine },
    ...domains.map((domain) => ({ of: domain.name, policy: setting(domain, 'access') })),
  ];
  const ofDevices = domains.flatMap(({ users }) => users.flatMap(({ devices }) => devices.map((each) => each.access)));
  return {
    policy: machine,
    policies: policies.map(({ of, policy }) => ({ of, text: describePolicy(policy), triedOut: isTriedOut(policy) })),
    /** Policies that are only tried out, those of devices among them. */
    triedOut: [...policies.map(({ policy }) => policy), ...ofDevices].filter(isTriedOut).length,
    bans: gate.bans.size,
    places: gate.places.size,
    refused: fenced + banned + overRate + overTotal + scanners,
    counters: gate.counters,
    remembered: access.remembered,
    countries: table.description,
    proxies: Object.keys(settings.access.proxies).length,
    /** Requests by proxies that did not say, or not clearly, who their client is. */
    withoutClient: visitors.unnamed,
    warnings: accessWarnings({
      listeners,
      machine,
      domains,
      places: gate.places.all(),
      table: {
        isOld: table.isOld(clock.now()),
        builtAt: table.description.builtAt,
        hasIPv6: table.hasIPv6,
        ...(table.named !== undefined && { named: table.named }),
      },
      proxies: settings.access.proxies,
      withoutClient: visitors.unnamed,
    }),
  };
}

function isTriedOut(policy: { readonly enforce?: boolean | undefined } | undefined): boolean {
  return policy?.enforce === false;
}

import { featureOf, route, type World } from '@vats/pbx';
import type { Call } from './call.ts';
import type { CallOrigin } from './call-context.ts';
import type { Leg } from './leg.ts';

/**
 * The phone whose call an employee orders to pick up by the code that they dialled: of those that the plan names the one that has rung
 * longest. Undefined: that is not what they order, or nothing rings there that is not their own call.
 */
export function rungLongest(
  calls: Iterable<Call>,
  { domain, caller, dialled, host }: CallOrigin,
  world: () => World,
): { readonly call: Call; readonly leg: Leg } | undefined {
  if (caller.kind !== 'device' || featureOf(domain, dialled)?.feature !== 'pickup') return undefined;
  const { step } = route({ domain, caller, dialled, ...(host !== undefined && { host }) }, world());
  if (step.do !== 'pick-up') return undefined;
  const whose = new Set(step.extensions);
  let found: { call: Call; leg: Leg; since: number } | undefined;
  for (const call of calls) {
    const { origin } = call;
    if (origin.domain.id !== domain.id || origin.party.extension === caller.user.extension) continue;
    for (const { leg, since, group } of call.ringingPhones()) {
      const { extension } = leg.party;
      if (extension === undefined || !whose.has(extension)) continue;
      if (step.group !== undefined && step.group !== group) continue;
      if (found === undefined || since < found.since) found = { call, leg, since };
    }
  }
  return found;
}

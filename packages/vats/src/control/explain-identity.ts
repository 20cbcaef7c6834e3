import { divertingOf, shownOutside } from '@vats/calls';
import type { Caller, Domain, OutsideTarget, Plan, Trunk, Way } from '@vats/pbx';

/** Of a call that a trunk brings: what of it says who calls. */
export function believedOf(caller: Caller, trunk: Trunk | undefined): string | undefined {
  if (caller.kind !== 'trunk') return undefined;
  return trunk?.identity?.trust === true
    ? `trunk ${caller.trunk} is trusted: P-Asserted-Identity says who calls, else Remote-Party-ID, else From`
    : `trunk ${caller.trunk} is not trusted (identity.trust): From alone says who calls; who hides is hidden all the same`;
}

/** What stands in the headers that tell a trunk who calls and who sends the call on, as far as it is known before a call is there. */
export function identityTold(plan: Plan, target: OutsideTarget, way: Way, trunk: Trunk | undefined) {
  const { caller, domain } = plan.call;
  const diverting = divertingOf(plan);
  const ring = { target, ...(diverting !== undefined && { diverting }) };
  const number = ownNumberOf(domain, way.trunk);
  const shown = shownOutside({ caller }, ring, { number, identity: trunk?.identity }, way);
  const { send = ['p-asserted-identity'], forwarded = [] } = trunk?.identity ?? {};
  const [diversion] = shown.diverted ?? [];
  return {
    identity: send,
    ...(shown.original !== undefined && { from: shown.original === '' ? 'nobody' : shown.original }),
    ...(diversion !== undefined && {
      diversion: {
        ...{ from: diversion.number, reason: diversion.reason, times: diversion.count, told: forwarded },
      },
    }),
  };
}

function ownNumberOf({ trunks }: Domain, name: string): string | undefined {
  return trunks.find((trunk) => trunk.name === name)?.register?.login;
}

import { normaliseNumber, normaliseOperatorNumber } from '../schema/number.ts';
import { enterConference } from './enter-conference.ts';
import { type Journey, rejected } from './journey.ts';
import type { Decision } from './onward.ts';
import type { Caller, World } from './plan.ts';
import { reachGroup } from './reach-group.ts';
import { reachUser } from './reach-user.ts';
import { takeNumber } from './take-number.ts';

/**
 * A call that comes in by a trunk. An operator's reaches the domain's numbers and nothing else; a PBX that is known by its address may
 * also dial our extensions. Neither may call outside through us: that is how strangers' calls get paid by somebody else.
 */
export function comeIn(journey: Journey, caller: Caller & { kind: 'trunk' }, world: World): Decision {
  const { domain, dialled } = journey.call;
  const { directory } = world;
  const national = normaliseOperatorNumber(dialled).number;
  // Ten digits may also be an extension of ours: they are a public number where the domain has that one.
  const number = directory.findNumber(domain, national) === undefined ? normaliseNumber(dialled).number : national;
  const own = directory.findNumber(domain, number) ?? directory.findNumber(domain, dialled);
  const shown = number === dialled ? number : `${dialled}, which is ${number},`;
  const by = `by trunk ${caller.trunk}`;
  if (own !== undefined) {
    if (own.trunk !== undefined && own.trunk !== caller.trunk) {
      return rejected(journey, 'not-found', `it comes by trunk ${own.trunk} only`, `${shown} ${by}`);
    }
    return takeNumber(journey, own, `${shown} ${by}`, world);
  }
  if (directory.findTrunk(domain, caller.trunk)?.register === undefined) {
    const user = directory.findUser(domain, dialled);
    if (user !== undefined) return reachUser(journey, user, `${dialled} ${by} is ${user.name}`, world);
    const group = directory.findGroup(domain, dialled);
    if (group !== undefined) return reachGroup(journey, group, `${dialled} ${by} is group ${group.name}`, world);
    const conference = directory.findConference(domain, dialled);
    if (conference !== undefined) return enterConference(journey, conference, `${dialled} ${by} is`);
  }
  return rejected(journey, 'not-found', 'it is no number of this domain', `${shown} ${by}`);
}

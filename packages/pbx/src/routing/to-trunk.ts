import { normaliseNumber } from '../schema/number.ts';
import { byTrunks, type Found, ringOutside } from './go-out.ts';
import type { Journey } from './journey.ts';
import type { Decision, Onward } from './onward.ts';
import type { World } from './plan.ts';

/**
 * The system behind a trunk, as a scheme rings it: with the number that the caller called, or the one that the step names. What it does
 * with that is its own affair, so outbound rules have no say, and channels and limits of the trunk hold.
 */
export function trunkTarget(journey: Journey, trunk: string, number: string | undefined, world: World): Found {
  const { call, did } = journey;
  const { directory } = world;
  if (directory.findTrunk(call.domain, trunk) === undefined) {
    return { ok: false, reason: 'not-found', because: '', text: 'there is none of that name any more' };
  }
  const called = normaliseNumber(number ?? did ?? call.dialled).number;
  return byTrunks(call.domain, called, [trunk], undefined, undefined, `as ${called}`, world);
}

export function arriveAtTrunk({ journey, trunk, number, because }: Onward & { go: 'trunk' }, world: World): Decision {
  return ringOutside(journey, because, trunkTarget(journey, trunk, number, world));
}

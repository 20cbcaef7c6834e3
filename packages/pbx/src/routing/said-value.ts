import type { Frozen } from '../model/model.ts';
import { zoneClock } from '../schedule/zone-clock.ts';
import type { SayStep } from '../schema/scheme.ts';
import { type Journey, zoneOf } from './journey.ts';
import type { SaidValue, World } from './plan.ts';

const MINUTE_MS = 60_000;

export const NO_CALLER = 'the caller shows no number that could be said';

/** What a step says at this moment to this caller, and what that is, for a person; undefined where there is nothing to say. */
export function saidIn(
  say: Frozen<SayStep>,
  journey: Journey,
  world: World,
): { readonly prompt: string; readonly said: SaidValue } | undefined {
  if (say === 'time') {
    const minutes = Math.floor(zoneClock(zoneOf(journey).timezone).localAt(world.now) / MINUTE_MS);
    return { prompt: 'the time', said: { hours: Math.floor(minutes / 60) % 24, minutes: minutes % 60 } };
  }
  if (say === 'caller') {
    const { caller } = journey.call;
    const digits = caller.kind === 'device' ? caller.user.extension : caller.number;
    return digits === undefined ? undefined : { prompt: 'the number of the caller', said: { digits } };
  }
  if ('number' in say) return { prompt: `the number ${say.number}`, said: { number: say.number } };
  return { prompt: `the digits ${say.digits}`, said: { digits: say.digits } };
}

import type { Device, User } from '../model/model.ts';
import type { Ordered } from './codes.ts';
import { type Journey, rejected } from './journey.ts';
import { type Decision, sendTo } from './onward.ts';
import type { World } from './plan.ts';

/** Calls whoever called an employee last, as if they had dialled that number: with their rights. */
export function returnCall(
  journey: Journey,
  { user, device }: { readonly user: User; readonly device: Device },
  { code }: Ordered,
  world: World,
): Decision {
  const because = `${code} calls whoever called last`;
  // Its phones share the account, and none of them is to learn who called another.
  if (device.trunk === true) return rejected(journey, 'forbidden', 'a PBX has no last caller of one employee', because);
  const last = world.lastCaller(journey.call.domain, user.extension);
  if (last === undefined) return rejected(journey, 'not-found', `nobody has called ${user.name} lately`, because);
  const { number } = last;
  if (number === undefined) return rejected(journey, 'not-found', 'who called last showed no number', because);
  return sendTo(journey, number, `${because}, which is ${number}:`, user);
}

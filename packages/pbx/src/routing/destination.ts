import type { User } from '../model/model.ts';
import { isPublicNumber } from '../schema/destination.ts';
import { goOn } from './go-on.ts';
import { goOut } from './go-out.ts';
import { type Journey, rejected, told } from './journey.ts';
import type { Plan, World } from './plan.ts';
import { reachGroup } from './reach-group.ts';
import { reachUser } from './reach-user.ts';
import { takeNumber } from './take-number.ts';

/**
 * Sends the call on, wherever that is: a user, a group, a number of the domain's own, or one outside.
 *
 * @param by whose order it is to go there, where it leads outside
 */
export function sendTo(journey: Journey, to: string, because: string, by: User | undefined, world: World): Plan {
  const { domain } = journey.call;
  const { directory } = world;
  if (to === 'voicemail') return goOn(told(journey, `${because}: voicemail is not served yet`), 'no-answer', world);
  const user = directory.findUser(domain, to);
  if (user !== undefined) return reachUser(journey, user, `${because} ${user.name}`, world);
  const group = directory.findGroup(domain, to);
  if (group !== undefined) return reachGroup(journey, group, `${because} group ${group.name}`, world);
  const number = directory.findNumber(domain, to);
  if (number !== undefined) return takeNumber(journey, number, because, world);
  if (isPublicNumber(to)) return goOut(journey, to, because, by, world);
  // The model may have changed while the call was up.
  if (journey.frames.length > 0)
    return goOn(told(journey, `${because}: nobody has extension ${to} any more`), 'not-found', world);
  return rejected(journey, 'not-found', `nobody has extension ${to} any more`, because);
}

import type { Domain, User } from '../model/model.ts';
import { normaliseNumber } from '../schema/number.ts';
import { featureOf, type Ordered } from './codes.ts';
import { comeIn } from './come-in.ts';
import { decide } from './decide.ts';
import { enterConference } from './enter-conference.ts';
import { goOut } from './go-out.ts';
import { begun, type Journey, planOf, rejected } from './journey.ts';
import { type Decision, sendTo } from './onward.ts';
import { openMailbox } from './open-mailbox.ts';
import { orderOfAgent } from './order-of-agent.ts';
import { pickUp } from './pick-up.ts';
import type { Caller, Plan, RouteCall, World } from './plan.ts';
import { reachGroup } from './reach-group.ts';
import { reachUser } from './reach-user.ts';
import { returnCall } from './return-call.ts';
import { isOwn, setOwn } from './set-own.ts';

/**
 * Decides what is done for a call. Pure: the same call in the same world has the same plan, so `vats explain` and a test
 * see what a live call does. Local extensions and logins win over outside numbers.
 */
export function route(call: RouteCall, world: World): Plan {
  return decide(firstDecision(call, world), world);
}

function firstDecision(call: RouteCall, world: World): Decision {
  const journey = begun(call);
  const { domain, caller, dialled, host } = call;
  if (caller.kind === 'trunk') return comeIn(journey, caller, world);
  if (host !== undefined && isAnothers(host, domain, world)) {
    return rejected(journey, 'not-found', 'domains do not call each other by name', `${host} is another domain`);
  }
  const ordered = featureOf(domain, dialled);
  if (ordered !== undefined) return orderedBy(journey, caller, ordered, world);
  const user = world.directory.findUser(domain, dialled);
  if (user !== undefined) return reachUser(journey, user, named(dialled, user), world);
  const group = world.directory.findGroup(domain, dialled);
  if (group !== undefined) return reachGroup(journey, group, `${dialled} is group ${group.name}`, world);
  const conference = world.directory.findConference(domain, dialled);
  if (conference !== undefined) return enterConference(journey, conference, `${dialled} is`);
  return routeNumber(journey, caller.user, world);
}

/** What an employee has ordered by a code. */
function orderedBy(
  journey: Journey,
  caller: Extract<Caller, { kind: 'device' }>,
  ordered: Ordered,
  world: World,
): Decision {
  const { feature, digits, code } = ordered;
  if (isOwn(feature)) return setOwn(journey, caller, feature, ordered, world);
  switch (feature) {
    case 'echo':
      return planOf(journey, { do: 'echo', because: `${code} is the echo test` });
    case 'voicemail':
      return openMailbox(journey, caller.user, digits, code, world);
    case 'returnCall':
      return returnCall(journey, caller, ordered, world);
    case 'pickup':
      return pickUp(journey, caller.user, ordered, world);
    default:
      return orderOfAgent(journey, caller.user, feature, ordered, world);
  }
}

/** A number that is no extension: one of the domain's own, or one outside. */
function routeNumber(journey: Journey, user: User, world: World): Decision {
  const { domain, dialled } = journey.call;
  const { number, kind } = normaliseNumber(dialled);
  const shown = number === dialled ? number : `${dialled}, which is ${number},`;
  if (kind === 'other')
    return rejected(journey, 'not-found', 'nobody has this address', `${shown} is no extension, login or number`);
  if (world.directory.ownsNumber(domain, number)) {
    return sendTo(journey, number, `${shown} is a number of this domain`, user);
  }
  return goOut(journey, number, shown, user, world);
}

/** Only a host that means another domain is someone else's; an unknown one may be any address of this machine. */
function isAnothers(host: string, domain: Domain, world: World): boolean {
  const meant = world.directory.findDomain(host);
  return meant !== undefined && meant.id !== domain.id;
}

function named(dialled: string, user: User): string {
  if (dialled === user.extension) return `${dialled} is ${user.name}`;
  return `login ${dialled} belongs to ${user.name} (${user.extension})`;
}

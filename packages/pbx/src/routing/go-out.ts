import type { Domain, User } from '../model/model.ts';
import { formatDuration } from '../schema/duration.ts';
import { EMERGENCY_NUMBERS } from '../schema/number.ts';
import { permissionOf } from '../spending/permission.ts';
import { type Journey, planOf, rejected, told } from './journey.ts';
import { type Decision, goBack } from './onward.ts';
import { type OutboundMatch, outboundRuleFor } from './outbound.ts';
import type { OutsideTarget, Way, World } from './plan.ts';
import { nameOf } from './targets.ts';
import { writtenFor } from './written-number.ts';

/** How long a number outside rings: operators give up by themselves after some minutes. */
const RING_OUTSIDE_MS = 120_000;

/** A number outside, ready to be rung; or why not, and the rule that says so. */
export type Found =
  | { readonly ok: true; readonly target: OutsideTarget; readonly because: string }
  | {
      readonly ok: false;
      readonly reason: 'not-found' | 'forbidden' | 'no-channel';
      readonly because: string;
      readonly text: string;
    };

/** Sends the call to a number outside. @param by whose order it is */
export function goOut(journey: Journey, number: string, shown: string, by: User | undefined, world: World): Decision {
  const match = outboundRuleFor(journey.call.domain, number, by, world.directory);
  if (match?.rule.extension !== undefined) return toPbx(journey, number, shown, match, match.rule.extension, world);
  const found = targetBy(match, journey, number, by, world);
  if (!found.ok) {
    const because = `${shown} ${found.because}`;
    if (journey.frames.length === 0) return rejected(journey, found.reason, found.text, because);
    return goBack(
      told(journey, `${because}: ${found.text}`),
      found.reason === 'no-channel' ? 'no-channel' : 'unreachable',
    );
  }
  const { target, because } = found;
  return planOf(journey, {
    do: 'ring',
    targets: [target],
    ring: RING_OUTSIDE_MS,
    ofMany: false,
    because: `${shown} ${because}: ring ${nameOf(target)} for ${formatDuration(RING_OUTSIDE_MS)}`,
  });
}

/** By which trunks a number outside is reached, and how the call looks there. */
export function outsideTarget(journey: Journey, number: string, by: User | undefined, world: World): Found {
  return targetBy(outboundRuleFor(journey.call.domain, number, by, world.directory), journey, number, by, world);
}

function targetBy(
  match: OutboundMatch | undefined,
  journey: Journey,
  number: string,
  by: User | undefined,
  world: World,
): Found {
  const { domain } = journey.call;
  if (match === undefined) {
    if (EMERGENCY_NUMBERS.includes(number)) return emergency(domain, number, by, world);
    return {
      ok: false,
      reason: 'not-found',
      because: 'is no extension and matches no outbound rule',
      text: 'nobody has this number',
    };
  }
  const { rule } = match;
  const because = `matches the outbound rule ${rule.match}`;
  if (rule.trunk === undefined) {
    const text = rule.extension === undefined ? 'the rule denies it' : `the PBX at ${rule.extension} is called alone`;
    return { ok: false, reason: 'forbidden', because, text };
  }
  const permission = permissionOf(rule, number);
  if (!permission.permitted) return { ok: false, reason: 'forbidden', because, text: permission.because };
  const named = [rule.trunk, ...(rule.reserve ?? [])];
  const trunks = rule.leastCost === true ? world.cheapestFirst(domain, number, named) : named;
  return target(domain, number, trunks, match, by, because, world);
}

function target(
  domain: Domain,
  number: string,
  trunks: readonly string[],
  match: OutboundMatch | undefined,
  by: User | undefined,
  because: string,
  world: World,
): Found {
  const free = trunks.filter((name) => hasChannel(domain, name, world));
  if (free.length === 0) return { ok: false, reason: 'no-channel', because, text: 'all channels are in use' };
  // One that is down is still tried, when nothing else is left: it may be up again.
  const ordered = [
    ...free.filter((name) => world.isTrunkUp(domain, name)),
    ...free.filter((name) => !world.isTrunkUp(domain, name)),
  ];
  const ways = ordered.map((trunk): Way => {
    const callerId = match?.rule.callerId ?? by?.callerId ?? domain.settings.callerId;
    return {
      trunk,
      send: match?.sent ?? writtenFor(number, world.directory.findTrunk(domain, trunk)?.numbers?.send ?? 'e164'),
      ...(callerId !== undefined && { callerId }),
      ...(by?.anonymous === true && { anonymous: true as const }),
    };
  });
  return { ok: true, target: { kind: 'outside', number, ways, ...(by !== undefined && { orderedBy: by }) }, because };
}

/** Help must be reached though nobody wrote a rule. */
function emergency(domain: Domain, number: string, by: User | undefined, world: World): Found {
  const trunks = domain.trunks.filter(({ register }) => register !== undefined).map(({ name }) => name);
  const because = 'is an emergency number without a rule, so any trunk that registers will do';
  if (trunks.length === 0) return { ok: false, reason: 'not-found', because, text: 'there is none' };
  return target(domain, number, trunks, undefined, by, because, world);
}

function hasChannel(domain: Domain, name: string, world: World): boolean {
  const trunk = world.directory.findTrunk(domain, name);
  if (trunk === undefined) return false;
  return trunk.channels === undefined || world.channelsInUse(domain, 'trunk', name) < trunk.channels;
}

/** A rule that leads to a PBX behind one of our accounts: it hears the number as it was dialled. */
function toPbx(
  journey: Journey,
  number: string,
  shown: string,
  match: OutboundMatch,
  extension: string,
  world: World,
): Decision {
  const { domain } = journey.call;
  const because = `${shown} matches the outbound rule ${match.rule.match}`;
  const user = world.directory.findUser(domain, extension);
  const devices = user?.devices.filter(({ login }) => world.isReachable(domain, login)) ?? [];
  if (user === undefined || devices.length === 0) {
    const text =
      user === undefined ? `nobody has extension ${extension} any more` : `no device of ${user.name} is registered`;
    if (journey.frames.length === 0) return rejected(journey, 'unreachable', text, because);
    return goBack(told(journey, `${because}: ${text}`), 'unreachable');
  }
  const did = match.sent ?? number;
  return planOf(journey, {
    do: 'ring',
    targets: devices.map((device) => ({ kind: 'device' as const, user, device, did })),
    ring: RING_OUTSIDE_MS,
    ofMany: false,
    because: `${because}: ring ${devices.map(({ login }) => login).join(', ')} as ${did} for ${formatDuration(RING_OUTSIDE_MS)}`,
  });
}

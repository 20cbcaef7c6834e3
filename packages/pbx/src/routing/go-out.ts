import type { Domain } from '../model/model.ts';
import { formatDuration } from '../schema/duration.ts';
import { EMERGENCY_NUMBERS } from '../schema/number.ts';
import { calledBy } from '../spending/called-number.ts';
import { callerIdFor } from './caller-id.ts';
import { type Journey, planOf, rejected, told } from './journey.ts';
import { refusalAs } from './let-out.ts';
import { type Decision, goBack } from './onward.ts';
import { isGroup, type Orderer, type OutboundMatch, outboundRuleFor } from './outbound.ts';
import type { RingTarget, Way, World } from './plan.ts';
import { nameOf } from './targets.ts';
import { toPbx } from './to-pbx.ts';
import { sentFor } from './written-number.ts';

/** How long a number outside rings: operators give up by themselves after some minutes. */
const RING_OUTSIDE_MS = 120_000;

/** A number outside, ready to be rung; or why not, and the rule that says so. */
export type Found =
  | { readonly ok: true; readonly targets: readonly RingTarget[]; readonly because: string }
  | {
      readonly ok: false;
      readonly reason: 'not-found' | 'forbidden' | 'no-channel' | 'unreachable' | 'loop';
      readonly because: string;
      readonly text: string;
    };

/** Sends the call to a number outside. @param by whose order it is */
export function goOut(
  journey: Journey,
  number: string,
  shown: string,
  by: Orderer | undefined,
  world: World,
): Decision {
  return ringOutside(journey, shown, wayOut(journey, number, by, world));
}

/** Rings what was found; where there is nothing, the call goes on with what is left to try. */
export function ringOutside(journey: Journey, shown: string, found: Found): Decision {
  const because = `${shown} ${found.because}`;
  if (found.ok) {
    return planOf(journey, {
      do: 'ring',
      targets: found.targets,
      ring: RING_OUTSIDE_MS,
      ofMany: false,
      because: `${because}: ring ${found.targets.map(named).join(', ')} for ${formatDuration(RING_OUTSIDE_MS)}`,
    });
  }
  const { reason, text } = found;
  if (journey.frames.length === 0) return rejected(journey, reason, text, because);
  const outcome = reason === 'no-channel' || reason === 'loop' ? reason : 'unreachable';
  return goBack(told(journey, `${because}: ${text}`), outcome);
}

/** By what a number outside is reached, and how the call looks there. */
export function wayOut(journey: Journey, number: string, by: Orderer | undefined, world: World): Found {
  if (EMERGENCY_NUMBERS.includes(number)) return wayToHelp(journey, number, by, world);
  return byRule(outboundRuleFor(journey.call.domain, number, by, world.directory), journey, number, by, world);
}

/**
 * Help must be reached though nobody wrote a rule, and whatever rules for other numbers say; a rule that names this one chooses the way,
 * while there is room on it.
 */
function wayToHelp(journey: Journey, number: string, by: Orderer | undefined, world: World): Found {
  const { domain } = journey.call;
  const { directory } = world;
  const named = outboundRuleFor(domain, number, by, directory, true);
  if (named !== undefined) {
    const chosen = byRule(named, journey, number, by, world);
    if (chosen.ok) return chosen;
  }
  const all = domain.trunks.map(({ name }) => name);
  const registering = domain.trunks.filter(({ register }) => register !== undefined).map(({ name }) => name);
  const rule = named === undefined ? 'without a rule of its own' : 'whose own rule leads nowhere now';
  for (const [trunks, which] of [
    [registering, 'any trunk that registers'],
    [all, 'any trunk'],
  ] as const) {
    const because = `is an emergency number ${rule}, so ${which} will do`;
    const found = byTrunks(domain, number, trunks, undefined, by, because, world, preferredOf(journey, by));
    if (found.ok) return found;
  }
  // A PBX that registers here may be the only way out.
  const last = byRule(outboundRuleFor(domain, number, by, directory), journey, number, by, world);
  if (last.ok || all.length === 0) return last;
  return { ok: false, reason: 'no-channel', because: 'is an emergency number', text: 'all channels are in use' };
}

function byRule(
  match: OutboundMatch | undefined,
  journey: Journey,
  number: string,
  by: Orderer | undefined,
  world: World,
): Found {
  const { domain } = journey.call;
  if (match === undefined) {
    return {
      ok: false,
      reason: 'not-found',
      because: 'is no extension and matches no outbound rule',
      text: 'nobody has this number',
    };
  }
  const { rule } = match;
  const because = `matches the outbound rule ${rule.match}`;
  if (rule.extension !== undefined) return toPbx(journey, number, match, rule.extension, by, because, world);
  if (rule.trunk === undefined) return { ok: false, reason: 'forbidden', because, text: 'the rule denies it' };
  const named = [rule.trunk, ...(rule.reserve ?? [])];
  for (const name of named) {
    const sent = sentFor(number, match.sent, world.directory.findTrunk(domain, name));
    const text = refusalAs(match, number, sent);
    if (text !== undefined) return { ok: false, reason: 'forbidden', because, text };
  }
  const called = match.sent === undefined ? number : calledBy(number, match.sent);
  const trunks = rule.leastCost === true ? world.cheapestFirst(domain, called, named) : named;
  const found = byTrunks(domain, number, trunks, match, by, because, world, preferredOf(journey, by));
  if (!found.ok || rule.leastCost !== true) return found;
  return {
    ...found,
    targets: found.targets.map((target) => (target.kind === 'outside' ? { ...target, byPrice: true } : target)),
  };
}

/** By the first of the trunks that has room. */
export function byTrunks(
  domain: Domain,
  number: string,
  trunks: readonly string[],
  match: OutboundMatch | undefined,
  by: Orderer | undefined,
  because: string,
  world: World,
  preferred?: string,
): Found {
  const free = trunks.filter((name) => hasChannel(domain, name, world));
  if (free.length === 0) return { ok: false, reason: 'no-channel', because, text: 'all channels are in use' };
  // One that is down is still tried, when nothing else is left: it may be up again.
  const ordered = [
    ...free.filter((name) => world.isTrunkUp(domain, name)),
    ...free.filter((name) => !world.isTrunkUp(domain, name)),
  ];
  const callerId = callerIdFor(domain, match, by, world, preferred);
  const user = by === undefined || isGroup(by) ? undefined : by;
  const ways = ordered.map(
    (trunk): Way => ({
      trunk,
      send: sentFor(number, match?.sent, world.directory.findTrunk(domain, trunk)),
      ...(callerId !== undefined && { callerId }),
      ...(user?.anonymous === true && { anonymous: true as const }),
    }),
  );
  const target = { kind: 'outside' as const, number, ways, ...(user !== undefined && { orderedBy: user }) };
  return { ok: true, targets: [target], because };
}

/** What the caller would like to show counts for calls that they order themselves. */
function preferredOf({ call: { caller } }: Journey, by: Orderer | undefined): string | undefined {
  if (caller.kind !== 'device' || by === undefined || isGroup(by)) return undefined;
  return by.extension === caller.user.extension ? caller.preferred : undefined;
}

function hasChannel(domain: Domain, name: string, world: World): boolean {
  const trunk = world.directory.findTrunk(domain, name);
  if (trunk === undefined) return false;
  return trunk.channels === undefined || world.channelsInUse(domain, 'trunk', name) < trunk.channels;
}

function named(target: RingTarget): string {
  const as = target.kind === 'device' && target.did !== undefined ? ` as ${target.did}` : '';
  return `${nameOf(target)}${as}`;
}

import type { RingOutcome } from '@vats/pbx';
import type { CallContext } from './call-context.ts';

/** Calls that a number without `channels` has ringing at one number outside at most. */
const MOST_AT_ONE_TARGET = 10;

/** Of all media ports, the part that the legs of one number's calls may have that nobody has answered. Each such call has a caller's leg as well. */
const SHARE_OF_PORTS = 4;

/**
 * What a call from another system came in by: the first number of ours that it called, or what it dialled; undefined for a call of a
 * phone, which can't be one that comes back.
 */
export function entryOf({ origin, channels }: CallContext): string | undefined {
  const { caller, dialled } = origin;
  if (caller.kind === 'device' && caller.device.trunk !== true) return undefined;
  return channels.firstNumber ?? dialled;
}

/**
 * Whether one more leg of this call may ring at another system. Where an operator brings a forwarded call back to the number that it
 * was forwarded from, with another caller ID or none, nothing in it tells that it is the same call (a B2BUA keeps no Via, Call-ID or
 * Max-Forwards): each turn looks like one caller more. So callers who wait at one place together are bounded, whoever they are.
 *
 * @param target as in `OutwardLeg`
 * @param most how many legs of what it came in by may ring there; any number unless given
 * @returns why it may not
 */
export function crowded(call: CallContext, target: string, most?: number): RingOutcome | undefined {
  const { origin, outward, parts, log } = call;
  const by = entryOf(call);
  if (by === undefined) return undefined;
  const { all, there } = outward.ringingFor(origin.domain.id, by, target);
  // Who is rung for that very number calls it: to ring them again would make a circle, if it is not one already.
  if (there > 0 && origin.caller.kind === 'trunk' && origin.caller.number === target) return 'loop';
  const inAll = Math.max(1, Math.floor(parts.media.statistics().pairs.total / SHARE_OF_PORTS));
  if ((most === undefined || there < most) && all < inAll) return undefined;
  log.warn('call.too-many-ringing', { by, target, there, all, most: most ?? inAll });
  return 'no-channel';
}

/** How many calls by what this one came in by may ring at one number outside together. */
export function mostAtOneTarget(call: CallContext): number {
  const { firstNumber } = call.channels;
  const { directory } = call.parts.world();
  const number = firstNumber === undefined ? undefined : directory.findNumber(call.origin.domain, firstNumber);
  return number?.channels ?? MOST_AT_ONE_TARGET;
}

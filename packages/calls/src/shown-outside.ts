import { normaliseNumber, type TrunkIdentity, type Way } from '@vats/pbx';
import type { CallOrigin } from './call-context.ts';
import type { Diverted } from './diversions.ts';
import type { ShownOutside } from './outside-invite.ts';
import type { OutsideRing } from './rings.ts';

/** What a trunk is to learn of a call by this way: whose number, and how it was sent on. */
export function shownOutside(
  origin: Pick<CallOrigin, 'caller' | 'callerId' | 'hides' | 'diverted' | 'trusted'>,
  ring: Pick<OutsideRing, 'target' | 'diverting'>,
  line: { readonly number?: string | undefined; readonly identity?: TrunkIdentity | undefined },
  way: Way,
): ShownOutside {
  const { caller } = origin;
  const callerId = origin.callerId ?? way.callerId;
  // Who hides does so in their own calls; a call that somebody else sends on shows that one's number.
  const orders = caller.kind === 'device' && ring.target.orderedBy?.extension === caller.user.extension;
  const isPbx = caller.kind === 'device' && caller.device.trunk === true;
  const anonymous = way.anonymous === true || (origin.hides === true && (orders || isPbx));
  const diverted = divertedOutside(origin, ring, callerId ?? line.number, way);
  const original = diverted.length === 0 ? undefined : originalCaller(origin, line);
  return { callerId, anonymous, diverted, ...(original !== undefined && { original }) };
}

/**
 * The diversions that are told: those of before where they are believed, and ours, from a number that the outside knows. A call that
 * nothing of ours sends on has none, but for what a PBX behind us sends on itself.
 */
function divertedOutside(
  { diverted = [], trusted, caller }: Pick<CallOrigin, 'caller' | 'diverted' | 'trusted'>,
  { diverting }: Pick<OutsideRing, 'diverting'>,
  shown: string | undefined,
  way: Way,
): readonly Diverted[] {
  const before = caller.kind === 'device' || trusted === true ? diverted : [];
  if (diverting === undefined) return caller.kind === 'device' ? before : [];
  const { did, reason, count } = diverting;
  const from = did ?? (shown === undefined ? undefined : normaliseNumber(shown).number);
  if (from === undefined) return before;
  const isPrivate = way.anonymous === true;
  return [...before, { number: from, reason, count, ...(isPrivate && { isPrivate: true as const }) }];
}

/** Whose call it is that came from outside and is sent on there; '' for one who shows no number. Undefined: ours is shown. */
function originalCaller(
  { caller }: Pick<CallOrigin, 'caller'>,
  { identity }: { readonly identity?: TrunkIdentity | undefined },
): string | undefined {
  if (identity?.forwardedCaller !== 'original' || caller.kind !== 'trunk') return undefined;
  const { number, kind } = normaliseNumber(caller.number ?? '');
  return kind === 'e164' ? number : '';
}

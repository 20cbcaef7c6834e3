import type { Endpoint } from '@vats/kernel';
import type { DeviceTarget, Frame, OutsideTarget, RingOutcome, RingTarget } from '@vats/pbx';
import type { CallContext } from './call-context.ts';
import type { LegName, Party } from './call-event.ts';
import type { Rung } from './call-state.ts';
import type { Diverting } from './diverting.ts';
import type { ReachablePhone } from './parts.ts';
import { waysTo } from './secure-call.ts';

/** One phone that a step of the plan rings. */
export interface PhoneRing {
  readonly kind: 'phone';
  readonly party: Party;
  readonly target: DeviceTarget;
  readonly phone: ReachablePhone;
  /** What it shows before the caller's name. */
  readonly prefix?: string;
  /** It would not take the call in clear: our offer is encrypted. */
  readonly encrypted?: boolean;
}

/** One number outside. */
export interface OutsideRing {
  readonly kind: 'outside';
  readonly party: Party;
  readonly target: OutsideTarget;
  /** Which of the target's ways is next. */
  readonly way: number;
  /** How the call is sent on there; absent where the caller dialled it. */
  readonly diverting?: Diverting;
  /** Servers of that way that were tried, this one among them. */
  readonly servers?: number;
  /** Where this call was already; without an endpoint the trunk has said what its other servers would say as well. */
  readonly tried?: readonly TriedServer[];
  /** What came of all ways: only servers that were passed over because of earlier calls are left. */
  readonly lastly?: { readonly outcome: RingOutcome; readonly cause?: number };
}

export interface TriedServer {
  readonly trunk: string;
  readonly endpoint?: Endpoint;
}

/** How what a step rings is told of the call. */
export interface Telling {
  /** How the call is sent on to it. */
  readonly diverting?: Diverting | undefined;
  /** What phones show before the caller's name. */
  readonly prefix?: string | undefined;
}

/** What a step rings, by the names of the legs to be. */
export interface Chosen {
  readonly rungs: readonly Rung[];
  readonly rings: ReadonlyMap<LegName, PhoneRing | OutsideRing>;
}

/**
 * Every binding of every device, and every number outside; never the phone that is calling, nor one that is in the call already.
 *
 * @param frame what rings them
 * @param nextLeg names a leg to be
 */
export function chosenOf(
  call: CallContext,
  targets: readonly RingTarget[],
  frame: Frame | undefined,
  { diverting, prefix }: Telling,
  nextLeg: () => LegName,
): Chosen {
  const { origin, invite, parts } = call;
  const own = origin.caller.kind === 'device' ? origin.caller.device.login : undefined;
  const rungs: Rung[] = [];
  const rings = new Map<LegName, PhoneRing | OutsideRing>();
  const choose = (ring: PhoneRing | OutsideRing): void => {
    const leg = nextLeg();
    const { after, ring: time } = ring.target;
    const timing = { ...(after !== undefined && { after }), ...(time !== undefined && { ring: time }) };
    rungs.push({ leg, member: memberOf(ring.target), ...timing });
    rings.set(leg, ring);
  };
  for (const target of targets) {
    if (target.kind === 'outside') {
      const sentOn = diverting === undefined ? {} : { diverting };
      choose({ kind: 'outside', target, party: partyOutside(target, frame), way: 0, ...sentOn });
      continue;
    }
    const { login } = target.device;
    const party = partyOf(target, frame);
    for (const phone of waysTo(parts.locate(origin.domain, login), origin)) {
      if (login === own && [phone, ...(phone.otherFlows ?? [])].some(({ flow }) => flow.id === invite.flow.id))
        continue;
      if (call.legs.all().some(({ party, flow }) => party.login === login && flow.id === phone.flow.id)) continue;
      choose({ kind: 'phone', target, party, phone, ...(prefix !== undefined && { prefix }) });
    }
  }
  return { rungs, rings };
}

/** Whose it is: a user's mobile and a user's phones are the same person's. */
export function memberOf(target: RingTarget): string {
  const outside = target.kind === 'device' ? target.outside : target;
  return outside === undefined
    ? (target as DeviceTarget).user.extension
    : (outside.orderedBy?.extension ?? outside.number);
}

function partyOf(target: DeviceTarget, frame: Frame | undefined): Party {
  const { outside } = target;
  const own = outside?.orderedBy;
  // A mobile that is reached by a PBX.
  if (outside !== undefined && own !== undefined && ringsOwnPhones(frame, own.extension)) {
    return { ...partyOutside(outside, frame), login: target.device.login };
  }
  const { extension, name } = target.user;
  return { number: extension, extension, login: target.device.login, ...(name === undefined ? {} : { name }) };
}

/** At a mobile phone that rings among a user's own it is the user who answers; where a call was sent on to, somebody else. */
function partyOutside(
  { number, orderedBy }: Pick<OutsideTarget, 'number' | 'orderedBy'>,
  frame: Frame | undefined,
): Party {
  if (orderedBy === undefined || !ringsOwnPhones(frame, orderedBy.extension)) return { number };
  const { extension, name } = orderedBy;
  return { number, extension, ...(name === undefined ? {} : { name }) };
}

function ringsOwnPhones(frame: Frame | undefined, extension: string): boolean {
  if (frame === undefined) return false;
  if (frame.in === 'user') return frame.user.extension === extension;
  return frame.in === 'group' || frame.in === 'queue' || frame.in === 'known' || frame.in === 'number';
}

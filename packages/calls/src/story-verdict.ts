import { type CallDirection, type CallLeg, type CallResult, type CallTalk, normaliseNumber } from '@vats/pbx';
import { CALLER } from './call-state.ts';

/** Ends that say that the caller asked for nobody: a slip in dialling, or a rule that denies. */
const SOUGHT_NOBODY: ReadonlySet<string> = new Set([
  'not-found',
  'not-served',
  'nothing-rings',
  'forbidden',
  'address-incomplete',
  'account-limit',
  'no-common-codec',
  'offer-refused',
  'srtp-off',
  'srtp-required',
  'srtp-unusable',
  'loop',
  'too-many-hops',
]);

/**
 * Which way a call went, where the plan does not say it. A call from one of ours to a public number that is not the domain's is
 * an outgoing one even where no trunk took it: the caller was on the way out.
 */
export function directionOf(
  { trunk, dialled }: { readonly trunk?: string; readonly dialled: string },
  legs: readonly CallLeg[],
  did: string | undefined,
): CallDirection {
  if (trunk !== undefined) return 'in';
  const [, ...rung] = legs;
  if (rung.length === 0) return did === undefined && normaliseNumber(dialled).kind === 'e164' ? 'out' : 'internal';
  // Whom one of ours reached by a trunk because somebody forwards there was called within the house.
  return rung.some(
    (leg) => leg.trunk !== undefined && leg.forwardedBy === undefined && leg.party.extension === undefined,
  )
    ? 'out'
    : 'internal';
}

/** Of an outgoing call the leg by a trunk that answered first; where none did, the last that was tried. */
export function wayOutOf(legs: readonly CallLeg[], talks: readonly CallTalk[]): CallLeg | undefined {
  const outside = legs.filter(({ leg, trunk }) => leg !== CALLER && trunk !== undefined);
  for (const { leg } of talks) {
    const spoke = outside.find((each) => each.leg === leg);
    if (spoke !== undefined) return spoke;
  }
  return outside.at(-1);
}

/** What a call is judged by. */
export interface StoryFacts {
  readonly direction: CallDirection;
  /** A name in the table of failures. */
  readonly outcome: string;
  /** Somebody spoke with the caller. */
  readonly spoke: boolean;
  /** The switch itself answered, or did what the caller had ordered. */
  readonly served: boolean;
  /** Answered at another place, outside this switch. */
  readonly elsewhere: boolean;
  /** How many were rung. */
  readonly rung: number;
}

/** What a call was as a whole. Of several phones only one can answer: a leg that did not is not a missed call. */
export function resultOf({ direction, outcome, spoke, served, elsewhere, rung }: StoryFacts): CallResult {
  // Whoever answered did so in the call that this one became a part of.
  if (spoke || outcome === 'transferred') return 'answered';
  if (served && rung === 0) return 'served';
  if (direction === 'out' || elsewhere) return 'failed';
  return rung === 0 && SOUGHT_NOBODY.has(outcome) ? 'failed' : 'missed';
}

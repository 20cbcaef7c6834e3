import type { RingOutcome } from './plan.ts';

/** What an outcome says of whoever was rung. */
export const OUTCOME_TEXTS: Record<RingOutcome, string> = {
  'no-answer': 'did not answer',
  unreachable: 'can not be reached',
  'callee-busy': 'is busy',
  'callee-declined': 'declined the call',
  'do-not-disturb': 'does not want to be disturbed',
  'not-found': 'is unknown to their phone',
  'no-channel': 'can not be called: as many calls as may be at once are up',
  'trunk-failed': 'could not be called: no trunk took the call',
  'trunk-refused': 'could not be called: the operator refused the call',
  'limit-not-saved': 'could not be called: what the call may use could not be written down',
  'limit-reached': 'could not be called: a limit on calls outside is reached',
  'no-common-codec': 'has no codec in common with the caller',
  'address-incomplete': 'has a phone that takes the number for incomplete',
  'too-many-hops': 'is too many hops away',
  loop: 'has a phone that sends the call back here',
  'no-media-ports': 'could not be called: all media ports are in use',
};

/** Whether a text, as a store may have kept it, is one of the outcomes. */
export function isRingOutcome(text: unknown): text is RingOutcome {
  return typeof text === 'string' && Object.hasOwn(OUTCOME_TEXTS, text);
}

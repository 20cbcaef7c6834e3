import type { RingOutcome } from '@vats/pbx';

/**
 * What a callee's own refusal means for the call. 6xx speaks for every phone of the person; the rest for one phone.
 * Statuses that say nothing about the person (401, 420, 500 …) count as a phone that could not be reached.
 */
export function failureOfStatus(status: number): RingOutcome {
  switch (status) {
    case 486:
    case 600:
      return 'callee-busy';
    case 603:
    case 403:
      return 'callee-declined';
    case 408:
      return 'no-answer';
    case 404:
    case 604:
    case 410:
      return 'not-found';
    case 415:
    case 488:
    case 606:
      return 'no-common-codec';
    case 482:
      return 'loop';
    case 483:
      return 'too-many-hops';
    case 484:
      return 'address-incomplete';
    default:
      return 'unreachable';
  }
}

// Of several phones' refusals the caller hears the one that tells most: a person's choice, then busy, then silence.
const OF_A_PERSON: readonly RingOutcome[] = [
  'callee-declined',
  'callee-busy',
  'do-not-disturb',
  'no-answer',
  'no-common-codec',
  'limit-reached',
  'no-channel',
  'loop',
  'too-many-hops',
  'address-incomplete',
  'no-media-ports',
  'limit-not-saved',
  'trunk-refused',
  'trunk-failed',
  'unreachable',
  'not-found',
];

// Of a group's members whoever might have answered speaks for all; that one declines says nothing of the others.
const LEAST_FINAL: readonly RingOutcome[] = ['no-answer', 'callee-busy', 'do-not-disturb', 'callee-declined'];
const OF_MANY: readonly RingOutcome[] = [
  ...LEAST_FINAL,
  ...OF_A_PERSON.filter((outcome) => !LEAST_FINAL.includes(outcome)),
];

/** The refusal that stands for all of a step's phones; 'unreachable' when there is none. @param ofMany they are a group's */
export function mostTelling(outcomes: readonly RingOutcome[], ofMany = false): RingOutcome {
  return (ofMany ? OF_MANY : OF_A_PERSON).find((outcome) => outcomes.includes(outcome)) ?? 'unreachable';
}

import type { RingOutcome } from '@vats/pbx';
import type { InviteFailure } from '@vats/sip';
import { causeOf } from './reasons.ts';
import { failureOfStatus } from './refusals.ts';
import { OF_THE_NUMBER } from './trunk-refusals.ts';

/** What a phone, or a PBX behind us, means by not taking a call. */
export interface PhoneRefusal {
  readonly failure: RingOutcome;
  /** The Q.850 cause that it gave. */
  readonly cause?: number;
}

/**
 * A status that says nothing of the person may be a gateway's, whose Reason then says what the telephone behind it did (RFC 3326,
 * RFC 6432): a PBX answers 480 for each of busy, no answer and an unknown number.
 */
export function phoneRefusalOf({ cause: how, status, response }: InviteFailure): PhoneRefusal {
  if (how !== 'response' || response === undefined) return { failure: 'unreachable' };
  const failure = failureOfStatus(status);
  const cause = causeOf(response);
  if (cause === undefined) return { failure };
  return { failure: failure === 'unreachable' ? (OF_THE_NUMBER[cause] ?? failure) : failure, cause };
}

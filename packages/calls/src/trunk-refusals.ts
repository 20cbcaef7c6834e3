import type { RingOutcome } from '@vats/pbx';
import type { SipResponse } from '@vats/sip';
import { causeOf } from './reasons.ts';
import { failureOfStatus } from './refusals.ts';

/** What a trunk's final response to our INVITE means. */
export interface TrunkRefusal {
  readonly outcome: RingOutcome;
  /** Another way may do what this one did not. */
  readonly tryNext: boolean;
  /** The server is not fit to be asked for a while; otherwise its answer shows that it works. */
  readonly failing: boolean;
  /** The Q.850 cause that it gave, for the story. */
  readonly cause?: number;
}

const TRUNK_FAILED = { outcome: 'trunk-failed', tryNext: true, failing: false } as const;
const TRUNK_REFUSED = { outcome: 'trunk-refused', tryNext: true, failing: false } as const;
const SERVER_FAILED = { outcome: 'trunk-failed', tryNext: true, failing: true } as const;

/** Causes by which the telephone network beyond speaks of the number, whatever status its gateway made of them (RFC 6432). */
export const OF_THE_NUMBER: Readonly<Record<number, RingOutcome>> = {
  1: 'not-found',
  17: 'callee-busy',
  18: 'no-answer',
  19: 'no-answer',
  22: 'not-found',
  28: 'address-incomplete',
};

/**
 * Reads a trunk's final response, 300 to 699 (after RFC 3398 §7.2.4.1, and what operators use their statuses for). What speaks of
 * the number or the person goes to the caller; what speaks of the trunk, of its server, or of us as its customer, lets another
 * trunk try. docs/trunks.md holds the same table for people.
 *
 * @param rang somebody was being rung before
 */
export function trunkRefusalOf(response: Pick<SipResponse, 'status' | 'reasons'>, rang: boolean): TrunkRefusal {
  const cause = causeOf(response);
  const meant = cause === undefined ? undefined : OF_THE_NUMBER[cause];
  const refusal = byStatus(response.status, rang);
  const told = cause !== undefined && { cause };
  if (meant !== undefined && refusal.tryNext && !refusal.failing) return { ...ofNumber(meant), ...told };
  return { ...refusal, ...told };
}

function byStatus(status: number, rang: boolean): TrunkRefusal {
  switch (status) {
    // Our credentials did not answer its challenge.
    case 401:
    case 407:
    case 500:
    case 502:
    case 503:
    case 504:
      return SERVER_FAILED;
    // The account is blocked or has no money, the caller ID is not ours, the direction is barred.
    case 402:
    case 403:
      return TRUNK_REFUSED;
    // About the number, however little they say, unless somebody was rung already.
    case 408:
    case 480:
      return rang ? ofNumber('no-answer') : { outcome: 'unreachable', tryNext: true, failing: false };
    // Another trunk may carry other codecs.
    case 415:
    case 488:
    case 606:
      return { outcome: 'no-common-codec', tryNext: true, failing: false };
    case 404:
    case 410:
    case 482:
    case 483:
    case 484:
    case 486:
    case 600:
    case 603:
    case 604:
      return ofNumber(failureOfStatus(status));
    // A caller may not be sent to where an operator says: that would be a call that nobody allowed or counted.
    case 300:
    case 301:
    case 302:
    case 305:
    case 380:
      return TRUNK_REFUSED;
    // What is left says that the trunk and we do not understand each other.
    default:
      return TRUNK_FAILED;
  }
}

function ofNumber(outcome: RingOutcome): TrunkRefusal {
  return { outcome, tryNext: false, failing: false };
}

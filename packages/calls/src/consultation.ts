import type { MovedLeg } from './call-legs.ts';
import type { FailureCode } from './failures.ts';
import type { Leg } from './leg.ts';
import type { Portion } from './talk-portions.ts';

/** A leg that goes to another call, with what it has been granted there. */
export interface Given extends MovedLeg {
  readonly portion: Portion | undefined;
}

/** A call that waits for whoever answers in another one. */
export interface Heir {
  /** Call id. */
  readonly id: string;
  /** A phone rings: 180 and above. */
  progressed(status: number): void;
  /** Somebody has answered. */
  takes(given: Given): void;
  /** Nobody will. */
  failed(failure: FailureCode): void;
}

/**
 * What a transferor has in another call: somebody who talks with them (an attended transfer), or who is being rung. The
 * call where the REFER came goes on; this one gives away whom it holds, and ends.
 */
export interface Consultation {
  /** Call id. */
  readonly id: string;
  /** Whose number is told of as the transfer's target. */
  readonly to: string;
  /** `talks`: they can be had now. `rings`: nobody has answered yet. `served`: the switch itself has the transferor. */
  readonly stage: 'talks' | 'rings' | 'served';
  /** Whether a negotiation is under way, which must end first. */
  readonly isNegotiating: boolean;
  /** It is to a `sips:` URI, and whether all who may come of it are on TLS. */
  readonly secure: boolean;
  readonly isOverTls: boolean;
  /** Takes who talks with the transferor out of it, for the call with this id; the rest of it ends. Only while it talks. */
  give(into: string): Given | undefined;
  /** The transferor leaves, whoever answers goes to the heir. Only while it rings. */
  leaveTo(heir: Heir): void;
  /** The heir is gone, or wants nobody any more. */
  abandon(failure: FailureCode): void;
}

/** Whether an offer or answer of this leg is under way. */
export function isNegotiating({ reinvite, ourReinvite, onAnswerInAck }: Leg): boolean {
  return reinvite !== undefined || ourReinvite !== undefined || onAnswerInAck !== undefined;
}

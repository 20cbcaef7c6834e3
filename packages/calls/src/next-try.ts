import type { SrtpPolicy } from '@vats/media';
import type { InviteFailure } from '@vats/sip';
import type { ReachablePhone } from './parts.ts';

/** A flow that is silent for so long is dead: whoever is there says 100 within 200 ms (RFC 3261 §17.2.1). */
export const FLOW_SILENCE_MS = 4_000;

/** Whether a status says that it was the flow that failed, not its phone that refused: only then is another one tried (RFC 5626 §7). */
export function isFlowFailure(status: number): boolean {
  return status === 430 || status === 408;
}

/** The same phone by its next flow. Undefined: it has no other, or the failure is not the flow's. */
export function nextFlow(
  { otherFlows = [] }: ReachablePhone,
  { cause, status }: InviteFailure,
): ReachablePhone | undefined {
  const isFlows = cause === 'timeout' || cause === 'transport' || isFlowFailure(status);
  const [next, ...others] = otherFlows;
  return next === undefined || !isFlows ? undefined : { ...next, otherFlows: others };
}

/** Whether a phone that was offered clear sound may take encrypted sound: one that encrypts always says so by a 488 (RFC 4568 §5.1.2). */
export function withEncryption(srtp: SrtpPolicy = 'optional', { cause, status }: InviteFailure): boolean {
  return srtp === 'optional' && cause === 'response' && status === 488;
}

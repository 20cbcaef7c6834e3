import type { SrtpPolicy } from '@vats/media';
import type { InviteFailure } from '@vats/sip';
import type { ReachablePhone } from './parts.ts';

/**
 * The same phone by its next flow, after an INVITE that its flow has failed and no phone refused (RFC 5626 §7). Undefined: it has no
 * other, or the failure is not the flow's.
 */
export function nextFlow(
  { otherFlows = [] }: ReachablePhone,
  { cause, status }: InviteFailure,
): ReachablePhone | undefined {
  const isFlows = cause === 'timeout' || cause === 'transport' || status === 430 || status === 408;
  const [next, ...others] = otherFlows;
  return next === undefined || !isFlows ? undefined : { ...next, otherFlows: others };
}

/** Whether a phone that was offered clear sound may take encrypted sound: one that encrypts always says so by a 488 (RFC 4568 §5.1.2). */
export function withEncryption(srtp: SrtpPolicy = 'optional', { cause, status }: InviteFailure): boolean {
  return srtp === 'optional' && cause === 'response' && status === 488;
}

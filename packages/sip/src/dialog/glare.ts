import type { Random } from '@vats/kernel';

/** A re-INVITE that met 491 this often in a row is given up: the two bands part after one or two. */
export const GLARE_ATTEMPTS = 6;

/**
 * Milliseconds until a re-INVITE that met 491 is tried again (RFC 3261 §14.1), in steps of 10 ms: the side that made the
 * Call-ID waits 2.1 to 4 s, the other 0 to 2 s, so that they do not meet again.
 */
export function glareDelay(ownsCallId: boolean, random: Random): number {
  return ownsCallId ? 2_100 + 10 * random.below(191) : 10 * random.below(201);
}

/** Seconds for the Retry-After of the 500 that a re-INVITE gets while an earlier one is open (RFC 3261 §14.2): 0 to 10. */
export function retryAfterSeconds(random: Random): number {
  return random.below(11);
}

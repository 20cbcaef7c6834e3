import type { Random } from '@vats/kernel';

const FIRST_MS = 1_000;
const MOST_MS = 300_000;
const SLOW_LEAST_MS = 300_000;
const SLOW_SPREAD_MS = 300_000;
/** A peer that wants more time than this is asked before it is over: it may have said so by mistake. */
export const RETRY_AFTER_MOST_MS = 600_000;

/** Draws are in thousandths, which is finer than anybody sees. */
const PARTS = 1_000;

/**
 * Milliseconds to wait after so many failures in a row (from 1 on): 1 to 2 s, twice as long each time, at most 5 min, at
 * random, so that trunks that failed together do not come back together.
 */
export function backOff(failures: number, random: Random): number {
  const least = FIRST_MS * 2 ** Math.min(failures - 1, 20);
  const drawn = least * (1 + random.below(PARTS) / PARTS);
  return Math.round(drawn < MOST_MS ? drawn : MOST_MS * (0.8 + (0.2 * random.below(PARTS)) / PARTS));
}

/** 5 to 10 min: for refusals that will last until a person does something. An eager client would be banned for them. */
export function slowRetry(random: Random): number {
  return SLOW_LEAST_MS + random.below(SLOW_SPREAD_MS);
}

/** What Retry-After asks for, in milliseconds, bounded; 0 when it asks for nothing. */
export function retryAfterOf(seconds: number | undefined): number {
  return seconds === undefined ? 0 : Math.min(seconds * 1000, RETRY_AFTER_MOST_MS);
}

/** No sooner, however short the granted time: a peer that grants one second would be flooded. */
const REFRESH_LEAST_MS = 5_000;
/** A request without an answer takes 32 s to fail: two may, and the third still comes in time. */
const MARGIN_MS = 90_000;

/** Milliseconds after which a registration granted for `granted` milliseconds is refreshed. */
export function refreshDelay(granted: number, random: Random): number {
  const margin = Math.max(granted / 4, Math.min(MARGIN_MS, granted / 2));
  const latest = granted - margin;
  return Math.max(REFRESH_LEAST_MS, Math.round(latest * (0.9 + (0.1 * random.below(PARTS)) / PARTS)));
}

import { readFileSync } from 'node:fs';
import type { Settings } from './settings/index.ts';

/** Where the system does not tell: what Node raises the limit to on macOS at least. */
const LIMIT_UNTOLD = 10_240;
/** Listeners, the database and its journal, control connections, log, the first threads. */
const FOR_EVERYTHING_ELSE = 256;
/** What the event loop of a media worker takes for itself, counted under Node 24. */
const FOR_EACH_WORKER = 5;
/** However scarce they are, phones that come over TCP have this share. */
const LEAST_SHARE = 1 / 4;

/** How many descriptors this process may have open: a connection, a media port and a file take one each. */
export function descriptorLimit(): number {
  try {
    return softLimitIn(readFileSync('/proc/self/limits', 'latin1')) ?? LIMIT_UNTOLD;
  } catch {
    return LIMIT_UNTOLD;
  }
}

/** @param limits what Linux says in /proc/self/limits */
export function softLimitIn(limits: string): number | undefined {
  const [, soft] = /^Max open files +(\d+|unlimited) /m.exec(limits) ?? [];
  if (soft === undefined) return undefined;
  return soft === 'unlimited' ? Number.POSITIVE_INFINITY : Number(soft);
}

/**
 * How many TCP connections leave enough descriptors for all calls that there may be, so that strangers who hold
 * connections open take no call's sound. `enough` is false where calls and connections may come into each other's way.
 */
export function connectionsWithin(
  limit: number,
  { media, calls }: Pick<Settings, 'media' | 'calls'>,
): { readonly connections: number; readonly enough: boolean } {
  const ports = (media.ports.to - media.ports.from + 1) * media.addresses.length;
  const recordings = 2 * calls.max; // the sound and its journal
  const left = limit - ports - recordings - media.workers * FOR_EACH_WORKER - FOR_EVERYTHING_ELSE;
  const least = Math.floor(limit * LEAST_SHARE);
  return { connections: Math.max(left, least), enough: left >= least };
}

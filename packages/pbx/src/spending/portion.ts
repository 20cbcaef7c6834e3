import { longestFor, priceOf, type Rate } from '../rates/rate.ts';

/** Talk that a call is allowed at a time at most, where it is bounded. */
export const LONGEST_PORTION_MS = 300_000;
const SHORTEST_PORTION_MS = 60_000;
/** Of what is left a call takes that part at most, so that calls side by side do not shut each other out. */
const SHARE = 8;
const SECOND_MS = 1000;

/** What is left for a call beyond what it holds already; `Infinity` where nothing bounds it. */
export interface Room {
  readonly talkMs: number;
  readonly money: number;
}

/** How long a call may talk in all, in whole seconds' milliseconds; or what there is too little of. */
export type Portion =
  | { readonly enough: true; readonly totalMs: number }
  | { readonly enough: false; readonly lack: keyof Room };

/**
 * The next portion of a call that was allowed `grantedMs` (whole seconds; 0 at its beginning). Each call takes a share of what is
 * left and asks again when it is talked away: a call that took all of it would shut out every other until it ends.
 */
export function nextPortion(grantedMs: number, room: Room, rate: Rate | undefined): Portion {
  if (room.talkMs < SECOND_MS) return { enough: false, lack: 'talkMs' };
  const shared = Math.max(SHORTEST_PORTION_MS, Math.floor(room.talkMs / SHARE));
  const more = Math.min(room.talkMs, LONGEST_PORTION_MS, shared);
  const granted = grantedMs / SECOND_MS;
  let seconds = granted + Math.floor(more / SECOND_MS);
  if (rate !== undefined && room.money < Number.POSITIVE_INFINITY) {
    const paid = priceOf(rate, granted);
    const least = priceOf(rate, granted + 1) - paid;
    if (least > room.money) return { enough: false, lack: 'money' };
    const share = Math.min(room.money, Math.max(least, Math.floor(room.money / SHARE)));
    seconds = Math.min(seconds, longestFor(rate, paid + share));
  }
  return { enough: true, totalMs: seconds * SECOND_MS };
}

/** The price of a call's talk, begun seconds in full; of a call that was answered at least one second. */
export function priceOfTalk(rate: Rate | undefined, talkMs: number): number {
  return rate === undefined ? 0 : priceOf(rate, Math.ceil(talkMs / SECOND_MS));
}

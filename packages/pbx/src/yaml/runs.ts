import type { Stretch } from './outline.ts';

/** Entries of a list that follow one another. */
export interface Run extends Stretch {
  /** The first of them, and the one behind the last. */
  readonly first: number;
  readonly end: number;
}

const LONGEST = 512;
/** Where these bits of an entry's look are all zero, which is once in 64, a run ends with it. */
const ENDING_BITS = 26;
const LOOKS = 16;

/**
 * Cuts a list into runs by what its entries look like, not by their number: so an entry that is put in or taken out changes the run that it
 * is in, and those behind it stay what they were.
 */
export function runsOf(text: string, items: readonly Stretch[]): Run[] {
  const runs: Run[] = [];
  let first = 0;
  for (let index = 0; index < items.length; index++) {
    const { from, to } = items[index]!;
    const end = index + 1;
    if (end < items.length && end - first < LONGEST && lookOf(text, from, to) >>> ENDING_BITS !== 0) continue;
    runs.push({ first, end, from: items[first]!.from, to });
    first = end;
  }
  return runs;
}

/** A number that two entries seldom have in common. */
function lookOf(text: string, from: number, to: number): number {
  let look = to - from;
  const stride = Math.max(1, Math.floor(look / LOOKS));
  for (let at = from; at < to; at += stride) look = (Math.imul(look, 31) + text.charCodeAt(at)) | 0;
  return Math.imul(look, 0x9e3779b1);
}

import type { Steps } from '@vats/kernel';

/** Numbers of one place and operator, both ends included. */
export interface NumberRange {
  readonly first: number;
  readonly last: number;
  readonly place: number;
  readonly operator: number;
}

/** Ranges between two steps: few milliseconds of work. */
const STEP = 20_000;

/**
 * Ranges of which none is over another, rising, neighbours of one place and operator joined. Where two claim a number the one that
 * begins later has it; of two that begin together the shorter; of two that are alike the later one in the list.
 *
 * @param overlap told each range that begins inside another: of the two, `over` has the numbers of both
 */
export function* disjointRanges<Range extends NumberRange>(
  ranges: readonly Range[],
  overlap: (under: Range, over: Range) => void,
): Steps<NumberRange[]> {
  const sorted = ranges.toSorted((one, other) => one.first - other.first || other.last - one.last);
  yield;
  const made: { first: number; last: number; place: number; operator: number }[] = [];
  const emit = (first: number, last: number, { place, operator }: Range): void => {
    if (first > last) return;
    const before = made.at(-1);
    if (before?.last === first - 1 && before.place === place && before.operator === operator) before.last = last;
    else made.push({ first, last, place, operator });
  };
  /** Ranges that the sweep is inside of, the one that has the present number last. */
  const open: Range[] = [];
  let at = 0;
  const closeBefore = (number: number): void => {
    for (let top = open.at(-1); top !== undefined && top.last < number; top = open.at(-1)) {
      emit(at, top.last, top);
      at = Math.max(at, top.last + 1);
      open.pop();
    }
  };
  for (const [index, range] of sorted.entries()) {
    if (index % STEP === 0) yield;
    closeBefore(range.first);
    const top = open.at(-1);
    if (top !== undefined) {
      overlap(top, range);
      emit(at, range.first - 1, top);
    }
    at = range.first;
    open.push(range);
  }
  closeBefore(Number.POSITIVE_INFINITY);
  return made;
}

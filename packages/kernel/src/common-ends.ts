/** How much of two lists is the same at their beginnings, and at their ends behind that. */
export interface CommonEnds {
  readonly head: number;
  readonly tail: number;
}

/** What two versions of a long list have in common, where most of it stayed in its place. Looks at no item twice. */
export function commonEnds<One, Other = One>(
  one: readonly One[],
  other: readonly Other[],
  isSame: (one: One, other: Other) => boolean = isIdentical,
): CommonEnds {
  const shorter = Math.min(one.length, other.length);
  let head = 0;
  while (head < shorter && isSame(one[head]!, other[head]!)) head++;
  let tail = 0;
  while (tail < shorter - head && isSame(one[one.length - 1 - tail]!, other[other.length - 1 - tail]!)) tail++;
  return { head, tail };
}

function isIdentical(one: unknown, other: unknown): boolean {
  return one === other;
}

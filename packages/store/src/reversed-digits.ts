/** Fewer digits are the end of too many numbers. */
const SHORTEST_ENDING = 4;

/** A number's digits from the last to the first; undefined for those too short to be looked for by their end. */
export function reversedDigits(number: string): string | undefined {
  const digits = number.replace(/[^0-9]/g, '');
  return digits.length < SHORTEST_ENDING ? undefined : [...digits].reverse().join('');
}

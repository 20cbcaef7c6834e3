import { z } from 'zod';
import { fault, remedyForOtherTypes, shown } from './fault.ts';

const UNITS: readonly (readonly [unit: string, milliseconds: number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
];

const HOW_TO_WRITE = 'write a number and a unit, such as 250ms, 20s, 10m, 1h, 365d';

const LONGEST_MS = 3_650 * 86_400_000;

/**
 * Reads '20s', '1h30m', '250ms', '365d' into milliseconds; undefined for anything else. Units go from large to small,
 * each at most once.
 */
export function parseDuration(text: string): number | undefined {
  const match = /^(?:(\d{1,6})d)?(?:(\d{1,6})h)?(?:(\d{1,6})m(?!s))?(?:(\d{1,9})s)?(?:(\d{1,9})ms)?$/.exec(text);
  if (match === null || text === '') return undefined;
  const total = UNITS.reduce((sum, [, milliseconds], index) => sum + Number(match[index + 1] ?? 0) * milliseconds, 0);
  return total <= LONGEST_MS ? total : undefined;
}

/** The shortest text that `parseDuration` reads back. @example formatDuration(5_400_000) === '1h30m' */
export function formatDuration(milliseconds: number): string {
  let rest = Math.round(milliseconds);
  let text = '';
  for (const [unit, size] of UNITS) {
    const count = Math.floor(rest / size);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * size;
  }
  return text === '' ? '0s' : text;
}

/** A duration with a unit, in milliseconds in the model; `from` and `to` bound it, as durations. */
export function duration(from = '0s', to = '3650d') {
  const lowest = parseDuration(from)!;
  const highest = parseDuration(to)!;
  return z.codec(z.string(remedyForOtherTypes(HOW_TO_WRITE)), z.number(), {
    decode: (text, ctx) => {
      const milliseconds = parseDuration(text);
      if (milliseconds === undefined) {
        ctx.issues.push({
          ...fault(`${shown(text)} is not a duration`, HOW_TO_WRITE),
          input: text,
        });
        return z.NEVER;
      }
      if (milliseconds < lowest || milliseconds > highest) {
        ctx.issues.push({ ...fault(`${shown(text)} is out of range`, `write from ${from} to ${to}`), input: text });
        return z.NEVER;
      }
      return milliseconds;
    },
    encode: formatDuration,
  });
}

import { z } from 'zod';
import { fault, shown } from './fault.ts';
import { normaliseNumber } from './number.ts';
import { parsePattern } from './pattern.ts';
import { line } from './words.ts';

/** Whether a number (E.164) belongs to a region. */
export type InRegion = (number: string) => boolean;

/**
 * Reads a part of a region: a number pattern such as '+7495*', or a range of public numbers, both ends of it included, such as
 * '+79160000000-+79161999999'. Undefined for what is neither.
 */
export function readRegionPart(text: string): InRegion | undefined {
  const ends = text.split(/\s*-\s*(?=\+)/);
  if (ends.length === 1) {
    const pattern = parsePattern(text);
    return pattern.ok ? pattern.value.matches : undefined;
  }
  const [from, to, ...more] = ends.map((end) => normaliseNumber(end));
  if (from?.kind !== 'e164' || to?.kind !== 'e164' || more.length > 0) return undefined;
  const [first, last] = [from.number, to.number];
  if (first.length !== last.length || first > last) return undefined;
  // Of equal length, so the order of texts is that of numbers.
  return (number) => number.length === first.length && number >= first && number <= last;
}

const regionPart = z.string().check((ctx) => {
  if (readRegionPart(ctx.value) !== undefined) return;
  ctx.issues.push({
    ...fault(
      `${shown(ctx.value)} is neither a number pattern nor a range of numbers`,
      'write "+7495*", or "+79160000000-+79161999999" with both ends in full and rising',
    ),
    input: ctx.value,
  });
});

/** Where callers are from, by their numbers: names of the company's own, each with its patterns and ranges. */
export const regions = z.record(line(128), z.array(regionPart).min(1));
export type Regions = z.output<typeof regions>;

/** Names are compared without regard to case, as people write them. */
export function findRegion(regions: Readonly<Record<string, readonly string[]>> | undefined, name: string) {
  const wanted = name.toLowerCase();
  return Object.entries(regions ?? {}).find(([each]) => each.toLowerCase() === wanted)?.[1];
}

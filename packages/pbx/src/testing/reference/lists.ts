import { parsePattern } from '../../schema/pattern.ts';
import type { ReferenceTarget } from './told-call.ts';

export function matches(pattern: string, number: string): boolean {
  const parsed = parsePattern(pattern);
  return parsed.ok && parsed.value.matches(number);
}

/** The number as a rule writes it. */
export function rewritten(pattern: string, send: string, number: string): string | undefined {
  const parsed = parsePattern(pattern);
  return parsed.ok ? parsed.value.rewrite(number, send) : undefined;
}

/** Each phone and number once, as it is named first. */
export function once(targets: readonly ReferenceTarget[]): ReferenceTarget[] {
  return targets.filter(
    (target, at) => targets.findIndex((one) => one.rings === target.rings && one.for === target.for) === at,
  );
}

/** When the last of them has rung for its time. */
export function longest(targets: readonly ReferenceTarget[], limit: number): number {
  return targets.reduce((most, { after, ring = limit }) => Math.max(most, after + ring), 0);
}

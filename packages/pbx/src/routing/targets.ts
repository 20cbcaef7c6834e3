import type { RingTarget } from './plan.ts';

/** Of targets that several ways lead to, the first: a phone that rings twice for one call is busy with itself. */
export function onceEach(targets: readonly RingTarget[]): RingTarget[] {
  const seen = new Set<string>();
  return targets.filter((target) => {
    const key = keyOf(target);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** A PBX takes many calls at once: what tells those that go to it apart is the number. */
function keyOf(target: RingTarget): string {
  if (target.kind === 'outside') return target.number;
  const { device, outside } = target;
  return outside === undefined ? device.login : `${device.login} ${outside.number}`;
}

/** What a target is called in a story. */
export function nameOf(target: RingTarget): string {
  return target.kind === 'device'
    ? target.device.login
    : `${target.number} by ${target.ways.map(({ trunk }) => trunk).join(', else ')}`;
}

/** The longest that a step with these targets rings, at most `limit` for each that has no time of its own. */
export function ringOf(targets: readonly RingTarget[], limit: number): number {
  return Math.max(...targets.map(({ after = 0, ring = limit }) => after + ring));
}

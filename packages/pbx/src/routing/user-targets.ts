import type { User } from '../model/model.ts';
import { isPublicNumber } from '../schema/destination.ts';
import { wayOut } from './go-out.ts';
import type { Journey } from './journey.ts';
import type { DeviceTarget, ReachEntry, RingTarget, World } from './plan.ts';
import { onceEach } from './targets.ts';

const ALL_DEVICES: readonly ReachEntry[] = [{ to: 'devices' }];

/** What rings when the user is called, in the order of the file. */
export function reachOf({ reach }: User): readonly ReachEntry[] {
  return reach?.to ?? ALL_DEVICES;
}

/**
 * The phones and numbers of a user that can be rung now, each once, as the first entry says that names it.
 *
 * @param left is told why numbers outside are not among them, a sentence each
 */
export function targetsOf(
  journey: Journey,
  user: User,
  entries: readonly ReachEntry[],
  world: World,
  left: string[],
): RingTarget[] {
  const targets: RingTarget[] = [];
  addTargets(targets, left, journey, user, entries, 0, world);
  return entries.length === 1 ? targets : onceEach(targets);
}

/** Adds them to `targets`. @param after ms by which all of them begin later */
export function addTargets(
  targets: RingTarget[],
  left: string[],
  journey: Journey,
  user: User,
  entries: readonly ReachEntry[],
  after: number,
  world: World,
): void {
  const { did, call } = journey;
  for (const entry of entries) {
    const { to } = entry;
    const number = to === 'mobile' ? user.mobile : isPublicNumber(to) ? to : undefined;
    if (number !== undefined) {
      const found = wayOut(journey, number, user, world);
      if (found.ok) for (const target of found.targets) targets.push(timed(target, entry, after));
      else left.push(`${number} ${found.because}: ${found.text}`);
      continue;
    }
    for (const device of user.devices) {
      if ((to !== 'devices' && device.login !== to) || !world.isReachable(call.domain, device.login)) continue;
      const target: DeviceTarget =
        device.trunk === true && did !== undefined
          ? { kind: 'device', user, device, did }
          : { kind: 'device', user, device };
      targets.push(timed(target, entry, after));
    }
  }
}

/** The target at its time: `later` than it would begin by itself. */
export function timed<T extends RingTarget>(target: T, { after = 0, ring }: Omit<ReachEntry, 'to'>, later = 0): T {
  const begins = after + later;
  if (begins === 0 && ring === undefined) return target;
  return { ...target, ...(begins > 0 && { after: begins }), ...(ring !== undefined && { ring }) };
}

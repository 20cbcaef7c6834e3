import type { DomainSettings, Frozen, Group } from '../../model/model.ts';
import { localDate } from '../../schedule/moment.ts';
import { scheduleAt } from '../../schedule/schedule-at.ts';
import type { KnownEmployee } from '../../schema/group.ts';
import { normaliseNumber } from '../../schema/number.ts';
import { longest } from './lists.ts';
import { leftOut } from './members.ts';
import type { ReferenceTarget, ToldCall } from './told-call.ts';
import { entriesOf, keptFrom, offDuty, targetsOf } from './users.ts';

const KNOWN_MS = 15_000;
const HOUR_MS = 3_600_000;

interface Known {
  readonly targets: readonly ReferenceTarget[];
  readonly ring: number;
}

/** Whom a caller from outside reaches first. @param group whose members alone are meant */
export function knownTo(
  call: ToldCall,
  setting: Frozen<KnownEmployee> | undefined,
  group: Group | undefined,
): Known | undefined {
  const { domain, caller, world } = call;
  if (setting === undefined || caller.kind !== 'trunk' || caller.number === undefined) return undefined;
  const { number, kind } = normaliseNumber(caller.number);
  if (kind !== 'e164' || call.number(number) !== undefined) return undefined;
  const responsible = world.responsible(domain, number);
  const listed = responsible === undefined ? undefined : mayRing(call, responsible, setting, group);
  if (listed !== undefined) return listed;
  const last = world
    .lastTalks(domain, number)
    .filter(({ direction }) => direction === 'in' || setting.outbound === true)
    .find(({ endedAt }) => isRecent(call, setting, endedAt));
  return last === undefined ? undefined : mayRing(call, last.extension, setting, group);
}

function mayRing(
  call: ToldCall,
  extension: string,
  setting: Frozen<KnownEmployee>,
  group: Group | undefined,
): Known | undefined {
  const user = call.domain.users.find((one) => one.extension === extension);
  if (user === undefined || offDuty(call, user) || keptFrom(call, user) !== undefined) return undefined;
  if (group === undefined ? call.hasCall(extension) : leftOut(call, user, group) !== undefined) return undefined;
  if (group !== undefined && !group.members.some(({ to }) => to === extension)) return undefined;
  const targets = targetsOf(call, user, entriesOf(user));
  const limit = setting.ring ?? KNOWN_MS;
  return targets.length === 0 ? undefined : { targets, ring: Math.min(limit, longest(targets, limit)) };
}

function isRecent(call: ToldCall, { window = HOUR_MS }: Frozen<KnownEmployee>, endedAt: number): boolean {
  const { now } = call.world;
  const { timezone } = call.zone();
  const { hours } = call.domain.settings;
  if (window !== 'day') return endedAt + window >= now;
  if (hours !== undefined) return now < closing(call, hours, endedAt);
  return localDate(endedAt, timezone) === localDate(now, timezone);
}

/** When the office closes for the day; by the random file's hours nobody works at midnight. */
function closing(call: ToldCall, hours: NonNullable<DomainSettings['hours']>, from: number): number {
  const zone = call.zone();
  let last: number | undefined;
  let at: number | undefined = from;
  while (at !== undefined && localDate(at, zone.timezone) === localDate(from, zone.timezone)) {
    const { open, until } = scheduleAt(hours, zone, at);
    if (open) last = until;
    at = until;
  }
  if (last !== undefined) return last;
  let midnight = Math.ceil(from / 60_000) * 60_000;
  while (localDate(midnight, zone.timezone) === localDate(from, zone.timezone)) midnight += 60_000;
  return midnight;
}

import fc from 'fast-check';
import type { Directory } from '../../model/directory.ts';
import type { Domain } from '../../model/model.ts';
import type { Activity, LastTalk, World } from '../../routing/plan.ts';
import { DURATIONS } from './pieces.ts';

const USERS = ['200', '201', '202', '203', '204', '205'];
const LOGINS = ['u200-0', 'u200-1', 'u201-0', 'u201-1', 'u202-0', 'u203-0', 'u204-1', 'u205-2'];
/** How long somebody is known for, where the files say it in time. */
const WINDOWS = [600_000, 3_600_000];

/** How long ago something was: at an edge of what the files speak of, a millisecond to either side, or any time. */
function ago(edges: readonly number[], most: number): fc.Arbitrary<number> {
  const beside = edges.flatMap((edge) => [edge - 1, edge, edge + 1]);
  return fc.oneof({ weight: 2, arbitrary: fc.constantFrom(...beside) }, { weight: 1, arbitrary: fc.nat(most) });
}

const talk = fc.record({
  extension: fc.constantFrom(...USERS.slice(0, 4)),
  ended: fc.oneof(
    { weight: 3, arbitrary: fc.record({ ago: ago(WINDOWS, 90_000_000) }) },
    { weight: 1, arbitrary: fc.record({ pastMidnight: fc.constantFrom(-1, 0, 1) }) },
  ),
});
const extensions = (maxLength: number) => fc.array(fc.constantFrom(...USERS), { maxLength });
const counts = fc.array(fc.nat(3), { minLength: 6, maxLength: 6 });

const used = fc.constantFrom(0, 0, 0, 1, 2, 3);

/** What is random of a moment; a new one is made for each step, and what does not change within a call is of the first. */
export const moment = fc.record({
  away: fc.array(fc.constantFrom(...LOGINS), { maxLength: 4 }),
  talking: extensions(2),
  ringing: extensions(1),
  loggedOut: extensions(3),
  paused: extensions(1),
  /** In every queue. */
  waiting: fc.constantFrom(0, 0, 1, 3, 100),
  /** By extension's last digit: how long ago the last conversation ended, how many there were, how long in all. */
  ended: fc.array(ago(Object.values(DURATIONS), 20 * 60_000), { minLength: 6, maxLength: 6 }),
  answered: counts,
  talkMs: counts,
  /** With the caller. */
  talks: fc.record({ in: fc.option(talk, { nil: undefined }), out: fc.option(talk, { nil: undefined }) }),
  responsible: fc.constantFrom(undefined, undefined, undefined, ...USERS.slice(0, 3)),
  /** In use: of each number, and of each trunk by its own. */
  channels: fc.tuple(used, used, used, used),
  downTrunks: fc.array(fc.constantFrom<string>('trunk-0', 'trunk-1', 'trunk-2'), { maxLength: 2 }),
});
export type Moment = typeof moment extends fc.Arbitrary<infer T> ? T : never;

/** The world at a wall time in ms. */
export function worldAt(directory: Directory, now: number, at: Moment): World {
  const activity = (_: Domain, extension: string): Activity => {
    const of = Number(extension) % 6;
    return {
      talking: at.talking.includes(extension) ? 1 : 0,
      ringing: at.ringing.includes(extension) ? 1 : 0,
      ...{ answered: at.answered[of] ?? 0, talkMs: at.talkMs[of] ?? 0, lastTalkEnd: now - (at.ended[of] ?? 0) },
    };
  };
  return {
    now,
    directory,
    activity,
    isReachable: (_, login) => !at.away.includes(login),
    isLoggedIn: (_, __, extension) => !at.loggedOut.includes(extension),
    isPaused: (_, extension) => at.paused.includes(extension),
    ownSettings: () => undefined,
    lastCaller: () => undefined,
    waitingIn: () => at.waiting,
    // Not what was last of all the employee's.
    lastTalkOf: (_, group, extension) => now - (at.ended[(Number(group) + Number(extension)) % 6] ?? 0),
    lastTalks: (domain) => talksAt(domain, now, at),
    responsible: () => at.responsible,
    channelsInUse: (_, kind, key) => at.channels[kind === 'number' ? 3 : Number(key.at(-1)) % 3] ?? 0,
    isTrunkUp: (_, trunk) => !at.downTrunks.includes(trunk),
    // Public numbers and others cost differently.
    numberPlace: (number) => (Number(number.at(-1)) % 2 === 0 ? { region: 'North', operator: 'x' } : undefined),
    cheapestFirst: (_, number, trunks) => (number.startsWith('+') ? [...trunks].reverse() : [...trunks].sort()),
  };
}

/** Newest first, at most one of each direction. */
function talksAt(domain: Domain, now: number, { talks }: Moment): LastTalk[] {
  const all = (['in', 'out'] as const).flatMap((direction): LastTalk[] => {
    const last = talks[direction];
    if (last === undefined) return [];
    const { extension, ended } = last;
    const endedAt = 'ago' in ended ? now - ended.ago : midnightBefore(now, domain) + ended.pastMidnight;
    return [{ extension, direction, endedAt }];
  });
  return all.sort((one, other) => other.endedAt - one.endedAt);
}

const clocks = new Map<string, Intl.DateTimeFormat>();

/** When the domain's present date began; none of the days here has a change of clocks. */
function midnightBefore(now: number, { settings: { timezone = 'Europe/Moscow' } }: Domain): number {
  const options = {
    timeZone: timezone,
    hourCycle: 'h23',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  } as const;
  const clock = clocks.get(timezone) ?? new Intl.DateTimeFormat('en', options);
  clocks.set(timezone, clock);
  const parts = Object.fromEntries(clock.formatToParts(now).map(({ type, value }) => [type, Number(value)]));
  const { hour = 0, minute = 0, second = 0 } = parts;
  return now - ((hour * 60 + minute) * 60 + second) * 1_000 - (now % 1_000);
}

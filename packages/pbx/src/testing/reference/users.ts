import type { User } from '../../model/model.ts';
import type { RingOutcome } from '../../routing/plan.ts';
import { scheduleAt } from '../../schedule/schedule-at.ts';
import { longest, once } from './lists.ts';
import { waysTo } from './outside.ts';
import type { Place, ReferenceTarget, Ringing, ToldCall } from './told-call.ts';

const USER_MS = 60_000;

export interface Entry {
  readonly to: string;
  readonly ring?: number;
  readonly after?: number;
}

export const entriesOf = ({ reach }: User): readonly Entry[] => reach?.to ?? [{ to: 'devices' }];

export function* reachUser(call: ToldCall, user: User, from: Place): Ringing<RingOutcome> {
  const at = call.enter(`user ${user.extension}`, from);
  call.visited.add(user.extension);
  const always = user.forward?.always;
  if (always !== undefined) return yield* forward(call, user, always, 'always', at);
  if (offDuty(call, user)) {
    const { closed } = user.forward ?? {};
    return closed === undefined ? call.back('unreachable') : yield* forward(call, user, closed, 'closed', at);
  }
  const kept = keptFrom(call, user);
  if (kept !== undefined) return yield* leave(call, user, kept, at);
  const entries = entriesOf(user);
  const inTurn = user.reach?.order === 'in-turn' ? entries.map(({ after: _, ...entry }) => [entry]) : [entries];
  let outcome: RingOutcome = 'unreachable';
  let rung = false;
  for (const some of inTurn) {
    const targets = targetsOf(call, user, some);
    if (targets.length === 0) continue;
    // Whoever takes one call at a time may have got one while the first phones rang.
    if (rung && keptFrom(call, user) === 'callee-busy') break;
    const limit = user.noAnswer?.after ?? user.ring ?? USER_MS;
    outcome = yield* call.ring(targets, longest(targets, limit), false);
    rung = true;
    if (outcome === 'callee-declined') break;
  }
  return yield* leave(call, user, outcome, at);
}

function* leave(call: ToldCall, user: User, outcome: RingOutcome, at: Place): Ringing<RingOutcome> {
  const silence = user.forward?.noAnswer ?? user.noAnswer?.to;
  const away = user.forward?.unreachable ?? user.noAnswer?.to;
  const forwards: Partial<Record<RingOutcome, string | undefined>> = {
    'no-answer': silence,
    unreachable: away,
    'trunk-failed': away,
    'trunk-refused': away,
    'callee-busy': user.forward?.busy,
    'do-not-disturb': user.forward?.busy,
  };
  const to = forwards[outcome];
  if (to === undefined) return call.back(outcome);
  return yield* forward(call, user, to, outcome, at);
}

/** How a call had gone that did not ring. */
const ENDED: Readonly<Record<string, RingOutcome>> = { always: 'no-answer', closed: 'unreachable' };

function* forward(call: ToldCall, user: User, to: string, when: string, at: Place): Ringing<RingOutcome> {
  call.forwards.push({ by: user.extension, to, when });
  if (to === 'voicemail') return yield* call.message(user.extension, ENDED[when] ?? (when as RingOutcome));
  return yield* call.to(call, to, at, user);
}

export function offDuty(call: ToldCall, { hours }: User): boolean {
  return hours !== undefined && !scheduleAt(hours, call.zone(), call.world.now).open;
}

export function keptFrom(call: ToldCall, user: User): 'do-not-disturb' | 'callee-busy' | undefined {
  if (user.dnd === true) return 'do-not-disturb';
  return user.callWaiting === false && call.hasCall(user.extension) ? 'callee-busy' : undefined;
}

/** What of the entries can ring now. @param later ms by which all of it begins later */
export function targetsOf(call: ToldCall, user: User, entries: readonly Entry[], later = 0): ReferenceTarget[] {
  const targets: ReferenceTarget[] = [];
  for (const { to, ring, after = 0 } of entries) {
    const number = to === 'mobile' ? user.mobile : to.startsWith('+') ? to : undefined;
    const found = number === undefined ? [] : waysTo(call, number, user, true);
    if (Array.isArray(found)) for (const each of found) targets.push({ ...each, after: after + later, ring });
    for (const device of number === undefined ? user.devices : []) {
      if (to !== 'devices' && to !== device.login) continue;
      if (!call.world.isReachable(call.domain, device.login)) continue;
      const did = device.trunk === true ? call.did : undefined;
      targets.push({ rings: device.login, after: after + later, ring, did });
    }
  }
  return once(targets);
}

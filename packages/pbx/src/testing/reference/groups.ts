import type { Group } from '../../model/model.ts';
import { membersInOrder } from '../../routing/member-order.ts';
import type { QueueOutcome, RingOutcome } from '../../routing/plan.ts';
import { knownTo } from './known.ts';
import { longest } from './lists.ts';
import { gathered } from './members.ts';
import type { Place, Ringing, ToldCall } from './told-call.ts';
import { entriesOf, offDuty } from './users.ts';

const ALL_MS = 25_000;
const EACH_MS = 15_000;

/** @param waits whether the caller waits for one who is free, by the group's own word unless a scheme says so */
export function* reachGroup(
  call: ToldCall,
  group: Group,
  from: Place,
  waits = group.queue !== undefined,
): Ringing<RingOutcome> {
  const at = call.enter(`group ${group.extension}`, from);
  call.visited.add(group.extension);
  call.group = group.extension;
  const known = knownTo(call, group.knownEmployee, group);
  if (known !== undefined) yield* call.ring(known.targets, known.ring, true);
  const waited = waits ? yield* waitFor(call, group) : undefined;
  const outcome = waited === undefined ? yield* ringMembers(call, group) : WAITED[waited];
  const to = waited === undefined ? group.noAnswer : (overflowOf(group, waited) ?? group.noAnswer);
  if (to === undefined) return call.back(outcome);
  if (to === 'voicemail') return yield* call.message(group.extension, outcome);
  return yield* call.to(call, to, at, group);
}

const WAITED: Readonly<Record<QueueOutcome, RingOutcome>> = {
  'queue-full': 'callee-busy',
  'queue-waited': 'no-answer',
  'queue-nobody': 'unreachable',
};

function overflowOf({ queue }: Group, waited: QueueOutcome): string | undefined {
  const { full, waited: late, nobody } = queue?.overflow ?? {};
  return { 'queue-full': full, 'queue-waited': late, 'queue-nobody': nobody }[waited];
}

function* waitFor(call: ToldCall, group: Group): Ringing<QueueOutcome> {
  if (call.world.waitingIn(call.domain, group.extension) >= (group.queue?.max ?? 100)) return 'queue-full';
  if (!group.members.some(({ to }) => mayComeTo(call, group, to))) return 'queue-nobody';
  return yield* call.wait(group);
}

/** Whether a member will take calls when they have time. */
function mayComeTo(call: ToldCall, group: Group, to: string): boolean {
  if (to.startsWith('+')) return true;
  const user = call.domain.users.find(({ extension }) => extension === to);
  if (user === undefined || user.dnd === true || offDuty(call, user)) return false;
  if (group.login === true && !call.world.isLoggedIn(call.domain, group.extension, to)) return false;
  const phones = user.devices.filter(({ login }) => call.world.isReachable(call.domain, login));
  return entriesOf(user).some(
    (entry) =>
      entry.to === 'mobile' ||
      entry.to.startsWith('+') ||
      (entry.to === 'devices' ? phones.length > 0 : phones.some(({ login }) => login === entry.to)),
  );
}

function* ringMembers(call: ToldCall, group: Group): Ringing<RingOutcome> {
  const waves = wavesOf(call, group);
  let outcome: RingOutcome = 'unreachable';
  for (let round = 1; round <= (group.rounds ?? 1); round++) {
    let rang = false;
    for (const wave of waves) {
      const { targets, busy } = gathered(call, wave, group);
      if (busy) outcome = 'callee-busy';
      if (targets.length === 0) continue;
      rang = true;
      const limit = group.ring ?? (waves.length === 1 ? ALL_MS : EACH_MS);
      outcome = yield* call.ring(targets, longest(targets, limit), true);
    }
    if (!rang) break;
  }
  return outcome;
}

/** Who rings with whom: by the words of the strategy. */
function wavesOf(call: ToldCall, group: Group): Group['members'][] {
  const { members, strategy = 'all' } = group;
  const { domain, world } = call;
  const does = (to: string) => world.activity(domain, to);
  const alone = (list: readonly Group['members'][number][]) => list.map((member) => [member]);
  const ranks = [...new Set(members.map(({ priority = 1 }) => priority))].sort((a, b) => a - b);
  const equals = ranks.map((rank) => members.filter(({ priority = 1 }) => priority === rank));
  if (members.length === 0) return [];
  if (strategy === 'all') return [members];
  if (strategy === 'sequential') return alone(members);
  if (strategy === 'longest-idle') return alone(least(members, (to) => does(to).lastTalkEnd));
  if (strategy === 'fewest-calls') return alone(least(members, (to) => does(to).answered));
  if (strategy === 'least-talk') return alone(least(members, (to) => does(to).talkMs));
  if (strategy === 'priority') return equals;
  if (strategy === 'priority-longest-idle') {
    return equals.flatMap((some) => alone(least(some, (to) => does(to).lastTalkEnd)));
  }
  return byChance(call, group);
}

/** Those with less before those with more, equals as they stand in the file. */
function least(list: Group['members'], count: (to: string) => number) {
  const left = [...list];
  const order: Group['members'][number][] = [];
  while (left.length > 0) {
    const lowest = Math.min(...left.map(({ to }) => count(to)));
    order.push(
      ...left.splice(
        left.findIndex(({ to }) => count(to) === lowest),
        1,
      ),
    );
  }
  return order;
}

/** Chance can be told by nobody but the router; but it must be an order of the members, and not always the file's. */
function byChance(call: ToldCall, group: Group): Group['members'][] {
  const { domain, caller, dialled, seed, world } = call;
  const journey = { call: { domain, caller, dialled, seed }, story: [], visited: [], path: [], frames: [] };
  const order = membersInOrder(journey, group, world).map((wave) => [...wave]);
  if (order.some(({ length }) => length !== 1) || new Set(order.flat()).size !== group.members.length) {
    throw new Error('no order');
  }
  if (order.some(([member], at) => member !== group.members[at])) call.shuffled = true;
  return order;
}

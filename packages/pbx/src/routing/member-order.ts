import type { Frozen, Group } from '../model/model.ts';
import type { GroupMember } from '../schema/group.ts';
import type { Journey } from './journey.ts';
import type { Activity, World } from './plan.ts';

type Member = Frozen<GroupMember>;
type Waves = readonly (readonly Member[])[];

/** The members of a group as its strategy rings them: those of one wave together, the waves in turn. */
export function membersInOrder({ call }: Journey, group: Group, world: World): Waves {
  const { members, strategy = 'all' } = group;
  const activityOf = ({ to }: Member): Activity => world.activity(call.domain, to);
  const by = (count: (activity: Activity) => number): Waves =>
    each(sorted(members, (member) => count(activityOf(member))));
  switch (strategy) {
    case 'all':
      return members.length === 0 ? [] : [members];
    case 'sequential':
      return each(members);
    case 'random':
      return each(shuffled(members, call.seed ?? 0));
    case 'longest-idle':
      return by(({ lastTalkEnd }) => lastTalkEnd);
    case 'fewest-calls':
      return by(({ answered }) => answered);
    case 'least-talk':
      return by(({ talkMs }) => talkMs);
    case 'priority':
      return byPriority(members);
    case 'priority-longest-idle':
      return byPriority(members).flatMap((equals) => each(sorted(equals, (member) => activityOf(member).lastTalkEnd)));
  }
}

function each(members: readonly Member[]): Waves {
  return members.map((member) => [member]);
}

/** Equals keep the order of the file. Each is asked about once, not at each comparison. */
function sorted(members: readonly Member[], weigh: (member: Member) => number): Member[] {
  return members
    .map((member) => [weigh(member), member] as const)
    .sort(([one], [other]) => one - other)
    .map(([, member]) => member);
}

function byPriority(members: readonly Member[]): Member[][] {
  const equals = new Map<number, Member[]>();
  for (const member of members) {
    const priority = member.priority ?? 1;
    const same = equals.get(priority);
    if (same === undefined) equals.set(priority, [member]);
    else same.push(member);
  }
  return [...equals].sort(([one], [other]) => one - other).map(([, same]) => same);
}

/** Any order as likely as any other (Fisher and Yates), the same for the same seed. */
function shuffled(members: readonly Member[], seed: number): Member[] {
  const result = [...members];
  let state = seed | 0;
  for (let i = result.length - 1; i > 0; i--) {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    const j = ((mixed ^ (mixed >>> 14)) >>> 0) % (i + 1);
    [result[i], result[j]] = [result[j]!, result[i]!];
  }
  return result;
}

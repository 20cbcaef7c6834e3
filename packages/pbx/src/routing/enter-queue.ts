import type { Group } from '../model/model.ts';
import { agentsOf, isThere } from '../queue/agents.ts';
import { queueRules } from '../queue/queue-rules.ts';
import { formatDuration } from '../schema/duration.ts';
import { type Journey, planOf, told, within } from './journey.ts';
import { leaveGroup } from './leave-group.ts';
import type { Decision } from './onward.ts';
import type { QueueOutcome, RingOutcome, World } from './plan.ts';

/** The caller waits for a member who is free, unless there is no place, or nobody to be waited for. */
export function enterQueue(journey: Journey, group: Group, because: string, world: World): Decision {
  const { domain } = journey.call;
  const { extension, name } = group;
  const here = because === '' ? journey : told(journey, because);
  const waiting = world.waitingIn(domain, extension);
  if (waiting >= queueRules(group).max) return leaveQueue(here, group, 'queue-full', world);
  if (!agentsOf(domain, group, world).some(isThere)) return leaveQueue(here, group, 'queue-nobody', world);
  const before = waiting === 0 ? 'nobody waits' : waiting === 1 ? 'one waits' : `${waiting} wait`;
  return planOf(within(here, { in: 'queue', group, path: here.path }), {
    do: 'queue',
    group,
    because: `group ${name}: the caller waits in its queue, where ${before}`,
  });
}

/** How what became of the wait counts where the call goes on. */
const OUTCOMES: Readonly<Record<QueueOutcome, RingOutcome>> = {
  'queue-full': 'callee-busy',
  'queue-waited': 'no-answer',
  'queue-nobody': 'unreachable',
};

const OVERFLOW = { 'queue-full': 'full', 'queue-waited': 'waited', 'queue-nobody': 'nobody' } as const;

/** Nobody took the caller: the queue's own way for that, else the group's. By the group as it is now, where it is there still. */
export function leaveQueue(journey: Journey, group: Group, how: QueueOutcome, world: World): Decision {
  const now = world.directory.findGroup(journey.call.domain, group.extension) ?? group;
  const overflow = now.queue?.overflow?.[OVERFLOW[how]];
  const { max, wait } = queueRules(now);
  const texts = {
    'queue-full': `all ${max} places are taken`,
    'queue-waited': `nobody took the call within ${formatDuration(wait)}`,
    'queue-nobody': 'no agent is there',
  };
  const here = told(journey, `queue of ${now.name}: ${texts[how]}`);
  return leaveGroup(here, overflow === undefined ? now : { ...now, noAnswer: overflow }, OUTCOMES[how]);
}

import type { User } from '../model/model.ts';
import type { Ordered } from './codes.ts';
import { type Journey, planOf, rejected } from './journey.ts';
import type { Plan, World } from './plan.ts';

/** What an employee orders about calls of groups, by a code. */
export type AgentOrder = 'login' | 'logout' | 'pause' | 'resume';

/** Logs an employee in or out, or begins or ends their pause, where there is a group that this is about. */
export function orderOfAgent(
  journey: Journey,
  user: User,
  action: AgentOrder,
  { code, digits }: Ordered,
  world: World,
): Plan {
  const { domain } = journey.call;
  const is = `${code} is ${TEXTS[action]}`;
  if (action === 'pause' || action === 'resume') {
    return planOf(journey, { do: 'agent', action, groups: [], because: is });
  }
  const mine = world.directory
    .groupsOf(domain, user.extension)
    .filter(({ login, extension }) => login === true && (digits === '' || extension === digits))
    .map(({ extension }) => extension);
  if (mine.length === 0) {
    const text =
      digits === ''
        ? `${user.name} is in no group whose members log in`
        : `${digits} is no group of ${user.name} whose members log in`;
    return rejected(journey, 'not-found', text, is);
  }
  return planOf(journey, { do: 'agent', action, groups: mine, because: `${is}: group ${mine.join(', ')}` });
}

const TEXTS: Readonly<Record<AgentOrder, string>> = {
  login: 'the log-in of agents',
  logout: 'the log-out of agents',
  pause: 'the pause of agents',
  resume: 'the end of a pause',
};

import { inTurns, type Steps } from '@vats/kernel';
import { amounts, type Domain, type SpendingAccounts, type SpendingSubject, whom } from '@vats/pbx';
import type { Switch } from '../create-switch.ts';
import { ControlError, type ControlRoutes } from './control-server.ts';
import { theDomain } from './the-domain.ts';

/** Subjects looked at in one step. */
const STEP = 200;

/** What the operator's commands may ask about the limits of calls outside. */
export function limitRoutes({ model, spending }: Pick<Switch, 'model' | 'spending'>): ControlRoutes {
  return {
    'GET /limits': async ({ query }) => {
      const domain = theDomain(model, query.get('domain') ?? undefined);
      const subjects = subjectsOf(domain, query.get('user'), query.get('trunk'));
      return { domain: domain.name, limits: await inTurns(looking(spending, subjects)) };
    },
  };
}

interface Named {
  readonly subject: SpendingSubject;
  readonly name?: string;
}

/** The domain with its trunks and users, or the ones that were asked for. */
function subjectsOf({ id, name, trunks, users }: Domain, user: string | null, trunk: string | null): Named[] {
  const ofTrunks = trunks
    .filter((each) => user === null && (trunk === null || each.name === trunk))
    .map((each): Named => ({ subject: { kind: 'trunk', domain: id, trunk: each.name } }));
  const ofUsers = users
    .filter(({ extension }) => trunk === null && (user === null || extension === user))
    .map((each): Named => {
      return { subject: { kind: 'user', domain: id, extension: each.extension }, name: each.name };
    });
  if (user !== null && ofUsers.length === 0) throw new ControlError(404, `there is no user ${user} in ${name}`);
  if (trunk !== null && ofTrunks.length === 0) throw new ControlError(404, `there is no trunk ${trunk} in ${name}`);
  const ofDomain: Named[] = user === null && trunk === null ? [{ subject: { kind: 'domain', domain: id }, name }] : [];
  return [...ofDomain, ...ofTrunks, ...ofUsers];
}

/** What is bounded, or used. */
function* looking(spending: SpendingAccounts, subjects: readonly Named[]): Steps<unknown[]> {
  const rows: unknown[] = [];
  for (const [index, { subject, name }] of subjects.entries()) {
    for (const state of spending.explain(subject)) {
      if (state.of === undefined && state.used === 0) continue;
      rows.push({ ...whom(subject), ...(name !== undefined && { name }), ...amounts(state) });
    }
    if (index % STEP === STEP - 1) yield;
  }
  return rows;
}

import { codesOf, type Domain, digitsAfter } from '@vats/pbx';
import { z } from 'zod';
import type { Switch } from '../create-switch.ts';
import { bodyOf } from './body-of.ts';
import { ControlError, type ControlRoutes } from './control-server.ts';
import { theDomain } from './the-domain.ts';

const pauseBody = z.strictObject({
  /** In the employee's words. */
  reason: z.string().trim().min(1).max(64).exactOptional(),
});

/** The queues, their agents, and the codes by which employees tell the switch of themselves. */
export function queueRoutes({
  calls,
  clock,
  logins,
  model,
}: Pick<Switch, 'calls' | 'clock' | 'logins' | 'model'>): ControlRoutes {
  const agents = () =>
    calls.queues().flatMap(({ domain, group, name, agents: all }) =>
      all.map(({ name: agent, ...each }) => {
        const of = model.domainNamed(domain);
        const pause = of && logins.pauseOf(of.id, each.to);
        return {
          domain,
          group,
          groupName: name,
          ...each,
          ...(agent !== undefined && { name: agent }),
          ...(pause && { pause }),
        };
      }),
    );
  return {
    'GET /queues': () => ({ now: clock.now(), queues: calls.queues() }),
    'GET /agents': () => ({ now: clock.now(), agents: agents() }),
    'PUT /agents/:member/pause': ({ params, query, body }) => {
      const { domain, extension } = employeeOf(model, query.get('domain') ?? undefined, params.member);
      const { reason } = bodyOf(pauseBody, body);
      const before = logins.pauseOf(domain.id, extension);
      const since = before?.since ?? clock.now();
      logins.setPause(domain.id, extension, { since, ...(reason !== undefined && { reason }) });
      return { member: extension, paused: true, changed: before === undefined };
    },
    'DELETE /agents/:member/pause': ({ params, query }) => {
      const { domain, extension } = employeeOf(model, query.get('domain') ?? undefined, params.member);
      return { member: extension, paused: false, changed: logins.setPause(domain.id, extension, undefined) };
    },
    'GET /codes': ({ query }) => {
      const domain = theDomain(model, query.get('domain') ?? undefined);
      const codes = codesOf(domain).map(([feature, code]) => {
        const digits = digitsAfter(feature);
        return { feature, code, ...(digits !== undefined && { digits }) };
      });
      return { codes };
    },
  };
}

function employeeOf(
  model: Switch['model'],
  name: string | undefined,
  member = '',
): { readonly domain: Domain; readonly extension: string } {
  const domain = theDomain(model, name);
  const user = model.directory.findUser(domain, member);
  if (user !== undefined) return { domain, extension: user.extension };
  throw new ControlError(404, `nobody in ${domain.name} has extension ${member}: vats agents shows who is an agent`);
}

import { formatEndpoint } from '@vats/kernel';
import { fromWire } from '@vats/sip';
import type { Switch } from '../create-switch.ts';
import { readResource } from '../watching/resource.ts';
import type { ControlRoutes } from './control-server.ts';
import { theDomain } from './the-domain.ts';

/** What the operator's commands may ask about who watches whom. */
export function subscriptionRoutes({ model, clock, watching }: Switch): ControlRoutes {
  return {
    'GET /subscriptions': ({ query }) => {
      const only = query.has('domain') ? theDomain(model, query.get('domain') ?? undefined).id : undefined;
      return {
        now: clock.now(),
        subscriptions: watching
          .snapshots()
          .filter(({ watcher }) => only === undefined || watcher.domain === only)
          .map(({ package: name, resource, watcher, flow, left, documents }) => {
            const watched = readResource(resource);
            return {
              domain: model.directory.domainById(watcher.domain)?.name ?? '',
              login: fromWire(watcher.login),
              package: name,
              kind: watched.kind,
              watched: watched.name,
              source: formatEndpoint(flow.observed),
              transport: flow.transport,
              ...(watcher.client !== undefined && { client: watcher.client }),
              expiresAt: clock.now() + left,
              documents,
            };
          }),
      };
    },
  };
}

/** For `vats status`: how many watch, what they were told, and what became of messages. */
export function subscriptionStatus({ watching, messages }: Switch) {
  const { size, counters } = watching.notifier;
  return { subscriptions: { alive: size, ...counters }, messages: messages.counters };
}

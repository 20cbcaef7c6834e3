import { formatEndpoint, type Random } from '@vats/kernel';
import { makePassword } from '@vats/pbx';
import type { BindingStatus } from '@vats/registrar';
import { fromWire } from '@vats/sip';
import { z } from 'zod';
import type { Switch } from '../create-switch.ts';
import { VERSION } from '../version.ts';
import { accessRoutes } from './access-routes.ts';
import { accessStatus } from './access-status.ts';
import { bodyOf } from './body-of.ts';
import { calendarStatus } from './calendar-status.ts';
import { changed } from './changed.ts';
import { contactRoutes } from './contact-routes.ts';
import { ControlError, type ControlRoutes } from './control-server.ts';
import { explainCallRoutes } from './explain-call.ts';
import { groupRoutes } from './group-routes.ts';
import { historyRoutes } from './history-routes.ts';
import { limitRoutes } from './limit-routes.ts';
import { ownRoutes } from './own-routes.ts';
import { queueRoutes } from './queue-routes.ts';
import { rateRoutes } from './rate-routes.ts';
import { recordingRoutes } from './recording-routes.ts';
import { regionRoutes } from './region-routes.ts';
import { scheduleRoutes } from './schedule-routes.ts';
import { subscriptionRoutes, subscriptionStatus } from './subscription-routes.ts';
import { supervisionRoutes } from './supervision-routes.ts';
import { trunkRoutes, trunkStatus } from './trunk-routes.ts';
import { userListRoutes } from './user-list-routes.ts';
import { voicemailRoutes } from './voicemail-routes.ts';

const applyBody = z.strictObject({
  path: z.string(),
  name: z.string(),
  text: z.string(),
  prune: z.boolean().default(false),
  dryRun: z.boolean().default(false),
});
const userBody = z.strictObject({
  extension: z.string(),
  name: z.string(),
  login: z.string(),
  password: z.string().optional(),
  domain: z.string().optional(),
});
const passwordBody = z.strictObject({ password: z.string().optional() });

/** What the operator's commands may ask of a running switch. */
export function switchRoutes(running: Switch, random: Random, reload: () => Promise<unknown>): ControlRoutes {
  const { model, calls, registrar, clock } = running;
  const domainOf = (query: URLSearchParams) => {
    const name = query.get('domain') ?? undefined;
    const domain = model.domainNamed(name);
    if (name !== undefined && domain === undefined) throw new ControlError(404, `there is no domain ${name}`);
    return domain;
  };
  return {
    'GET /status': () => status(running),
    'GET /calls': () => ({ now: clock.now(), calls: calls.snapshots() }),
    'GET /conferences': () => ({ now: clock.now(), conferences: calls.conferences() }),
    'DELETE /calls/:id': ({ params }) => {
      if (!calls.hangUp(params.id ?? '')) throw new ControlError(404, `there is no call ${params.id}`);
      return {};
    },
    'GET /registrations': ({ query }) => ({
      now: clock.now(),
      registrations: registrar
        .registrations(query.has('domain') ? domainOf(query)?.id : undefined)
        .map((status) => registrationRow(status, model.directory.domainById(status.binding.domain)?.name ?? '')),
    }),
    'POST /apply': async ({ body }) => changed(await model.applyFile(bodyOf(applyBody, body))),
    'GET /export': ({ query }) => {
      const text = model.export(query.get('domain') ?? undefined);
      if (text === undefined) {
        const names = model.directory.model.domains.map((domain) => domain.name);
        throw new ControlError(
          404,
          names.length === 0
            ? 'there is no domain yet'
            : `there is no such domain, or more than one: name one of ${names.join(', ')} (vats export DOMAIN)`,
        );
      }
      return { text };
    },
    'POST /users': async ({ body }) => {
      const { password: given, domain, ...user } = bodyOf(userBody, body);
      const password = given ?? makePassword(random, user.login);
      const answer = changed(await model.addUser({ ...user, password, ...(domain === undefined ? {} : { domain }) }));
      return { ...answer, login: user.login, password };
    },
    'DELETE /users/:extension': async ({ params, query }) =>
      changed(await model.removeUser(params.extension ?? '', query.get('domain') ?? undefined)),
    'PUT /devices/:login/password': async ({ params, query, body }) => {
      const login = params.login ?? '';
      const { password = makePassword(random, login) } = bodyOf(passwordBody, body ?? {});
      const answer = changed(await model.setPassword(login, password, query.get('domain') ?? undefined));
      return { ...answer, login, password };
    },
    'POST /reload': () => reload(),
    ...ownRoutes(running),
    ...accessRoutes(running),
    ...explainCallRoutes(running),
    ...scheduleRoutes(running),
    ...historyRoutes(running),
    ...userListRoutes(running, random),
    ...contactRoutes(running),
    ...rateRoutes(running),
    ...limitRoutes(running),
    ...regionRoutes(running),
    ...trunkRoutes(running),
    ...groupRoutes(running),
    ...queueRoutes(running),
    ...recordingRoutes(running),
    ...voicemailRoutes(running),
    ...supervisionRoutes(running),
    ...subscriptionRoutes(running),
  };
}

function status(running: Switch) {
  const {
    settings,
    transport,
    transactions,
    overload,
    media,
    store,
    model,
    registrar,
    calls,
    ledger,
    authenticator,
    disk,
    storage,
  } = running;
  const health = store.health();
  const now = running.clock.now();
  return {
    version: VERSION,
    pid: process.pid,
    now,
    startedAt: running.startedAt,
    data: settings.data,
    listeners: running.listeners.map((listener) => `${listener.transport}://${formatEndpoint(listener.endpoint)}`),
    domains: model.directory.model.domains.map(({ name, users }) => ({ name, users: users.length })),
    registrations: registrar.size,
    trunks: trunkStatus(running),
    calendars: calendarStatus(model.directory.model.domains, now),
    calls: calls.size,
    tls: { certificates: running.tls.certificates, warnings: running.tls.warnings },
    media: media.statistics(),
    recordings: {
      low: disk.isLow,
      minFree: settings.recordings.minFree,
      ...(disk.free !== undefined && { free: disk.free }),
      ...(storage.status !== undefined && { storage: storage.status }),
    },
    load: overload.status,
    access: accessStatus(running),
    store: { ok: health.ok, pending: health.pending, ...(health.error && { error: health.error.message }) },
    sip: { ...transport.counters, ...transactions.counters, authenticationFailures: authenticator.failures },
    watching: subscriptionStatus(running),
    ledger: ledger.counts(),
    memory: process.memoryUsage.rss(),
  };
}

function registrationRow({ binding, reachability, lastSeen, behindNat, roundTrip }: BindingStatus, domain: string) {
  return {
    domain,
    login: binding.login,
    contact: binding.contact,
    transport: binding.flow.transport,
    source: formatEndpoint(binding.flow.observed),
    /** Behind a proxy, where `source` is the proxy's. */
    ...(binding.client !== undefined && { client: binding.client.address }),
    ...(binding.userAgent !== undefined && { userAgent: fromWire(binding.userAgent) }),
    registeredAt: binding.registeredAt,
    expiresAt: binding.expiresAt,
    reachable: reachability.reachable,
    ...(reachability.reachable ? {} : { reason: reachability.reason }),
    lastSeen,
    behindNat,
    ...(roundTrip === undefined ? {} : { roundTrip }),
  };
}

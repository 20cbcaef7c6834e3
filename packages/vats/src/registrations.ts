import { commonEnds, formatEndpoint, type Log } from '@vats/kernel';
import type { Model } from '@vats/pbx';
import type { RegistrarAccount, RegistrarEvent } from '@vats/registrar';
import type { Authenticated } from './front-door/authenticator.ts';
import type { Visitor } from './front-door/visitors.ts';

/** Accounts whose bindings must go: removed ones, and those whose password changed, as after a theft. */
export function* accountsGone(before: Model, after: Model): Iterable<readonly [domain: string, login: string]> {
  for (const old of before.domains) {
    const domain = after.domains.find(({ id }) => id === old.id);
    if (domain?.users === old.users) continue;
    const [then, now] = [old.users, domain?.users ?? []];
    // Most users are the same objects, mostly in the same places, and their logins are nobody else's.
    const { head, tail } = commonEnds(then, now);
    const gone = new Set(then.slice(head, then.length - tail));
    const changed = now.slice(head, now.length - tail).filter((user) => !gone.delete(user));
    const devices = new Map(changed.flatMap((user) => user.devices.map((device) => [device.login, device])));
    for (const device of [...gone].flatMap((user) => user.devices)) {
      if (devices.get(device.login)?.ha1.md5 !== device.ha1.md5) yield [old.id, device.login];
    }
  }
}

/** The account that a REGISTER proved, in the registrar's words. */
export function registrarAccount({ domain, user, device }: Authenticated, visitor: Visitor): RegistrarAccount {
  return {
    domain: domain.id,
    login: device.login,
    alsoKnownAs: [user.extension],
    ...(device.bindings !== undefined && { maxBindings: device.bindings }),
    ...(visitor.viaProxy && {
      client: { address: visitor.address, port: visitor.port, transport: visitor.transport },
    }),
  };
}

/** A line of the log for what became of a phone's registration. */
export function logRegistration(log: Log, domain: string | undefined, event: RegistrarEvent): void {
  const { login, contact, flow, client } = event.binding;
  const observed = formatEndpoint(flow.observed);
  const source = client === undefined ? { source: observed } : { source: client.address, proxy: observed };
  const fields = { domain, login, contact, ...source, transport: flow.transport };
  const level = event.type === 'refreshed' ? 'debug' : event.type === 'unreachable' ? 'warn' : 'info';
  log[level](`phone.${event.type}`, 'reason' in event ? { ...fields, reason: event.reason } : fields);
}

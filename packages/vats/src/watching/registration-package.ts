import type { Clock } from '@vats/kernel';
import type { Directory } from '@vats/pbx';
import type { Binding, Registrar } from '@vats/registrar';
import { type EventPackage, fromWire, REGINFO_TYPE, type RegisteredContact, writeReginfo } from '@vats/sip';
import type { PbxWatcher } from './pbx-watcher.ts';
import { type Resource, readResource } from './resource.ts';

export interface RegistrationSources {
  readonly clock: Clock;
  readonly directory: () => Directory;
  readonly registrar: Pick<Registrar, 'bindingsOf'>;
}

/** Where an account, or all accounts of an employee, are registered (RFC 3680). */
export function registrationPackage(sources: RegistrationSources): EventPackage<PbxWatcher> {
  return {
    name: 'reg',
    types: [REGINFO_TYPE],
    expiry: { shortest: 60, usual: 3_761, longest: 86_400 },
    state: (key) => {
      const { domain } = readResource(key);
      const logins = loginsOf(sources.directory(), readResource(key));
      if (logins === undefined) return undefined;
      const now = sources.clock.now();
      const contacts = logins
        .flatMap((login) => sources.registrar.bindingsOf(domain, login))
        .map(({ binding }) => contactOf(binding, now));
      return { write: (_type, { entity }, version) => writeReginfo(entity, version, contacts) };
    },
  };
}

function loginsOf(directory: Directory, { domain: id, kind, name }: Resource): readonly string[] | undefined {
  const domain = directory.domainById(id);
  if (domain === undefined) return undefined;
  const user = directory.findUser(domain, name);
  const logins = user?.devices.map(({ login }) => login);
  return kind === 'account' ? logins?.filter((login) => login === name) : logins;
}

function contactOf(binding: Binding, now: number): RegisteredContact {
  const { id, contact, callId, cseq, q, userAgent, registeredAt, expiresAt } = binding;
  return {
    id,
    uri: fromWire(contact),
    expires: Math.max(0, Math.round((expiresAt - now) / 1000)),
    registeredFor: Math.max(0, Math.round((now - registeredAt) / 1000)),
    callId: fromWire(callId),
    cseq,
    q,
    event: 'registered',
    ...(userAgent !== undefined && { userAgent: fromWire(userAgent) }),
  };
}

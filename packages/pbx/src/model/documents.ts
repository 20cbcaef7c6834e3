import { GROUPS, type JsonObject, type Kind, type ListName, NUMBERS, SCHEMES, TRUNKS, USERS } from './kinds.ts';
import type { Domain, Managed, ManagedBy, SettingName } from './model.ts';
import { readSettings, writeSettings } from './settings.ts';

/**
 * One object of a domain, as a store keeps it. `document` is in the file's form, which is a promise to operators, so that
 * it outlives changes of the model's own; what must not lie in clear is in `secret` alone.
 */
export interface ObjectDocument {
  readonly list: ListName;
  readonly key: string;
  readonly managedBy: ManagedBy;
  readonly document: JsonObject;
  readonly secret?: string;
}

/** What of a domain is not an object of a list. */
export interface DomainDocument {
  readonly id: string;
  readonly name: string;
  readonly realm: string;
  readonly managedBy: ManagedBy;
  readonly settings: JsonObject;
  readonly settingsBy: Readonly<Partial<Record<SettingName, ManagedBy>>>;
}

export function documentOf(domain: Domain): DomainDocument {
  const { id, name, realm, managedBy, settings, settingsBy } = domain;
  return { id, name, realm, managedBy, settings: writeSettings(settings), settingsBy };
}

/** An object of a domain to whoever keeps it: told apart by identity, written only when asked. */
export interface ObjectRef {
  readonly list: ListName;
  readonly key: string;
  /** The same thing as long as the object does not change. */
  readonly identity: object;
  write(): ObjectDocument;
}

/** The objects of a domain, in their order. */
export function objectsOf(domain: Domain): ObjectRef[] {
  const refs = <T extends Managed>(kind: Kind<T>, objects: readonly T[]): ObjectRef[] =>
    objects.map((object) => ({
      list: kind.list,
      key: kind.key(object),
      identity: object,
      write: () => documentOfObject(kind, object, domain.realm),
    }));
  return [
    ...refs(USERS, domain.users),
    ...refs(GROUPS, domain.groups),
    ...refs(TRUNKS, domain.trunks),
    ...refs(NUMBERS, domain.numbers),
    ...refs(SCHEMES, domain.schemes),
  ];
}

function documentOfObject<T extends Managed>(kind: Kind<T>, object: T, realm: string): ObjectDocument {
  const about = { list: kind.list, key: kind.key(object), managedBy: object.managedBy };
  const { document, secrets } = withoutSecrets(kind.list, kind.write(object, realm));
  return secrets === undefined ? { ...about, document } : { ...about, document, secret: JSON.stringify(secrets) };
}

/** The domain that `documentOf` and `objectsOf` wrote. Throws for anything else. */
export function domainOfDocuments(document: DomainDocument, objects: readonly ObjectDocument[]): Domain {
  const { settings, ...rest } = document;
  const read = <T extends Managed>(kind: Kind<T>): T[] =>
    objects
      .filter(({ list }) => list === kind.list)
      .map((object) => kind.read(withSecrets(object), object.managedBy as T['managedBy']));
  return {
    ...rest,
    settings: readSettings(settings),
    users: read(USERS),
    groups: read(GROUPS),
    trunks: read(TRUNKS),
    numbers: read(NUMBERS),
    schemes: read(SCHEMES),
  };
}

/** Where secrets stand in the documents of a list: of each device its `ha1`, of a trunk's registration its `password`. */
function withoutSecrets(list: ListName, written: JsonObject): { document: JsonObject; secrets?: JsonObject } {
  if (list === 'users') {
    const devices = (written.devices ?? []) as JsonObject[];
    if (devices.length === 0) return { document: written };
    const stripped = devices.map(({ ha1: _, ...device }) => device);
    return {
      document: { ...written, devices: stripped },
      secrets: Object.fromEntries(devices.map(({ login, ha1 }) => [String(login), ha1 ?? null])),
    };
  }
  const register = list === 'trunks' ? (written.register as JsonObject | undefined) : undefined;
  if (register === undefined) return { document: written };
  const { password = null, ...stripped } = register;
  return { document: { ...written, register: stripped }, secrets: { password } };
}

function withSecrets({ list, document, secret }: ObjectDocument): JsonObject {
  if (secret === undefined) return document;
  const secrets = JSON.parse(secret) as JsonObject;
  if (list === 'trunks') {
    const register = document.register as JsonObject;
    return { ...document, register: { ...register, password: secrets.password ?? null } };
  }
  const devices = document.devices as JsonObject[];
  return { ...document, devices: devices.map((device) => ({ ...device, ha1: secrets[String(device.login)] ?? null })) };
}

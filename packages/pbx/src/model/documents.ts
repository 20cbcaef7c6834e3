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

/** A list of a domain to whoever keeps it: its objects are told apart by identity, and written only when asked. */
export interface ObjectList {
  readonly list: ListName;
  /** Each is the same thing as long as it does not change, and so are all of them together. */
  readonly objects: readonly object[];
  /** What one of them is known by. */
  keyOf(object: object): string;
  write(object: object): ObjectDocument;
}

export function objectListsOf(domain: Domain): ObjectList[] {
  const listOf = <T extends Managed>(kind: Kind<T>, objects: readonly T[]): ObjectList => ({
    list: kind.list,
    objects,
    keyOf: (object) => kind.key(object as T),
    write: (object) => documentOfObject(kind, object as T, domain.realm),
  });
  return [
    listOf(USERS, domain.users),
    listOf(GROUPS, domain.groups),
    listOf(TRUNKS, domain.trunks),
    listOf(NUMBERS, domain.numbers),
    listOf(SCHEMES, domain.schemes),
  ];
}

function documentOfObject<T extends Managed>(kind: Kind<T>, object: T, realm: string): ObjectDocument {
  const about = { list: kind.list, key: kind.key(object), managedBy: object.managedBy };
  const { document, secrets } = withoutSecrets(kind.list, kind.write(object, realm));
  return secrets === undefined ? { ...about, document } : { ...about, document, secret: JSON.stringify(secrets) };
}

/** The domain that `documentOf` and `objectListsOf` wrote. Throws for anything else. */
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

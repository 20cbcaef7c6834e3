import { commonEnds } from '@vats/kernel';
import type {
  Conference,
  Device,
  Domain,
  DomainNumber,
  Group,
  Ha1Digests,
  Model,
  Scheme,
  Trunk,
  User,
} from './model.ts';

/** An account as a digest username named it. */
export interface DeviceMatch {
  readonly user: User;
  readonly device: Device;
  /** The digests for the username as it was written (`login` or `login@domain`). */
  readonly ha1: Ha1Digests;
}

interface DomainIndex {
  readonly devices: ReadonlyMap<string, DeviceMatch>;
  readonly users: ReadonlyMap<string, User>;
  readonly groups: ReadonlyMap<string, Group>;
  readonly conferences: ReadonlyMap<string, Conference>;
  readonly numbers: ReadonlyMap<string, DomainNumber>;
  readonly schemes: ReadonlyMap<string, Scheme>;
  /** Groups that a user is in, by the user's extension. */
  readonly memberships: ReadonlyMap<string, ReadonlySet<string>>;
  readonly trunks: ReadonlyMap<string, Trunk>;
}

/** Look-ups in one model. Made anew when the model changes; every answer is one step, however large the model. */
export class Directory {
  readonly model: Model;
  readonly #byHost = new Map<string, Domain>();
  readonly #byId = new Map<string, Domain>();
  readonly #indexes = new Map<string, DomainIndex>();

  /** @param before that of the model before: what was made of lists that are still the same serves on */
  constructor(model: Model, before?: Directory) {
    this.model = model;
    for (const domain of model.domains) {
      this.#byId.set(domain.id, domain);
      for (const alias of domain.settings.aliases ?? []) this.#byHost.set(alias, domain);
      this.#indexes.set(
        domain.id,
        indexOf(
          domain,
          before?.domainById(domain.id),
          before === undefined ? undefined : before.#indexes.get(domain.id),
        ),
      );
    }
    // After all aliases: a name is stronger than another domain's alias.
    for (const domain of model.domains) this.#byHost.set(domain.name, domain);
  }

  /**
   * The domain that a host (of a Request-URI, of To) means: by name or alias, in any case of letters. While there is one
   * domain only, any host means it.
   */
  findDomain(host: string): Domain | undefined {
    const { domains } = this.model;
    if (domains.length <= 1) return domains[0];
    return this.#byHost.get(host.toLowerCase());
  }

  domainById(id: string): Domain | undefined {
    return this.#byId.get(id);
  }

  /**
   * The account that a digest username names: `login`, or `login@domain` with the domain as it was called when the
   * password was set (the digest covers the whole username, so no other host can be checked).
   */
  findDevice(domain: Domain, username: string): DeviceMatch | undefined {
    const devices = this.#indexes.get(domain.id)?.devices;
    const plain = devices?.get(username);
    if (plain !== undefined) return plain;
    const at = username.lastIndexOf('@');
    if (at < 1) return undefined;
    const named = devices?.get(username.slice(0, at));
    const ha1 = named?.device.ha1.withDomain;
    return named !== undefined && ha1?.domain === username.slice(at + 1) ? { ...named, ha1 } : undefined;
  }

  /** The user with this extension, or with a device of this login. */
  findUser(domain: Domain, extensionOrLogin: string): User | undefined {
    const index = this.#indexes.get(domain.id);
    return index?.users.get(extensionOrLogin) ?? index?.devices.get(extensionOrLogin)?.user;
  }

  findGroup(domain: Domain, extension: string): Group | undefined {
    return this.#indexes.get(domain.id)?.groups.get(extension);
  }

  findConference(domain: Domain, extension: string): Conference | undefined {
    return this.#indexes.get(domain.id)?.conferences.get(extension);
  }

  /** Whether a public number (E.164) is one of the domain's own. */
  ownsNumber(domain: Domain, number: string): boolean {
    return this.findNumber(domain, number) !== undefined;
  }

  findNumber(domain: Domain, number: string): DomainNumber | undefined {
    return this.#indexes.get(domain.id)?.numbers.get(number);
  }

  /** Whether a user is a member of a group. */
  isMember(domain: Domain, group: string, extension: string): boolean {
    return this.#indexes.get(domain.id)?.memberships.get(extension)?.has(group) ?? false;
  }

  /** The groups that a user is a member of, in the order of the model. */
  groupsOf(domain: Domain, extension: string): readonly Group[] {
    const index = this.#indexes.get(domain.id);
    return [...(index?.memberships.get(extension) ?? [])].flatMap((group) => index?.groups.get(group) ?? []);
  }

  findScheme(domain: Domain, name: string): Scheme | undefined {
    return this.#indexes.get(domain.id)?.schemes.get(name);
  }

  findTrunk(domain: Domain, name: string): Trunk | undefined {
    return this.#indexes.get(domain.id)?.trunks.get(name);
  }
}

/** @param known the index of `before`, which is the domain as it was */
function indexOf(domain: Domain, before: Domain | undefined, known: DomainIndex | undefined): DomainIndex {
  const made = <Name extends keyof DomainIndex>(
    name: Name,
    list: 'users' | 'groups' | 'numbers' | 'schemes' | 'trunks',
    make: () => DomainIndex[Name],
  ): DomainIndex[Name] => (known !== undefined && before?.[list] === domain[list] ? known[name] : make());
  return {
    devices: made('devices', 'users', () => renewed(known?.devices, before?.users, domain.users, devicesOf)),
    users: made('users', 'users', () => renewed(known?.users, before?.users, domain.users, byExtension)),
    groups: made('groups', 'groups', () => new Map(domain.groups.map((group) => [group.extension, group]))),
    conferences:
      known !== undefined && before?.settings.conferences === domain.settings.conferences
        ? known.conferences
        : new Map(domain.settings.conferences?.map((conference) => [conference.extension, conference])),
    numbers: made('numbers', 'numbers', () => new Map(domain.numbers.map((number) => [number.number, number]))),
    memberships: made('memberships', 'groups', () => membershipsOf(domain)),
    schemes: made('schemes', 'schemes', () => new Map(domain.schemes.map((scheme) => [scheme.name, scheme]))),
    trunks: made('trunks', 'trunks', () => new Map(domain.trunks.map((trunk) => [trunk.name, trunk]))),
  };
}

/**
 * A look-up by what each object of a list is found by, made of the one for the list before where most of that stayed in its place. No two
 * objects of a list are found by the same.
 *
 * @param found what some of them are found by
 */
function renewed<T, Found>(
  known: ReadonlyMap<string, Found> | undefined,
  before: readonly T[] = [],
  now: readonly T[],
  found: (objects: readonly T[]) => Iterable<[string, Found]>,
): ReadonlyMap<string, Found> {
  if (known === undefined) return new Map(found(now));
  const { head, tail } = commonEnds(before, now);
  if (head + tail < now.length / 2) return new Map(found(now));
  const made = new Map(known);
  for (const [name] of found(before.slice(head, before.length - tail))) made.delete(name);
  for (const [name, object] of found(now.slice(head, now.length - tail))) made.set(name, object);
  return made;
}

function* byExtension(users: readonly User[]): Iterable<[string, User]> {
  for (const user of users) yield [user.extension, user];
}

function* devicesOf(users: readonly User[]): Iterable<[string, DeviceMatch]> {
  for (const user of users) {
    for (const device of user.devices) yield [device.login, { user, device, ha1: device.ha1 }];
  }
}

function membershipsOf(domain: Domain): Map<string, Set<string>> {
  const memberships = new Map<string, Set<string>>();
  for (const { extension, members } of domain.groups) {
    for (const { to } of members) {
      const groups = memberships.get(to) ?? new Set<string>();
      memberships.set(to, groups);
      groups.add(extension);
    }
  }
  return memberships;
}

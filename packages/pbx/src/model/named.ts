import type { Report } from '../check/domain-view.ts';
import type { KeyPath } from '../problems/problem.ts';
import type { PbxFile } from '../schema/pbx-file.ts';
import type { TrunkEntry } from '../schema/trunk.ts';
import type { DeviceEntry, UserEntry } from '../schema/user.ts';
import { type AccountFault, loginFault, passwordFault } from './account-rules.ts';
import { ha1Of } from './ha1.ts';
import type { Placed } from './merge.ts';
import type { Device, DomainNumber, Group, ManagedBy, Scheme, Trunk, User } from './model.ts';

/** The objects that a file names, as the model holds them. */
export interface NamedObjects {
  readonly users: readonly Placed<User>[];
  readonly groups: readonly Placed<Group>[];
  readonly trunks: readonly Placed<Trunk>[];
  readonly numbers: readonly Placed<DomainNumber>[];
  readonly schemes: readonly Placed<Scheme>[];
}

/** What turning a file's entries into objects takes beside the file. */
export interface Naming {
  readonly realm: string;
  readonly managedBy: ManagedBy;
  readonly unseal: (sealed: string) => string | undefined;
  readonly report: Report;
  /** The domain's account of that login, if it has one. */
  readonly known: (login: string) => Device | undefined;
  /** False where nobody knows which accounts there are: what breaks their rules may be one of them. */
  readonly judgeAccounts: boolean;
}

export function namedObjects(file: PbxFile, naming: Naming): NamedObjects {
  const { managedBy } = naming;
  const asIs = <T extends object>(entry: T): T & { managedBy: ManagedBy } => ({ ...entry, managedBy });
  return {
    users: placed('users', file.users, (entry, path) => userOf(entry, path, file.domain, naming)),
    groups: placed('groups', file.groups, asIs),
    trunks: placed('trunks', file.trunks, (entry, path) => trunkOf(entry, path, naming)),
    numbers: placed('numbers', file.numbers, asIs),
    schemes: placed('schemes', file.schemes, asIs),
  };
}

function placed<Entry, T>(
  list: string,
  entries: readonly Entry[] | undefined,
  make: (entry: Entry, path: KeyPath) => T,
) {
  return (entries ?? []).map((entry, index): Placed<T> => {
    const path = [list, index];
    return { object: make(entry, path), path };
  });
}

function userOf(entry: UserEntry, path: KeyPath, domain: string, naming: Naming): User {
  const { devices = [], ...rest } = entry;
  return {
    ...rest,
    devices: devices.map((device, index) => deviceOf(device, [...path, 'devices', index], domain, naming)),
    managedBy: naming.managedBy,
  };
}

function deviceOf(entry: DeviceEntry, path: KeyPath, domain: string, naming: Naming): Device {
  const { realm, report } = naming;
  const { password, ha1, ...rest } = entry;
  const known = naming.known(entry.login);
  /** An account that was there before the rule, as it is, stops nothing: only what is new is refused. */
  const judge = (fault: AccountFault | undefined, key: string, isNew: boolean): void => {
    if (fault === undefined) return;
    report(isNew && naming.judgeAccounts ? 'error' : 'warning', [...path, key], fault.message, fault.remedy);
  };
  if (ha1 !== undefined) {
    const { realm: hashedFor, ...digests } = ha1;
    if (hashedFor !== realm) {
      report(
        'error',
        [...path, 'ha1', 'realm'],
        `the digests are for the realm ${hashedFor}, and the domain's is ${realm}`,
        `write password:, or, where the domain is new, realm: ${hashedFor} at the top of the file`,
      );
    }
    // Digests come from an export, so this account is at work somewhere, perhaps for longer than the rule is there.
    judge(loginFault(entry.login), 'login', false);
    return { ...rest, ha1: digests };
  }
  // The schema has seen to it that one of the two is there.
  const clear = password ?? '';
  const hashed = ha1Of(entry.login, domain, realm, clear);
  judge(loginFault(entry.login), 'login', known === undefined);
  judge(passwordFault(entry.login, clear), 'password', known?.ha1.md5 !== hashed.md5);
  return { ...rest, ha1: hashed };
}

function trunkOf(entry: TrunkEntry, path: KeyPath, { managedBy, unseal, report }: Naming): Trunk {
  const { register, ...rest } = entry;
  if (register === undefined) return { ...rest, managedBy };
  if (typeof register.password === 'string')
    return { ...rest, register: { ...register, password: register.password }, managedBy };
  const password = unseal(register.password.sealed);
  if (password === undefined) {
    report(
      'error',
      [...path, 'register', 'password'],
      'the password was sealed with the key of another data directory',
      'write the password itself, in quotes',
    );
  }
  return { ...rest, register: { ...register, password: password ?? '' }, managedBy };
}

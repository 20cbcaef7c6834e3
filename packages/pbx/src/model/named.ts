import type { Steps } from '@vats/kernel';
import type { Report } from '../check/domain-view.ts';
import type { KeyPath } from '../problems/problem.ts';
import type { GroupEntry } from '../schema/group.ts';
import type { NumberEntry } from '../schema/outbound.ts';
import type { PbxFile } from '../schema/pbx-file.ts';
import type { SchemeEntry } from '../schema/scheme.ts';
import type { TrunkEntry } from '../schema/trunk.ts';
import type { DeviceEntry, UserEntry } from '../schema/user.ts';
import { type AccountFault, loginFault, passwordFault } from './account-rules.ts';
import { ha1Of } from './ha1.ts';
import type { Placed } from './merge.ts';
import type { Device, DomainNumber, Group, Managed, ManagedBy, Scheme, Trunk, User } from './model.ts';
import { type NamedBefore, namingList } from './named-before.ts';

/** The objects that a file names, as the model holds them. */
export interface NamedObjects {
  readonly users: readonly Placed<User>[];
  readonly groups: readonly Placed<Group>[];
  readonly trunks: readonly Placed<Trunk>[];
  readonly numbers: readonly Placed<DomainNumber>[];
  readonly schemes: readonly Placed<Scheme>[];
  /** For the next apply of the file to the same domain. */
  readonly kept: NamedBefore;
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
  /** What became of entries in earlier applies of this file to this domain; what becomes of others is added. */
  readonly made: WeakMap<object, MadeObject>;
  /** What the last of them named. */
  readonly before: NamedBefore | undefined;
}

/** What became of an entry that means the same in every apply of its file. None of it holds a password. */
export interface MadeObject {
  readonly object: object;
  /** Of those of a user's devices with which something is wrong. */
  readonly doubtful: readonly AccountRemarks[];
}

/** What is wrong with an account. How much that matters, the model tells that it meets. */
interface AccountRemarks {
  /** Which of the user's devices. */
  readonly index: number;
  readonly login: string;
  readonly loginFault: AccountFault | undefined;
  readonly passwordFault: AccountFault | undefined;
  /** Of the password; undefined where digests stand in its place. */
  readonly md5: string | undefined;
  /** The realm that digests are for, where it is not the domain's. */
  readonly foreignRealm: string | undefined;
}

/** Makes the objects that a file names, and reports what is wrong with their accounts and secrets. */
export function* namingObjects(file: PbxFile, naming: Naming): Steps<NamedObjects> {
  const { managedBy, made, before } = naming;
  let hasDoubts = false;
  const remembered = <Entry extends object>(entry: Entry, make: (entry: Entry) => MadeObject): MadeObject => {
    const known = made.get(entry);
    if (known !== undefined) return known;
    const object = make(entry);
    made.set(entry, object);
    return object;
  };
  const asIs = <T extends object>(entry: T) =>
    remembered(entry, () => ({ object: { ...entry, managedBy }, doubtful: [] })).object as T & Managed;
  const user = (entry: UserEntry, path: KeyPath): User => {
    const { object, doubtful } = remembered(entry, () => madeUser(entry, file.domain, naming));
    for (const account of doubtful) judge(account, [...path, 'devices', account.index], naming);
    hasDoubts ||= doubtful.length > 0;
    return object as User;
  };
  const users = yield* namingList('users', file.users, user, before?.users);
  const groups = yield* namingList('groups', file.groups, asIs<GroupEntry>, before?.groups);
  const trunk = (entry: TrunkEntry, path: KeyPath): Trunk => trunkOf(entry, path, naming);
  const trunks = yield* namingList('trunks', file.trunks, trunk);
  const numbers = yield* namingList('numbers', file.numbers, asIs<NumberEntry>, before?.numbers);
  const schemes = yield* namingList('schemes', file.schemes, asIs<SchemeEntry>, before?.schemes);
  return {
    users: users.placed,
    groups: groups.placed,
    trunks: trunks.placed,
    numbers: numbers.placed,
    schemes: schemes.placed,
    kept: { users: hasDoubts ? undefined : users, groups, numbers, schemes },
  };
}

function madeUser(entry: UserEntry, domain: string, { realm, managedBy }: Naming): MadeObject {
  const { devices = [], ...rest } = entry;
  const made = devices.map((device) => madeDevice(device, domain, realm));
  const object: User = { ...rest, devices: made.map(({ device }) => device), managedBy };
  const doubtful = made.flatMap(({ remarks }, index) => (isDoubtful(remarks) ? [{ ...remarks, index }] : []));
  return { object, doubtful };
}

type Remarks = Omit<AccountRemarks, 'index'>;

function isDoubtful({ loginFault, passwordFault, foreignRealm }: Remarks): boolean {
  return loginFault !== undefined || passwordFault !== undefined || foreignRealm !== undefined;
}

function madeDevice(entry: DeviceEntry, domain: string, realm: string): { device: Device; remarks: Remarks } {
  const { password, ha1, ...rest } = entry;
  const { login } = entry;
  const about = { login, loginFault: loginFault(login), passwordFault: undefined, foreignRealm: undefined };
  if (ha1 !== undefined) {
    const { realm: hashedFor, ...digests } = ha1;
    const foreignRealm = hashedFor === realm ? undefined : hashedFor;
    return { device: { ...rest, ha1: digests }, remarks: { ...about, md5: undefined, foreignRealm } };
  }
  // The schema has seen to it that one of the two is there.
  const clear = password ?? '';
  const hashed = ha1Of(login, domain, realm, clear);
  const remarks = { ...about, passwordFault: passwordFault(login, clear), md5: hashed.md5 };
  return { device: { ...rest, ha1: hashed }, remarks };
}

/** Reports what is wrong with an account: where it was there before its rule, as it is, it stops nothing. */
function judge(remarks: AccountRemarks, path: KeyPath, { realm, report, known, judgeAccounts }: Naming): void {
  const { login, foreignRealm, md5 } = remarks;
  const before = known(login);
  const tell = (fault: AccountFault | undefined, key: string, isNew: boolean): void => {
    if (fault === undefined) return;
    report(isNew && judgeAccounts ? 'error' : 'warning', [...path, key], fault.message, fault.remedy);
  };
  if (foreignRealm !== undefined) {
    report(
      'error',
      [...path, 'ha1', 'realm'],
      `the digests are for the realm ${foreignRealm}, and the domain's is ${realm}`,
      `write password:, or, where the domain is new, realm: ${foreignRealm} at the top of the file`,
    );
  }
  // Digests come from an export, so this account is at work somewhere, perhaps for longer than the rule is there.
  tell(remarks.loginFault, 'login', md5 !== undefined && before === undefined);
  tell(remarks.passwordFault, 'password', before?.ha1.md5 !== md5);
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

import { isDeepStrictEqual } from 'node:util';
import type { Steps } from '@vats/kernel';
import { TableProblems } from '../csv/table-problems.ts';
import { loginFault, passwordFault } from '../model/account-rules.ts';
import { type Applied, planApply } from '../model/apply.ts';
import { domainOf, type Edit, noDomain } from '../model/edit.ts';
import { ha1Of } from '../model/ha1.ts';
import { thawed } from '../model/kinds.ts';
import type { Device, Domain, Group, Model, User } from '../model/model.ts';
import { type Problem, sortProblems } from '../problems/problem.ts';
import type { GroupEntry } from '../schema/group.ts';
import type { UserEntry } from '../schema/user.ts';
import { groupsAfter } from './memberships.ts';
import type { UserCells, UserLine } from './read-users.ts';
import { placesInList } from './user-places.ts';

/** Users in one step: four hashes each. */
const STEP = 200;
/** Users, groups and logins that one remark names; the others are counted. */
const NAMED = 5;

/** A list of users for a domain. */
export interface UserImport extends Edit {
  readonly lines: readonly UserLine[];
  /** The name to show in problems. */
  readonly file: string;
  /** Makes the password of an account that is new and has none; without it such an account is an error. */
  readonly generate?: (login: string) => string;
}

/** A password that was made, to be shown once. */
export interface NewPassword {
  readonly extension: string;
  readonly name: string;
  readonly login: string;
  readonly password: string;
}

export type ImportedUsers =
  | (Extract<Applied, { ok: true }> & { readonly passwords: readonly NewPassword[]; readonly unchanged: number })
  | Extract<Applied, { ok: false }>;

/**
 * What a list of users makes of the model, by the rules of an apply: each user it names is made, or changed where it says otherwise;
 * what it does not name stays. All of it or nothing. Users who are so already stay whose they are.
 */
export function* importingUsers(model: Model, list: UserImport): Steps<ImportedUsers> {
  const domain = domainOf(model, list.domain);
  if (domain === undefined) return noDomain(model, list.domain) as Extract<Applied, { ok: false }>;
  const problems = new TableProblems(list.file);
  const making = new UsersOfLines(domain, list, problems);
  for (const [index, line] of list.lines.entries()) {
    making.take(line);
    if (index % STEP === STEP - 1) yield;
  }
  making.judge();
  const groups = groupsAfter(domain, list.lines, problems);
  yield;
  const judged = problems.outcome(() => undefined);
  if (!judged.ok) return judged;

  const { users, lines, passwords } = making;
  const value = {
    domain: domain.name,
    users: users.map((user) => entryOf(user, domain)),
    groups: groups.map(({ managedBy: _, ...group }) => thawed<GroupEntry>(group)),
  };
  const places = placesInList(list.file, lines);
  const source = { value, file: list.file, problem: places.problem };
  const unchanged = list.lines.length - lines.length;
  if (users.length + groups.length === 0) {
    return { ok: true, next: model, domain, changes: [], warnings: judged.warnings, passwords, unchanged };
  }
  const applied = planApply(model, source, { managedBy: list.by });
  if (!applied.ok) return { ok: false, problems: bounded(applied.problems, list.file) };
  const warnings = bounded([...judged.warnings, ...fromFiles(domain, lines, groups), ...applied.warnings], list.file);
  // What else was made by hand is left as it is, which is not worth a word here.
  const changes = applied.changes.filter(({ action }) => action !== 'leave');
  return { ...applied, changes, warnings, passwords, unchanged };
}

/** The users as the lines say; those who are so already are left out. */
class UsersOfLines {
  readonly #domain: Domain;
  readonly #list: UserImport;
  readonly #problems: TableProblems;
  readonly #known: ReadonlyMap<string, User>;
  readonly users: User[] = [];
  /** Of each of `users`. */
  readonly lines: UserLine[] = [];
  readonly passwords: NewPassword[] = [];
  /** New logins that have no password. */
  readonly #bare: { readonly line: UserLine; readonly login: string }[] = [];

  constructor(domain: Domain, list: UserImport, problems: TableProblems) {
    this.#domain = domain;
    this.#list = list;
    this.#problems = problems;
    this.#known = new Map(domain.users.map((user) => [user.extension, user]));
  }

  take(line: UserLine): void {
    const { extension, name, mobile, callerId, login = [], password } = line.values;
    const before = this.#known.get(extension);
    if (before === undefined && name === undefined) {
      this.#report(line, 'name', `the new user ${extension} has no name`, 'write it');
      return;
    }
    const start = before ?? { extension, name: '', devices: [], managedBy: this.#list.by };
    const devices = [...start.devices];
    for (const account of login) {
      const at = devices.findIndex((device) => device.login === account);
      const known = devices[at];
      const device = this.#device(line, account, known, password, name ?? start.name);
      if (device === undefined) return;
      if (known === undefined) devices.push(device);
      else devices[at] = device;
    }
    const user = {
      ...without(without(start, 'mobile', mobile), 'callerId', callerId),
      devices,
      ...(name !== undefined && { name }),
      ...(mobile != null && { mobile }),
      ...(callerId != null && { callerId }),
    };
    if (isDeepStrictEqual(user, before)) return;
    this.users.push(user);
    this.lines.push(line);
  }

  #device(
    line: UserLine,
    login: string,
    known: Device | undefined,
    given: string | undefined,
    name: string,
  ): Device | undefined {
    if (known !== undefined && given === undefined) return known;
    const { name: domain, realm } = this.#domain;
    const password = given ?? this.#list.generate?.(login);
    if (password === undefined) {
      this.#bare.push({ line, login });
      return undefined;
    }
    const ha1 = ha1Of(login, domain, realm, password);
    if (known?.ha1.md5 === ha1.md5) return known;
    const ofLogin = known === undefined ? loginFault(login) : undefined;
    if (ofLogin !== undefined) this.#report(line, 'login', ofLogin.message, ofLogin.remedy);
    const ofPassword = passwordFault(login, password, 'or leave the cell empty and add --generate');
    if (ofPassword !== undefined) this.#report(line, 'password', ofPassword.message, ofPassword.remedy);
    if (given === undefined) this.passwords.push({ extension: line.values.extension, name, login, password });
    return known === undefined ? { login, ha1 } : { ...known, ha1 };
  }

  /** To be asked when all lines are taken: a list without passwords is one fault and not one a line. */
  judge(): void {
    const [first] = this.#bare;
    if (first === undefined) return;
    const { length } = this.#bare;
    if (length === 1) {
      const remedy = 'write it, or add --generate, which makes the passwords of new logins';
      this.#report(first.line, 'password', `the new login ${first.login} has no password`, remedy);
      return;
    }
    const named = this.#bare.slice(0, NAMED).map(({ line, login }) => `line ${line.line} ${login}`);
    const those = `${named.join(', ')}${length > NAMED ? ', …' : ''}`;
    const remedy = 'write them into the column password, or add --generate, which makes the passwords of new logins';
    this.#report(first.line, 'password', `${length} new logins have no password (${those})`, remedy);
  }

  #report(line: UserLine, column: keyof UserCells, message: string, remedy: string): void {
    this.#problems.report('error', line.line, line.columnOf(column), column, message, remedy);
  }
}

/** The user without what the line takes away. */
function without<Key extends 'mobile' | 'callerId'>(user: User, key: Key, said: string | null | undefined): User {
  if (said !== null) return user;
  const { [key]: _, ...rest } = user;
  return rest as User;
}

function entryOf(user: User, { realm }: Domain): UserEntry {
  const { managedBy: _, devices, ...rest } = user;
  const entries = devices.map(({ ha1, ...device }) => ({ ...device, ha1: { realm, ...ha1 } }));
  return thawed<UserEntry>({ ...rest, devices: entries });
}

/** Warnings where what changes is in a PBX file too: of users, and of groups, who would be lost among the users. */
function fromFiles(domain: Domain, lines: readonly UserLine[], groups: readonly Group[]): Problem[] {
  const ofFile = new Set(domain.users.filter(isOfFile).map(({ extension }) => extension));
  const users = lines.map(({ values }) => values.extension).filter((extension) => ofFile.has(extension));
  const inGroups = groups.filter(isOfFile).map(({ extension, name }) => `${extension} ${name}`);
  const problems: Problem[] = [];
  const warn = (message: string, remedy: string): void => {
    problems.push({ severity: 'warning', file: '', line: 0, column: 0, path: '', message, remedy });
  };
  if (users.length > 0) {
    const message = `${someOf(users)} in a PBX file too, which its next apply makes as it says`;
    warn(message, 'change the file too, or take them out of it');
  }
  if (inGroups.length > 0) {
    const whose = inGroups.length === 1 ? 'group' : 'groups';
    const message = `${whose} ${someOf(inGroups)} in a PBX file too: its next apply makes the members as it says, so who joins here is thrown out again and who leaves comes back`;
    warn(message, 'change members: in the file too, or take the group out of it');
  }
  return problems;
}

function isOfFile({ managedBy }: Pick<User | Group, 'managedBy'>): boolean {
  return managedBy.startsWith('file:');
}

/** @example '201, 202 are', of many '201, 202, 203, 204, 205 and 45 more are' */
function someOf(names: readonly string[]): string {
  const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : '';
  return `${names.slice(0, NAMED).join(', ')}${more} ${names.length === 1 ? 'is' : 'are'}`;
}

/** As many as a person reads, and the count of the rest. */
function bounded(problems: readonly Problem[], file: string): readonly Problem[] {
  const some = new TableProblems(file);
  for (const problem of sortProblems(problems)) some.add(problem);
  const outcome = some.outcome(() => undefined);
  return outcome.ok ? outcome.warnings : outcome.problems;
}

import { checkDomain } from '../check/check-domain.ts';
import type { Report } from '../check/domain-view.ts';
import type { Problem } from '../problems/problem.ts';
import { pbxFile } from '../schema/pbx-file.ts';
import { readValue } from '../yaml/read-yaml.ts';
import { NO_PLACES } from '../yaml/yaml-source.ts';
import { passwordFault } from './account-rules.ts';
import { type Applied, planApply } from './apply.ts';
import type { Change } from './change.ts';
import { ha1Of } from './ha1.ts';
import type { Domain, ManagedBy, Model, User } from './model.ts';

/** What else can be done where a password is given by hand. */
const MADE = 'or leave the password out, and one is made';

/** An edit by hand: of which domain (needless while there is one), and by which door it came. */
export interface Edit {
  readonly domain?: string;
  readonly by: ManagedBy;
}

/** A new user with one device, or with none when no login is given. */
export interface NewUser extends Edit {
  readonly extension: string;
  readonly name: string;
  readonly device?: { readonly login: string; readonly password: string };
}

/** Adds a user; refuses what a file could not say either. */
export function addUser(model: Model, user: NewUser): Applied {
  const domain = domainOf(model, user.domain);
  if (domain === undefined) return noDomain(model, user.domain);
  if (domain.users.some(({ extension }) => extension === user.extension)) {
    return refused(`user ${user.extension} is there already`, 'take another extension, or change that user');
  }
  const { extension, name, device } = user;
  if (device !== undefined) {
    const fault = passwordFault(device.login, device.password, MADE);
    if (fault !== undefined) return refused(fault.message, fault.remedy);
  }
  const entry = { extension, name, devices: device === undefined ? [] : [device] };
  const added = addByValue(model, { domain: domain.name, users: [entry] }, user.by);
  // There is no file whose places these were.
  return added.ok ? added : { ok: false, problems: added.problems.map((problem) => ({ ...problem, path: '' })) };
}

/**
 * Makes equal to `value`, a PBX file as plain data (passwords in clear, durations as text), what it names: how the first
 * start makes its domain.
 */
export function addByValue(model: Model, value: unknown, by: ManagedBy): Applied {
  const read = readValue(value, pbxFile);
  return read.ok ? planApply(model, read.value, { managedBy: by }) : read;
}

/** Removes a user with all devices; refused while something refers to them. */
export function removeUser(model: Model, edit: Edit & { readonly extension: string }): Applied {
  const domain = domainOf(model, edit.domain);
  if (domain === undefined) return noDomain(model, edit.domain);
  const user = domain.users.find(({ extension }) => extension === edit.extension);
  if (user === undefined) return refused(`there is no user ${edit.extension}`, 'name the extension of one');
  const after = { ...domain, users: domain.users.filter((other) => other !== user) };
  const problems: Problem[] = [];
  const report: Report = (severity, _path, message, remedy) => {
    if (severity === 'error') problems.push(NO_PLACES.problem([], message, remedy));
  };
  checkDomain(viewOf(after), { prompts: new Set(), report });
  if (problems.length > 0) return { ok: false, problems };
  return edited(model, domain, after, { action: 'remove', user, details: [] });
}

/** Gives a device a new password. */
export function setPassword(model: Model, edit: Edit & { readonly login: string; readonly password: string }): Applied {
  const domain = domainOf(model, edit.domain);
  if (domain === undefined) return noDomain(model, edit.domain);
  const user = domain.users.find(({ devices }) => devices.some(({ login }) => login === edit.login));
  if (user === undefined) return refused(`there is no device ${edit.login}`, 'name the login of one');
  const fault = passwordFault(edit.login, edit.password, MADE);
  if (fault !== undefined) return refused(fault.message, fault.remedy);
  const ha1 = ha1Of(edit.login, domain.name, domain.realm, edit.password);
  const devices = user.devices.map((device) => (device.login === edit.login ? { ...device, ha1 } : device));
  const changed: User = { ...user, devices, managedBy: edit.by };
  const after = { ...domain, users: domain.users.map((other) => (other === user ? changed : other)) };
  return edited(model, domain, after, { action: 'update', user, details: [`device ${edit.login}: password changed`] });
}

function edited(
  model: Model,
  before: Domain,
  after: Domain,
  { action, user, details }: { action: Change['action']; user: User; details: readonly string[] },
): Applied {
  const change: Change = { action, domain: after.name, kind: 'user', key: user.extension, title: user.name, details };
  const next = { domains: model.domains.map((domain) => (domain === before ? after : domain)) };
  return { ok: true, next, domain: after, changes: [change], warnings: [] };
}

/** A domain as it stands, no part of it from a file. */
function viewOf(domain: Domain) {
  const unplaced = <T>(list: readonly T[]) => list.map((object) => ({ object }));
  return {
    settings: domain.settings,
    settingsNamed: new Set<string>(),
    users: unplaced(domain.users),
    groups: unplaced(domain.groups),
    trunks: unplaced(domain.trunks),
    numbers: unplaced(domain.numbers),
    schemes: unplaced(domain.schemes),
  };
}

/** The domain that an edit means; the only one where it names none. */
export function domainOf(model: Model, name: string | undefined): Domain | undefined {
  if (name !== undefined) return model.domains.find((domain) => domain.name === name.toLowerCase());
  return model.domains.length === 1 ? model.domains[0] : undefined;
}

/** The refusal of an edit whose domain there is not. */
export function noDomain(model: Model, name: string | undefined): Applied {
  if (model.domains.length === 0) return refused('there is no domain', 'apply a PBX file first');
  const names = model.domains.map((domain) => domain.name).join(', ');
  return name === undefined
    ? refused('there are several domains', `name one of ${names} with --domain`)
    : refused(`there is no domain ${name}`, `name one of ${names}`);
}

/** An edit that is not made, and what to do instead. */
export function refused(message: string, remedy: string): Applied {
  return { ok: false, problems: [NO_PLACES.problem([], message, remedy)] };
}

import { atOnce, type Steps } from '@vats/kernel';
import { checkingDomain } from '../check/check-domain.ts';
import { CheckMemory } from '../check/check-memory.ts';
import type { RegisterNames, Report } from '../check/domain-view.ts';
import { type Problem, sortProblems } from '../problems/problem.ts';
import type { PbxFile } from '../schema/pbx-file.ts';
import type { YamlSource } from '../yaml/read-yaml.ts';
import type { Change } from './change.ts';
import { FileMemory, realmOf } from './file-memory.ts';
import { GROUPS, NUMBERS, SCHEMES, TRUNKS, USERS } from './kinds.ts';
import { type Merging, merge, type Placed } from './merge.ts';
import { type Device, DOMAIN_DEFAULTS, type Domain, type ManagedBy, type Model } from './model.ts';
import { namingObjects } from './named.ts';
import { mergeSettings, settingsOf } from './settings.ts';

/** A PBX file, read and checked against its schema. */
export type PbxSource = YamlSource<PbxFile>;

/** Names of the prompts that there are in a language, from wherever they are kept. */
export type PromptNames = (language: 'ru' | 'en') => ReadonlySet<string>;

export interface ApplyOptions {
  /** Who the file is: `managerOfFile` of its path. */
  readonly managedBy: ManagedBy;
  /** Remove what an earlier apply of the same file made and the file no longer names. */
  readonly prune?: boolean;
  /** Opens passwords that `vats export` sealed; undefined for one that another key sealed. */
  readonly unseal?: (sealed: string) => string | undefined;
  /** Names of the prompts that there are in the domain's language; left out where there are none. */
  readonly prompts?: PromptNames;
  /**
   * False where `current` is not the model that the file will meet: a login or password that breaks the rules may be that
   * of an account that is there already, so it is warned of and not refused. True unless given.
   */
  readonly judgeAccounts?: boolean;
  /** True where the file is checked by itself, and nothing is known of what commands have put into the switch. */
  readonly isFileAlone?: boolean;
  /** The regions of the numbering register, where it is known. */
  readonly register?: RegisterNames;
  /** Wall time in milliseconds, to tell which dates are past; without it none is. */
  readonly now?: number;
  /** What is known of the file from an earlier apply, when it was read with it. */
  readonly memory?: FileMemory;
}

export type Applied =
  | {
      readonly ok: true;
      readonly next: Model;
      /** The domain that the file is about, as `next` has it. */
      readonly domain: Domain;
      /** What changes; nothing when the model is as the file says already. */
      readonly changes: readonly Change[];
      readonly warnings: readonly Problem[];
    }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/**
 * What would become of the model if the file were applied: pure, so that `--dry-run`, `check` and the real thing are
 * one. Either everything that the file says holds together with what else the domain has, or nothing is changed.
 */
export function planApply(current: Model, source: PbxSource, options: ApplyOptions): Applied {
  return atOnce(planningApply(current, source, options));
}

/** `planApply` in steps, for a switch with calls. */
export function* planningApply(current: Model, source: PbxSource, options: ApplyOptions): Steps<Applied> {
  const { value: file } = source;
  const problems: Problem[] = [];
  const report: Report = (severity, path, message, remedy, pointing = 'value') => {
    if (path !== undefined) problems.push(source.problem(path, message, remedy, { severity, pointing }));
    // What the file does not name is no concern of its warnings; an error says that this apply would break it.
    else if (severity === 'error') problems.push(source.problem([], `after this apply ${message}`, remedy));
  };

  const before = current.domains.find(({ name }) => name === file.domain);
  const realm = realmOf(current, file);
  if (file.realm !== undefined && file.realm !== realm) {
    const why = `the realm of ${file.domain} is ${realm} for good: its passwords are hashed with it`;
    report('error', ['realm'], why, `write ${realm}, or remove the key`);
  }
  checkHosts(current, before, file, report);

  const { managedBy, prune = false, unseal = () => undefined, judgeAccounts = true } = options;
  const memory = options.memory ?? new FileMemory(() => current);
  // Asked for doubtful accounts alone, of which there are few.
  let accounts: Map<string, Device> | undefined;
  const known = (login: string): Device | undefined => {
    accounts ??= new Map(before?.users.flatMap(({ devices }) => devices.map((device) => [device.login, device])));
    return accounts.get(login);
  };
  const kept = { made: memory.made, before: memory.named };
  const named = yield* namingObjects(file, { realm, managedBy, unseal, report, known, judgeAccounts, ...kept });
  const merging: Merging = { domain: file.domain, realm, managedBy, prune };
  const users = yield* merge(USERS, before?.users ?? [], named.users, merging);
  const groups = yield* merge(GROUPS, before?.groups ?? [], named.groups, merging);
  const trunks = yield* merge(TRUNKS, before?.trunks ?? [], named.trunks, merging);
  const numbers = yield* merge(NUMBERS, before?.numbers ?? [], named.numbers, merging);
  const schemes = yield* merge(SCHEMES, before?.schemes ?? [], named.schemes, merging);
  memory.keep(named.kept, { users, groups, numbers, schemes });
  const fileSettings = settingsOf(file);
  const { settings, settingsBy, changes } = mergeSettings(before, fileSettings, merging);

  const view = {
    settings,
    settingsNamed: new Set(Object.keys(fileSettings)),
    isFileAlone: options.isFileAlone ?? false,
    ...(options.register !== undefined && { register: options.register }),
    users: withOthers(users.merged, named.users),
    groups: withOthers(groups.merged, named.groups),
    trunks: withOthers(trunks.merged, named.trunks),
    numbers: withOthers(numbers.merged, named.numbers),
    schemes: withOthers(schemes.merged, named.schemes),
  };
  memory.checked ??= new CheckMemory();
  const prompts = options.prompts?.(settings.language ?? DOMAIN_DEFAULTS.language) ?? new Set<string>();
  yield* checkingDomain(view, { prompts, report, now: options.now, memory: memory.checked });
  const sorted = sortProblems(problems);
  if (sorted.some(({ severity }) => severity === 'error')) return { ok: false, problems: sorted };

  const all = [users, groups, trunks, numbers, schemes].flatMap((list) => list.changes);
  const made: Change[] =
    before === undefined
      ? [{ action: 'create', domain: file.domain, kind: 'domain', key: file.domain, details: [] }]
      : [];
  const domain: Domain = {
    id: before?.id ?? freeId(current, file.domain),
    name: file.domain,
    realm,
    managedBy: before?.managedBy ?? managedBy,
    settings,
    settingsBy,
    users: objectsIn(users.merged, before?.users),
    groups: objectsIn(groups.merged, before?.groups),
    trunks: objectsIn(trunks.merged, before?.trunks),
    numbers: objectsIn(numbers.merged, before?.numbers),
    schemes: objectsIn(schemes.merged, before?.schemes),
  };
  const next =
    before === undefined ? [...current.domains, domain] : current.domains.with(current.domains.indexOf(before), domain);
  return { ok: true, next: { domains: next }, domain, changes: [...made, ...changes, ...all], warnings: sorted };
}

/** The objects after a merger; the very list that was there where nothing in it changed, so that what was made of it still holds. */
function objectsIn<T>(merged: readonly Placed<T>[], before: readonly T[] = []): readonly T[] {
  const isSame = merged.length === before.length && merged.every(({ object }, index) => object === before[index]);
  return isSame ? before : merged.map(({ object }) => object);
}

/**
 * What the file names, behind what else there is. The file's entries are judged as it lists them, because one that it names twice is a
 * single object after merging.
 */
function withOthers<T>(merged: readonly Placed<T>[], named: readonly Placed<T>[]): readonly Placed<T>[] {
  const others = merged.filter(({ path }) => path === undefined);
  return others.length === 0 ? named : [...others, ...named];
}

/** No host may mean two domains. */
function checkHosts(current: Model, before: Domain | undefined, file: PbxFile, report: Report): void {
  const taken = new Map<string, string>();
  for (const domain of current.domains) {
    if (domain === before) continue;
    for (const host of [domain.name, ...(domain.settings.aliases ?? [])]) taken.set(host, domain.name);
  }
  const owner = taken.get(file.domain);
  if (owner !== undefined) report('error', ['domain'], `${file.domain} is an alias of ${owner}`, 'take another name');
  taken.set(file.domain, file.domain);
  for (const [index, alias] of (file.aliases ?? []).entries()) {
    const other = taken.get(alias);
    if (other !== undefined)
      report('error', ['aliases', index], `${alias} means ${other} already`, 'name each host once');
    taken.set(alias, file.domain);
  }
}

function freeId(current: Model, name: string): string {
  const taken = new Set(current.domains.map(({ id }) => id));
  let id = name;
  for (let count = 2; taken.has(id); count++) id = `${name}~${count}`;
  return id;
}

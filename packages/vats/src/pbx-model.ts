import { inTurns, type Log } from '@vats/kernel';
import {
  type Applied,
  addUser,
  type Calendar,
  type Change,
  Directory,
  type Domain,
  exportPbx,
  FileMemory,
  hashOf,
  importingUsers,
  type ManagedBy,
  type Model,
  managerOfFile,
  type NewPassword,
  type Problem,
  type PromptNames,
  planningApply,
  type RegisterNames,
  readingPbx,
  readingUsers,
  removeUser,
  setCalendarYears,
  setPassword,
} from '@vats/pbx';
import type { Store } from '@vats/store';
import { domainNamed } from './domain-named.ts';

/** What became of a wish to change the model. */
export type ModelChange =
  | {
      readonly ok: true;
      readonly changes: readonly Change[];
      readonly warnings: readonly Problem[];
      readonly saved: boolean;
    }
  | { readonly ok: false; readonly problems: readonly Problem[] };

export interface ApplyFileOptions {
  /** Absolute path: who the file is. */
  readonly path: string;
  /** How the person named it, for problems. */
  readonly name: string;
  readonly text: string;
  readonly prune?: boolean;
  readonly dryRun?: boolean;
  /** Leave everything as it is when the file is the one that was applied last. */
  readonly onlyIfChanged?: boolean;
}

export interface ImportUsersOptions {
  /** How the person named the file, for problems. */
  readonly name: string;
  readonly text: string;
  readonly domain?: string;
  readonly dryRun?: boolean;
  /** Makes the passwords of new accounts that have none. */
  readonly generate?: (login: string) => string;
}

/** What became of a list of users, with the passwords that were made. */
export type UsersImported =
  | (Extract<ModelChange, { ok: true }> & { readonly passwords: readonly NewPassword[]; readonly unchanged: number })
  | Extract<ModelChange, { ok: false }>;

type PlannedFile =
  | {
      readonly ok: true;
      readonly applied: Extract<Applied, { ok: true }>;
      readonly warnings: readonly Problem[];
    }
  | Extract<ModelChange, { ok: false }>;

/** What a file may name that stands outside the model. */
export interface NamedElsewhere {
  /** The regions that callers may be told apart by, beside a domain's own; undefined while there is no register. */
  readonly register?: () => RegisterNames | undefined;
  readonly prompts?: PromptNames;
}

/** Operators name the paths, and each may be a new one. */
const FILES_REMEMBERED = 16;

/**
 * The model that calls and registrations are decided by: in memory, replaced as a whole, on disk before anyone sees the
 * change. Changes wait for one another, so two operators at once both get what they asked for, or a clear refusal.
 */
export class PbxModel {
  readonly #store: Store;
  readonly #log: Log;
  readonly #now: () => number;
  readonly #onChange: (before: Model, after: Model) => void;
  readonly #elsewhere: NamedElsewhere;
  #directory: Directory;
  #queue: Promise<unknown> = Promise.resolve();
  /** By path, the one that was applied last behind the others. */
  readonly #memories = new Map<string, FileMemory>();

  constructor(
    store: Store,
    log: Log,
    now: () => number,
    onChange: (before: Model, after: Model) => void,
    elsewhere: NamedElsewhere = {},
  ) {
    this.#store = store;
    this.#log = log;
    this.#now = now;
    this.#onChange = onChange;
    this.#elsewhere = elsewhere;
    this.#directory = new Directory(store.models.model);
  }

  get directory(): Directory {
    return this.#directory;
  }

  applyFile(options: ApplyFileOptions): Promise<ModelChange> {
    return this.#inTurn(async () => {
      const hash = hashOf(options.text);
      if (options.onlyIfChanged === true && this.#store.models.applied.get(options.path)?.hash === hash) {
        return { ok: true, changes: [], warnings: [], saved: false };
      }
      const planned = await this.#planned(options);
      if (!planned.ok) return planned;
      const { applied, warnings } = planned;
      if (options.dryRun === true) return { ok: true, changes: applied.changes, warnings, saved: false };
      await this.#save(applied.next, { name: options.path, hash, appliedAt: this.#now() });
      this.#log.info('pbx.applied', { file: options.name, changes: applied.changes.length });
      return { ok: true, changes: applied.changes, warnings, saved: true };
    });
  }

  /** What the file would make of the model, in turns: nobody but the queue changes the model meanwhile. */
  async #planned({ text, name, path, prune = false }: ApplyFileOptions): Promise<PlannedFile> {
    const memory = this.#memoryOf(path);
    try {
      const read = await inTurns(readingPbx(text, name, memory));
      if (!read.ok) return { ok: false, problems: read.problems };
      const register = this.#elsewhere.register?.();
      const { prompts } = this.#elsewhere;
      const planning = planningApply(this.#directory.model, read.value, {
        managedBy: managerOfFile(path),
        prune,
        unseal: (sealed) => this.#store.unseal(sealed),
        now: this.#now(),
        memory,
        ...(register !== undefined && { register }),
        ...(prompts !== undefined && { prompts }),
      });
      const applied = await inTurns(planning);
      if (!applied.ok) return { ok: false, problems: [...applied.problems, ...read.warnings] };
      return { ok: true, applied, warnings: [...read.warnings, ...applied.warnings] };
    } finally {
      memory.settle();
    }
  }

  /** What is known of the file; of those that were applied longest ago nothing is any more. */
  #memoryOf(path: string): FileMemory {
    const memory = this.#memories.get(path) ?? new FileMemory(() => this.#directory.model);
    this.#memories.delete(path);
    this.#memories.set(path, memory);
    const [oldest] = this.#memories.keys();
    if (this.#memories.size > FILES_REMEMBERED && oldest !== undefined) this.#memories.delete(oldest);
    return memory;
  }

  /** A change made by hand: `edit` gets the model of that moment. */
  edit(edit: (model: Model) => Applied): Promise<ModelChange> {
    return this.#inTurn(async () => {
      const applied = edit(this.#directory.model);
      if (!applied.ok) return { ok: false, problems: applied.problems };
      await this.#save(applied.next);
      // What else was made by hand is left as it is, which is not worth a word here.
      const changes = applied.changes.filter(({ action }) => action !== 'leave');
      this.#log.info('pbx.edited', { changes: changes.length });
      return { ok: true, changes, warnings: applied.warnings, saved: true };
    });
  }

  addUser(user: {
    extension: string;
    name: string;
    login: string;
    password: string;
    domain?: string;
  }): Promise<ModelChange> {
    const { extension, name, login, password, domain } = user;
    return this.edit((model) =>
      addUser(model, { extension, name, device: { login, password }, by: BY_HAND, ...(domain && { domain }) }),
    );
  }

  /** Makes the users of a list, or changes them as it says: all of them in one change, or none. */
  importUsers({ name, text, domain, dryRun = false, generate }: ImportUsersOptions): Promise<UsersImported> {
    return this.#inTurn(async () => {
      const read = await inTurns(readingUsers(text, name));
      if (!read.ok) return { ok: false, problems: read.problems };
      const list = {
        lines: read.value,
        file: name,
        by: BY_HAND,
        ...(domain && { domain }),
        ...(generate && { generate }),
      };
      const applied = await inTurns(importingUsers(this.#directory.model, list));
      if (!applied.ok) return { ok: false, problems: [...applied.problems, ...read.warnings] };
      const { changes, passwords, unchanged } = applied;
      const warnings = [...read.warnings, ...applied.warnings];
      if (dryRun) return { ok: true, changes, warnings, saved: false, passwords, unchanged };
      if (changes.length > 0) await this.#save(applied.next);
      this.#log.info('pbx.users-imported', { file: name, changes: changes.length });
      return { ok: true, changes, warnings, saved: true, passwords, unchanged };
    });
  }

  removeUser(extension: string, domain?: string): Promise<ModelChange> {
    return this.edit((model) => removeUser(model, { extension, by: BY_HAND, ...(domain && { domain }) }));
  }

  setPassword(login: string, password: string, domain?: string): Promise<ModelChange> {
    return this.edit((model) => setPassword(model, { login, password, by: BY_HAND, ...(domain && { domain }) }));
  }

  setCalendarYears(years: readonly number[], days: Calendar, domain?: string): Promise<ModelChange> {
    return this.edit((model) => setCalendarYears(model, { years, days, by: BY_HAND, ...(domain && { domain }) }));
  }

  /** A domain as a PBX file; undefined when there is none of that name, or several and none was named. */
  export(name: string | undefined): string | undefined {
    const domain = this.domainNamed(name);
    return domain === undefined ? undefined : exportPbx(domain, { seal: (text) => this.#store.seal(text) });
  }

  /** The domain of that name; without a name, the only one. */
  domainNamed(name: string | undefined): Domain | undefined {
    return domainNamed(this.#directory, name);
  }

  async #save(next: Model, file?: { name: string; hash: string; appliedAt: number }): Promise<void> {
    const before = this.#directory.model;
    await this.#store.models.save(next, file);
    this.#directory = new Directory(next, this.#directory);
    this.#onChange(before, next);
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(work);
    this.#queue = result.catch(() => {});
    return result;
  }
}

const BY_HAND: ManagedBy = 'cli';

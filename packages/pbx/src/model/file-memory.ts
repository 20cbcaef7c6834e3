import { hash } from 'node:crypto';
import type { CheckMemory } from '../check/check-memory.ts';
import type { PbxFile } from '../schema/pbx-file.ts';
import type { EntryMemory } from '../yaml/entry-memory.ts';
import type { Placed } from './merge.ts';
import type { DomainNumber, Group, Model, Scheme, User } from './model.ts';
import type { MadeObject } from './named.ts';
import { adoptedList, type NamedBefore, settledList } from './named-before.ts';

/** Their entries mean the same in every apply. A trunk's holds its password in clear, and does not. */
const REMEMBERED: ReadonlySet<string> = new Set(['users', 'groups', 'numbers', 'schemes', 'outbound']);

/** The digest realm of the domain that a file is about. */
export function realmOf(model: Model, file: Pick<PbxFile, 'domain' | 'realm'>): string {
  return model.domains.find(({ name }) => name === file.domain)?.realm ?? file.realm ?? file.domain;
}

/**
 * What is known of a file that was applied: its entries and runs of them, by the SHA-256 of their text, what became of them, and what
 * was found good. The next apply has work with that alone which is new. Neither texts nor passwords are kept: a user is remembered with
 * digests only, as the model is.
 *
 * One file's, under one manager: `readingPbx` with it, `planningApply` with it, then `settle`.
 */
export class FileMemory implements EntryMemory<PbxFile> {
  /** What the last apply named, and what it found good. */
  named: NamedBefore | undefined;
  checked: CheckMemory | undefined;
  readonly #model: () => Model;
  /** The domain and realm that digests were made for. */
  #madeFor = '';
  #made = new WeakMap<object, MadeObject>();
  readonly #known = new Map<string, Known>();
  readonly #runs = new Map<string, KnownRun>();
  #readings = 0;

  /** @param model what the file meets */
  constructor(model: () => Model) {
    this.#model = model;
  }

  get made(): WeakMap<object, MadeObject> {
    return this.#made;
  }

  /** Entries that are known. */
  get size(): number {
    return this.#known.size;
  }

  begin(head: PbxFile): void {
    const madeFor = JSON.stringify([head.domain, realmOf(this.#model(), head)]);
    if (madeFor !== this.#madeFor) {
      this.#known.clear();
      this.#runs.clear();
      this.#made = new WeakMap();
      this.named = undefined;
      this.checked = undefined;
    }
    this.#madeFor = madeFor;
    this.#readings++;
  }

  nameOf(list: string, text: string): string | undefined {
    return REMEMBERED.has(list) ? `${list} ${hash('sha256', text, 'base64')}` : undefined;
  }

  find(name: string): object | undefined {
    const known = this.#known.get(name);
    if (known === undefined) return undefined;
    known.reading = this.#readings;
    return known.entry;
  }

  note(name: string, entry: object): void {
    this.#known.set(name, { entry, reading: this.#readings, isNew: true });
  }

  findRun(name: string): readonly object[] | undefined {
    const run = this.#runs.get(name);
    if (run === undefined) return undefined;
    run.reading = this.#readings;
    return run.entries.map((known) => {
      known.reading = this.#readings;
      return known.entry;
    });
  }

  noteRun(name: string, entries: readonly string[]): void {
    const known = entries.flatMap((entry) => this.#known.get(entry) ?? []);
    if (known.length === entries.length) this.#runs.set(name, { entries: known, reading: this.#readings });
  }

  /** What an apply named, and what its mergers with the model left of it. */
  keep({ users, groups, numbers, schemes }: NamedBefore, merged: MergedLists): void {
    const adopt = (entry: object, object: object): void => {
      const made = this.#made.get(entry);
      if (made !== undefined) this.#made.set(entry, { ...made, object });
    };
    this.named = {
      users: users && adoptedList(users, merged.users.merged, adopt),
      groups: adoptedList(groups, merged.groups.merged, adopt),
      numbers: adoptedList(numbers, merged.numbers.merged, adopt),
      schemes: adoptedList(schemes, merged.schemes.merged, adopt),
    };
  }

  /** The apply is over, however it ended: remembers what became of the entries that were read, and forgets all others. */
  settle(): void {
    const settled = new Map<object, object>();
    for (const [name, known] of this.#known) {
      const { entry, isNew } = known;
      if (known.reading === this.#readings && !isNew) continue;
      const made = this.#made.get(entry);
      const bare = withoutPasswords(entry);
      // What nothing was made of keeps its password.
      if (known.reading !== this.#readings || (made === undefined && bare !== entry)) this.#known.delete(name);
      else {
        known.isNew = false;
        if (bare === entry) continue;
        known.entry = bare;
        settled.set(entry, bare);
        if (made !== undefined) this.#made.set(bare, made);
      }
    }
    for (const [name, { reading, entries }] of this.#runs) {
      if (reading !== this.#readings || entries.some(({ isNew }) => isNew)) this.#runs.delete(name);
    }
    if (this.named === undefined) return;
    const { users } = this.named;
    // An entry that was read with the file as a whole is not known, and must not be kept by this door either.
    const bare = (entry: object = {}): object | undefined =>
      settled.get(entry) ?? (withoutPasswords(entry) === entry ? entry : undefined);
    this.named = { ...this.named, users: users && settledList(users, bare) };
  }
}

interface Merged<T> {
  readonly merged: readonly Placed<T>[];
}

interface MergedLists {
  readonly users: Merged<User>;
  readonly groups: Merged<Group>;
  readonly numbers: Merged<DomainNumber>;
  readonly schemes: Merged<Scheme>;
}

interface Known {
  entry: object;
  /** The last in which the file had it. */
  reading: number;
  /** From the reading that goes on, with passwords as the file has them. */
  isNew: boolean;
}

interface KnownRun {
  readonly entries: readonly Known[];
  reading: number;
}

/** The entry itself where it has none. */
function withoutPasswords(entry: object): object {
  const devices = 'devices' in entry ? (entry.devices as { password?: string }[]) : [];
  if (devices.every(({ password }) => password === undefined)) return entry;
  return { ...entry, devices: devices.map(({ password: _, ...device }) => device) };
}

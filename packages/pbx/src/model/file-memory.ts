import { hash } from 'node:crypto';
import type { PbxFile } from '../schema/pbx-file.ts';
import type { EntryMemory } from '../yaml/read-in-parts.ts';
import type { Model } from './model.ts';
import type { MadeObject } from './named.ts';

/** Their entries mean the same in every apply. A trunk's holds its password in clear, and does not. */
const REMEMBERED: ReadonlySet<string> = new Set(['users', 'groups', 'numbers', 'schemes']);

/** The digest realm of the domain that a file is about. */
export function realmOf(model: Model, file: Pick<PbxFile, 'domain' | 'realm'>): string {
  return model.domains.find(({ name }) => name === file.domain)?.realm ?? file.realm ?? file.domain;
}

/**
 * What is known of a file that was applied: its entries, by the SHA-256 of their text, and what became of them. The next
 * apply has work with those alone that are new. Neither texts nor passwords are kept: a user is remembered with digests only, as the model is.
 *
 * One file's, under one manager: `readingPbx` with it, `planningApply` with it, then `settle`.
 */
export class FileMemory implements EntryMemory<PbxFile> {
  readonly #model: () => Model;
  /** The domain and realm that digests were made for. */
  #madeFor = '';
  #made = new WeakMap<object, MadeObject>();
  readonly #known = new Map<string, Known>();
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
      this.#made = new WeakMap();
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

  /** The apply is over, however it ended: remembers what became of the entries that were read, and forgets all others. */
  settle(): void {
    for (const [name, known] of this.#known) {
      if (known.reading === this.#readings && !known.isNew) continue;
      const made = this.#made.get(known.entry);
      if (known.reading !== this.#readings || made === undefined) this.#known.delete(name);
      else {
        known.entry = withoutPasswords(known.entry);
        known.isNew = false;
        this.#made.set(known.entry, made);
      }
    }
  }
}

interface Known {
  entry: object;
  /** The last in which the file had it. */
  reading: number;
  /** From the reading that goes on, with passwords as the file has them. */
  isNew: boolean;
}

/** The entry itself where it has none. */
function withoutPasswords(entry: object): object {
  const devices = 'devices' in entry ? (entry.devices as { password?: string }[]) : [];
  if (devices.every(({ password }) => password === undefined)) return entry;
  return { ...entry, devices: devices.map(({ password: _, ...device }) => device) };
}

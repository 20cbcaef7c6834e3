import { type Clock, inTurns, type Log } from '@vats/kernel';
import {
  type Checked,
  type NumberPlace,
  NumberRegister,
  type ReadRegister,
  type RegisterNames,
  type RegisterStore,
  type StoredRegister,
} from '@vats/pbx';
import type { NamedFile } from './register-files.ts';
import { type RegisterReading, readInThread } from './register-reading.ts';

export interface NumberingParts {
  readonly store: RegisterStore;
  readonly clock: Clock;
  readonly log: Log;
  /** Reads files; a thread of its own unless given. */
  readonly read?: (files: readonly NamedFile[]) => RegisterReading;
}

/** What an import made, or would make. */
export interface Imported {
  readonly before: NumberRegister | undefined;
  readonly after: NumberRegister;
  readonly about: Pick<StoredRegister, 'files'>;
}

/** The numbering register of all domains: in memory, on disk before anyone sees a new one, replaced as a whole. */
export class Numbering {
  readonly #parts: NumberingParts;
  #kept:
    | {
        readonly register: NumberRegister;
        readonly names: RegisterNames;
        readonly about: Omit<StoredRegister, 'table'>;
      }
    | undefined;
  #reading: RegisterReading | undefined;
  #queue: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(parts: NumberingParts) {
    this.#parts = parts;
  }

  /** What is kept from before the start. A register that can't be read costs calls nothing but their regions. */
  async load(): Promise<void> {
    try {
      const stored = await this.#parts.store.load();
      if (stored === undefined) return;
      const register = new NumberRegister(stored.table);
      await inTurns(register.naming());
      this.#keep(stored, register);
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      this.#parts.log.error('numbering.not-loaded', { error: text, remedy: 'import the register again' });
    }
  }

  /** Undefined before the first import. */
  get register(): NumberRegister | undefined {
    return this.#kept?.register;
  }

  /** When it was imported, and from which files. */
  get about(): Omit<StoredRegister, 'table'> | undefined {
    return this.#kept?.about;
  }

  /** Where a number (E.164) is from. */
  find(number: string): NumberPlace | undefined {
    return this.#kept?.register.find(number);
  }

  /** Its regions, for who checks what a PBX file names. */
  get names(): RegisterNames | undefined {
    return this.#kept?.names;
  }

  /**
   * Makes the files the register, in the place of the one before: all of it or nothing. Imports wait for one another.
   *
   * @throws what the store or the reading thread fails with; the register is as it was then
   */
  import(files: readonly NamedFile[], dryRun: boolean): Promise<Checked<Imported>> {
    const done = this.#queue.then(() => this.#import(files, dryRun));
    this.#queue = done.catch(() => {});
    return done;
  }

  /** Gives up a reading that is under way. */
  close(): void {
    this.#closed = true;
    this.#reading?.end();
  }

  async #import(files: readonly NamedFile[], dryRun: boolean): Promise<Checked<Imported>> {
    if (this.#closed) throw new Error('the switch ends');
    const read = await this.#read(files);
    if (!read.ok) return read;
    const { table, files: about } = read.value;
    const before = this.register;
    const after = new NumberRegister(table);
    await inTurns(after.naming());
    if (!dryRun) {
      const stored = { importedAt: this.#parts.clock.now(), files: about, table };
      await this.#parts.store.save(stored);
      this.#keep(stored, after);
      this.#parts.log.info('numbering.imported', { files: about.length, ranges: after.size });
    }
    return { ok: true, value: { before, after, about: { files: about } }, warnings: read.warnings };
  }

  async #read(files: readonly NamedFile[]): Promise<Checked<ReadRegister>> {
    this.#reading = (this.#parts.read ?? readInThread)(files);
    try {
      return await this.#reading.result;
    } finally {
      this.#reading = undefined;
    }
  }

  #keep({ table: _, ...about }: StoredRegister, register: NumberRegister): void {
    const names = {
      has: (region: string) => register.has(region),
      all: () => [...register.names.values()].map(({ name }) => name),
    };
    this.#kept = { register, names, about };
  }
}

import { copyFileSync, existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Countries, CountryDatabase, GeoDatabaseError } from '@vats/access';
import { makeDirectory } from '@vats/store';

export interface CountryTableParts {
  /** The data directory. */
  readonly data: string;
  /** `builtin`, or the path of an .mmdb file. */
  readonly database: string;
  /** Networks and the country that each is taken for, whatever the table says. */
  readonly overrides: Readonly<Record<string, string>>;
}

export interface TableDescription {
  readonly path: string;
  readonly builtAt: number;
  readonly kind: 'builtin' | 'file';
  readonly hasIPv6: boolean;
}

const DAY_MS = 86_400_000;
/** Networks change hands slowly; a table of last year is wrong about some. */
const OLD_MS = 365 * DAY_MS;

/** By so much clocks may differ. */
const AHEAD_MS = 2 * DAY_MS;

/**
 * The country table in use: the operator's own file; else one that `vats geo update` brought; else the one that comes with
 * VATS, unless it is the newer one.
 */
export class CountryTable {
  readonly countries: Countries;
  #parts: CountryTableParts;
  #database: CountryDatabase;

  /** @throws GeoDatabaseError when the operator's file cannot be used */
  constructor(parts: CountryTableParts) {
    this.#parts = parts;
    this.#database = this.#open(parts.database);
    this.countries = new Countries(parts.overrides, this.#database);
  }

  /** Where it is, and when it was made (ms since the epoch). */
  get description(): TableDescription {
    const { path, builtAt, kind, hasIPv6 } = this.#database;
    return { path, builtAt, kind, hasIPv6 };
  }

  /** The file that the settings name; undefined where the table is ours to replace. */
  get named(): string | undefined {
    const { database } = this.#parts;
    return database === 'builtin' ? undefined : database;
  }

  get hasIPv6(): boolean {
    return this.#database.hasIPv6;
  }

  isOld(now: number): boolean {
    return now - this.#database.builtAt > OLD_MS;
  }

  /** Reads the table anew, as other settings say if they are given. @throws GeoDatabaseError, with all as it was */
  reload(settings: Pick<CountryTableParts, 'database' | 'overrides'> = this.#parts): void {
    const { database, overrides } = settings;
    this.#database = this.#open(database);
    this.#parts = { ...this.#parts, database, overrides };
    this.countries.use(this.#database, overrides);
  }

  /**
   * Takes a copy of an .mmdb file into the data directory and into use.
   *
   * @param now wall time in ms
   * @throws GeoDatabaseError when the settings name a file of their own, or this one cannot be used; nothing has changed then
   */
  install(file: string, now: number): void {
    const { database, data } = this.#parts;
    if (database !== 'builtin') {
      throw new GeoDatabaseError(
        `the settings say access.geo.database: ${database}: replace that file and send SIGHUP, or write builtin there`,
      );
    }
    const { builtAt } = CountryDatabase.open(file);
    if (builtAt > now + AHEAD_MS) {
      // It would be the newest one until then, whatever comes with later versions.
      throw new GeoDatabaseError(
        `${file} is of ${day(builtAt)}, which is yet to come; see to this machine's clock, or take a file with its true date`,
      );
    }
    const builtin = CountryDatabase.builtin();
    if (builtAt <= builtin.builtAt) {
      throw new GeoDatabaseError(
        `${file} is of ${day(builtAt)} and would not be used, because the built-in table, of ${day(builtin.builtAt)}, is as new or newer: take a newer file, or write access.geo.database: ${file} into the settings, where a file is used whatever its age`,
      );
    }
    makeDirectory(join(data, 'geo'));
    const half = `${this.#installed}.new`;
    try {
      copyFileSync(file, half);
      CountryDatabase.open(half);
      renameSync(half, this.#installed);
    } finally {
      rmSync(half, { force: true });
    }
    this.reload();
  }

  get #installed(): string {
    return join(this.#parts.data, 'geo', 'country.mmdb');
  }

  #open(database: string): CountryDatabase {
    if (database !== 'builtin') return CountryDatabase.open(database);
    const builtin = CountryDatabase.builtin();
    if (!existsSync(this.#installed)) return builtin;
    const installed = CountryDatabase.open(this.#installed);
    return installed.builtAt > builtin.builtAt ? installed : builtin;
  }
}

function day(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

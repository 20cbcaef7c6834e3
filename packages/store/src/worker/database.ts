import { closeSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import SQLite from 'better-sqlite3';
import { Kysely, SqliteAdapter, SqliteDialect, sql } from 'kysely';
import { Migrator } from 'kysely/migration';
import { makeDirectory } from '../make-directory.ts';
import type { Failure } from '../store-error.ts';
import { NEWER } from './codes.ts';
import { committing } from './commit.ts';
import type { CallSearch, Rows, WriteGroup } from './messages.ts';
import { MIGRATIONS } from './migrations.ts';
import { searching } from './search-calls.ts';
import { statementsOf } from './statements.ts';
import type { Tables } from './tables.ts';

/** How long a statement waits for another program that looks into the file, in milliseconds. */
const PATIENCE_MS = 5_000;

/** The database, and this process's hold on it. */
export interface OpenDatabase {
  /** For looks and migrations. */
  readonly db: Kysely<Tables>;
  /** Finds finished calls. */
  readonly search: (asked: CallSearch) => Rows['calls'];
  /** Makes groups of writes durable; says of each why it is not. */
  commit(groups: readonly WriteGroup[]): (Failure | null)[];
  close(): Promise<void>;
}

/** SQLite does take back a half-made table, whatever Kysely believes: a migration is all or nothing. */
class AtomicDialect extends SqliteDialect {
  override createAdapter(): SqliteAdapter {
    return new (class extends SqliteAdapter {
      override get supportsTransactionalDdl(): boolean {
        return true;
      }
    })();
  }
}

/** Opens the database, makes it if it is not there, and brings it to today's form. */
export async function openDatabase(file: string, migrations = MIGRATIONS): Promise<OpenDatabase> {
  makeDirectory(dirname(file));
  const lock = lockFor(file);
  try {
    // Made by us first, so that it is ours alone: call histories are nobody else's business.
    closeSync(openSync(file, 'a', 0o600));
    const sqlite = new SQLite(file, { timeout: PATIENCE_MS });
    const db = new Kysely<Tables>({ dialect: new AtomicDialect({ database: sqlite }) });
    try {
      // FULL: the log reaches the disk with every commit, so what was promised outlives a power cut, not only a kill.
      // Commits are few, because writes are gathered.
      await sql`pragma journal_mode = wal`.execute(db);
      await sql`pragma synchronous = full`.execute(db);
      await migrate(db, migrations);
      return {
        db,
        search: searching(sqlite, db),
        commit: committing(sqlite, statementsOf(sqlite, db)),
        async close() {
          await db.destroy();
          lock.close();
        },
      };
    } catch (error) {
      await db.destroy();
      throw error;
    }
  } catch (error) {
    lock.close();
    throw error;
  }
}

/**
 * A second way into a database that is open already, for looks that may take long: what is asked here keeps no commit waiting.
 * It sees what is committed.
 */
export function openToRead(file: string): OpenDatabase {
  const sqlite = new SQLite(file, { readonly: true, timeout: PATIENCE_MS });
  try {
    const db = new Kysely<Tables>({ dialect: new SqliteDialect({ database: sqlite }) });
    return {
      db,
      search: searching(sqlite, db),
      commit: () => {
        throw new Error('this way into the database is for reading alone');
      },
      close: () => db.destroy(),
    };
  } catch (error) {
    sqlite.close();
    throw error;
  }
}

/**
 * A hold that ends with the process however it ends: an exclusive lock on a file beside the database. The database itself
 * stays readable to others, for a backup or a look.
 */
function lockFor(file: string): SQLite.Database {
  const lock = new SQLite(`${file}.lock`, { timeout: 0 });
  try {
    lock.exec('begin exclusive');
  } catch (error) {
    lock.close();
    throw error;
  }
  return lock;
}

async function migrate(db: Kysely<Tables>, migrations: typeof MIGRATIONS): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => ({ ...migrations }) } });
  const unknown = await unknownMigration(db, migrations);
  if (unknown !== undefined) {
    throw Object.assign(new Error(`the database was written by a newer version (${unknown})`), { code: NEWER });
  }
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
}

async function unknownMigration(db: Kysely<Tables>, migrations: typeof MIGRATIONS): Promise<string | undefined> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some(({ name }) => name === 'kysely_migration')) return undefined;
  const done = await sql<{ name: string }>`select name from kysely_migration`.execute(db);
  return done.rows.find(({ name }) => !(name in migrations))?.name;
}

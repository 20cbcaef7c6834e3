import { type Kysely, sql } from 'kysely';
import { type Failure, failureOf, isOfTheMachine } from '../store-error.ts';
import type { Write, WriteGroup } from './messages.ts';
import type { Tables } from './tables.ts';

/**
 * Makes the groups durable in one transaction. Where one of them cannot be written, the others still are, each in a
 * transaction of its own; where nothing can be written at all, nothing is.
 */
export async function commit(db: Kysely<Tables>, groups: readonly WriteGroup[]): Promise<(Failure | null)[]> {
  const together = await attempt(db, groups.flat());
  if (together === null || groups.length === 1 || isOfTheMachine(together)) return groups.map(() => together);
  const failures: (Failure | null)[] = [];
  for (const group of groups) failures.push(await attempt(db, group));
  return failures;
}

async function attempt(db: Kysely<Tables>, writes: readonly Write[]): Promise<Failure | null> {
  try {
    await db.connection().execute((connection) => inTransaction(connection, writes));
    return null;
  } catch (error) {
    return failureOf(error);
  }
}

/** Kysely's own transactions report a failed rollback in place of what went wrong before it. */
async function inTransaction(db: Kysely<Tables>, writes: readonly Write[]): Promise<void> {
  await sql`begin immediate`.execute(db);
  try {
    for (const write of writes) await carryOut(db, write);
    await sql`commit`.execute(db);
  } catch (error) {
    // After some failures, a full disk among them, SQLite has rolled back by itself and has nothing left to.
    await sql`rollback`.execute(db).catch(() => {});
    throw error;
  }
}

async function carryOut(db: Kysely<Tables>, write: Write): Promise<void> {
  switch (write.do) {
    case 'put-meta':
      await db.replaceInto('meta').values(write.row).execute();
      return;
    case 'put-domain':
      await db.replaceInto('domains').values(write.row).execute();
      return;
    case 'remove-domain':
      await db.deleteFrom('domains').where('id', '=', write.id).execute();
      await db.deleteFrom('objects').where('domain', '=', write.id).execute();
      return;
    case 'put-object':
      await db.replaceInto('objects').values(write.row).execute();
      return;
    case 'remove-object':
      await db
        .deleteFrom('objects')
        .where('domain', '=', write.domain)
        .where('list', '=', write.list)
        .where('key', '=', write.key)
        .execute();
      return;
    case 'put-applied':
      await db.replaceInto('applied_files').values(write.row).execute();
      return;
    case 'put-binding':
      await db.replaceInto('bindings').values(write.row).execute();
      return;
    case 'remove-binding':
      await db.deleteFrom('bindings').where('id', '=', write.id).execute();
      return;
    case 'put-call':
      await db.replaceInto('calls').values(write.row).execute();
      return;
    case 'put-recording':
      await db.replaceInto('recordings').values(write.row).execute();
  }
}

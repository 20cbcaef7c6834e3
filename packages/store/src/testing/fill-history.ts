import type { CallRecord } from '@vats/pbx';
import SQLite from 'better-sqlite3';
import { Kysely, SqliteDialect, sql } from 'kysely';
import { putCall } from '../sqlite-history.ts';
import { callStatements } from '../worker/call-statements.ts';
import { ANY_ROW, prepared } from '../worker/prepared.ts';
import type { Tables } from '../worker/tables.ts';

const AT_ONCE = 50_000;
const CACHE_KIB = 1_000_000;

interface Staging extends Tables {
  staged: Tables['call_parties'];
}

/**
 * Fills the database of a closed store with a long history, many times faster than calls are kept one by one: without a promise to
 * survive a power cut, and what is found in random order sorted before it is written. The rows are those that `append` makes.
 *
 * @param records in the order of their starts, their ids new
 */
export async function fillHistory(
  file: string,
  records: Iterable<CallRecord>,
  progress: (calls: number) => void = () => {},
): Promise<void> {
  const sqlite = new SQLite(file);
  const db = new Kysely<Staging>({ dialect: new SqliteDialect({ database: sqlite }) });
  // From the write-ahead log no way leads straight to none.
  await sql`pragma journal_mode = delete`.execute(db);
  await sql`pragma journal_mode = off`.execute(db);
  await sql`pragma synchronous = off`.execute(db);
  await sql`pragma cache_size = ${sql.lit(-CACHE_KIB)}`.execute(db);
  await sql`create temp table staged as select * from call_parties where 0`.execute(db);
  const calls = prepared(sqlite, db.insertInto('calls').values(ANY_ROW.calls), ANY_ROW.calls);
  const staged = prepared(sqlite, db.insertInto('staged').values(ANY_ROW.call_parties), ANY_ROW.call_parties);
  const numbers = prepared(
    sqlite,
    db.insertInto('call_numbers').orIgnore().values(ANY_ROW.call_numbers),
    ANY_ROW.call_numbers,
  );
  const { putConversation } = callStatements(sqlite, db as unknown as Kysely<Tables>);
  const write = sqlite.transaction((some: readonly CallRecord[]) => {
    for (const record of some) {
      const put = putCall(record);
      const { id, domain, class: ofClass, started_at } = put.row;
      calls(put.row);
      for (const [kind, key] of JSON.parse(put.row.parties) as [string, string][]) {
        staged({ domain, kind, key, class: ofClass, started_at, call_id: id });
      }
      for (const number of put.numbers) numbers({ domain, ...number });
      if (put.conversation !== undefined) putConversation(put.conversation);
    }
  });
  let batch: CallRecord[] = [];
  let made = 0;
  for (const record of records) {
    batch.push(record);
    if (batch.length < AT_ONCE) continue;
    write(batch);
    made += batch.length;
    batch = [];
    progress(made);
  }
  write(batch);
  await db
    .insertInto('call_parties')
    .expression(
      db
        .selectFrom('staged')
        .selectAll()
        .orderBy('domain')
        .orderBy('kind')
        .orderBy('key')
        .orderBy('class')
        .orderBy('started_at')
        .orderBy('call_id'),
    )
    .execute();
  await db.destroy();
}

import type SQLite from 'better-sqlite3';
import type { Kysely } from 'kysely';
import type { Write } from './messages.ts';
import { ANY_ROW, prepared, type Run } from './prepared.ts';
import type { Tables } from './tables.ts';

type Kinds = 'add-spent' | 'forget-spent' | 'put-held' | 'remove-held';
type SpendingStatements = { readonly [Kind in Kinds]: Run<Extract<Write, { do: Kind }>> };

/** Writes of what calls outside use up. */
export function spendingStatements(sqlite: SQLite.Database, db: Kysely<Tables>): SpendingStatements {
  const addSpent = prepared(
    sqlite,
    db
      .insertInto('spending_minute')
      .values(ANY_ROW.spending_minute)
      .onConflict((conflict) =>
        conflict.columns(['subject', 'costly', 'minute']).doUpdateSet(({ eb, ref }) => ({
          calls: eb('spending_minute.calls', '+', ref('excluded.calls')),
          talk_ms: eb('spending_minute.talk_ms', '+', ref('excluded.talk_ms')),
          money: eb('spending_minute.money', '+', ref('excluded.money')),
        })),
      ),
    ANY_ROW.spending_minute,
  );
  const putHeld = prepared(
    sqlite,
    db.replaceInto('spending_held').values(ANY_ROW.spending_held),
    ANY_ROW.spending_held,
  );
  return {
    'add-spent': ({ row }) => addSpent(row),
    'forget-spent': prepared(sqlite, db.deleteFrom('spending_minute').where('minute', '<', 0), { before: 0 }),
    'put-held': ({ row }) => putHeld(row),
    'remove-held': prepared(sqlite, db.deleteFrom('spending_held').where('call', '=', ''), { call: '' }),
  };
}

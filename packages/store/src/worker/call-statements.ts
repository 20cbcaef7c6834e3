import type SQLite from 'better-sqlite3';
import type { Kysely } from 'kysely';
import { reversedDigits } from '../reversed-digits.ts';
import type { Write } from './messages.ts';
import { ANY_ROW, prepared, type Run } from './prepared.ts';
import type { Tables } from './tables.ts';

type Kinds = 'put-call' | 'remove-call' | 'remove-conversations' | 'note-call';
type CallStatements = { readonly [Kind in Kinds]: Run<Extract<Write, { do: Kind }>> };

/** Writes of the history: a call, and beside it all by which it is found. */
export function callStatements(
  sqlite: SQLite.Database,
  db: Kysely<Tables>,
): CallStatements & { readonly putConversation: Run<Tables['conversations']> } {
  const putCall = prepared(sqlite, db.replaceInto('calls').values(ANY_ROW.calls), ANY_ROW.calls);
  const removeCall = prepared(sqlite, db.deleteFrom('calls').where('id', '=', ''), { id: '' });
  const putNote = prepared(sqlite, db.replaceInto('open_calls').values(ANY_ROW.open_calls), ANY_ROW.open_calls);
  const removeNote = prepared(sqlite, db.deleteFrom('open_calls').where('id', '=', ''), { id: '' });
  const putParty = prepared(
    sqlite,
    db.insertInto('call_parties').orIgnore().values(ANY_ROW.call_parties),
    ANY_ROW.call_parties,
  );
  const putNumber = prepared(
    sqlite,
    db.insertInto('call_numbers').orIgnore().values(ANY_ROW.call_numbers),
    ANY_ROW.call_numbers,
  );
  const putConversation = prepared(
    sqlite,
    db
      .insertInto('conversations')
      .values(ANY_ROW.conversations)
      .onConflict((conflict) =>
        conflict
          .columns(['domain', 'number', 'direction'])
          .doUpdateSet((set) => ({
            extension: set.ref('excluded.extension'),
            ended_at: set.ref('excluded.ended_at'),
            call_id: set.ref('excluded.call_id'),
          }))
          // Calls end in another order than their conversations do.
          .whereRef('excluded.ended_at', '>=', 'conversations.ended_at'),
      ),
    ANY_ROW.conversations,
  );
  const removeConversations = prepared(sqlite, db.deleteFrom('conversations').where('ended_at', '<', 0), { before: 0 });
  const removeParty = prepared(
    sqlite,
    db
      .deleteFrom('call_parties')
      .where('domain', '=', '')
      .where('kind', '=', '')
      .where('key', '=', '')
      .where('class', '=', 0)
      .where('started_at', '=', 0)
      .where('call_id', '=', ''),
    ANY_ROW.call_parties,
  );
  const removeNumber = prepared(
    sqlite,
    db
      .deleteFrom('call_numbers')
      .where('domain', '=', '')
      .where('reversed', '=', '')
      .where('number', '=', '')
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('call_parties')
              .select('call_id')
              .where('call_parties.domain', '=', '')
              .where('call_parties.kind', '=', '')
              .where('call_parties.key', '=', ''),
          ),
        ),
      ),
    { domain: '', reversed: '', number: '', ofDomain: '', ofKind: '', ofKey: '' },
  );
  const keptQuery = db
    .selectFrom('calls')
    .select(['domain', 'class', 'started_at', 'parties'])
    .where('id', '=', '')
    .compile();
  const kept = sqlite.prepare<[string], Pick<Tables['calls'], 'domain' | 'class' | 'started_at' | 'parties'>>(
    keptQuery.sql,
  );

  const removeParties = (id: string): void => {
    const row = kept.get(id);
    if (row === undefined) return;
    const { domain, class: ofClass, started_at } = row;
    for (const [kind, key] of JSON.parse(row.parties) as [string, string][]) {
      removeParty({ domain, kind, key, class: ofClass, started_at, call_id: id });
      if (kind !== 'number') continue;
      // A number that is in no call any more is forgotten with the last one.
      const reversed = reversedDigits(key);
      if (reversed === undefined) continue;
      removeNumber({ domain, reversed, number: key, ofDomain: domain, ofKind: kind, ofKey: key });
    }
  };
  return {
    putConversation,
    'put-call': ({ row, numbers, conversation }) => {
      const { id, domain, class: ofClass, started_at } = row;
      removeParties(id);
      putCall(row);
      for (const [kind, key] of JSON.parse(row.parties) as [string, string][]) {
        putParty({ domain, kind, key, class: ofClass, started_at, call_id: id });
      }
      for (const { reversed, number } of numbers) putNumber({ domain, reversed, number });
      if (conversation !== undefined) putConversation(conversation);
      removeNote({ id });
    },
    'remove-call': ({ id }) => {
      removeParties(id);
      removeCall({ id });
    },
    'remove-conversations': ({ before }) => removeConversations({ before }),
    'note-call': ({ row }) => putNote(row),
  };
}

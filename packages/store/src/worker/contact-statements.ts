import type SQLite from 'better-sqlite3';
import type { Kysely } from 'kysely';
import type { ContactRow, Write } from './messages.ts';
import { ANY_ROW, prepared, type Run } from './prepared.ts';
import type { Tables } from './tables.ts';

type Kinds = 'put-contacts' | 'remove-contact' | 'remove-contacts';
type ContactStatements = { readonly [Kind in Kinds]: Run<Extract<Write, { do: Kind }>> };

/** Writes of the contacts of domains. */
export function contactStatements(sqlite: SQLite.Database, db: Kysely<Tables>): ContactStatements {
  const putContact = prepared(sqlite, db.replaceInto('contacts').values(ANY_ROW.contacts), ANY_ROW.contacts);
  const { contacts: none } = ANY_ROW;
  return {
    'put-contacts': ({ domain, rows }) => {
      for (const [number, name, extension] of JSON.parse(rows) as ContactRow[]) {
        putContact({ domain, number, name, extension });
      }
    },
    'remove-contact': prepared(
      sqlite,
      db.deleteFrom('contacts').where('domain', '=', none.domain).where('number', '=', none.number),
      { domain: '', number: '' },
    ),
    'remove-contacts': prepared(sqlite, db.deleteFrom('contacts').where('domain', '=', ''), { domain: '' }),
  };
}

import type SQLite from 'better-sqlite3';
import type { Kysely } from 'kysely';
import { callStatements } from './call-statements.ts';
import { contactStatements } from './contact-statements.ts';
import type { Write } from './messages.ts';
import { ANY_ROW, prepared, type Run } from './prepared.ts';
import { spendingStatements } from './spending-statements.ts';
import type { Tables } from './tables.ts';

/** How each kind of write is carried out. */
type Statements = { readonly [Kind in Write['do']]: Run<Extract<Write, { do: Kind }>> };

/**
 * What carries out a write: every kind of them compiled by Kysely and prepared by SQLite once. A query that is built and
 * prepared anew for each row costs ten times what the row itself does, and a call makes three.
 */
export function statementsOf(sqlite: SQLite.Database, db: Kysely<Tables>): Run<Write> {
  const put = <Table extends keyof Tables>(table: Table): Run<{ readonly row: Tables[Table] }> => {
    const anyRow: Tables[Table] = ANY_ROW[table];
    // The compiler cannot follow a table's name through Kysely's types to its row; the line above is what it checks.
    const run = prepared(sqlite, db.replaceInto(table).values(anyRow as never), anyRow);
    return ({ row }) => run(row);
  };
  const removeDomain = prepared(sqlite, db.deleteFrom('domains').where('id', '=', ''), { id: '' });
  const removeObjectsOf = prepared(sqlite, db.deleteFrom('objects').where('domain', '=', ''), { id: '' });
  const removePlacesOf = prepared(sqlite, db.deleteFrom('places').where('domain', '=', ''), { id: '' });
  const removeRatesOf = prepared(sqlite, db.deleteFrom('rates').where('domain', '=', ''), { id: '' });
  const removeNumbering = prepared(sqlite, db.deleteFrom('numbering'), {});
  const ofContacts = contactStatements(sqlite, db);
  const { putConversation: _, ...ofCalls } = callStatements(sqlite, db);
  const statements: Statements = {
    'put-meta': put('meta'),
    'put-domain': put('domains'),
    'remove-domain': ({ id }) => {
      removeDomain({ id });
      removeObjectsOf({ id });
      removePlacesOf({ id });
      removeRatesOf({ id });
      ofContacts['remove-contacts']({ do: 'remove-contacts', domain: id });
    },
    'put-object': put('objects'),
    'remove-object': prepared(
      sqlite,
      db.deleteFrom('objects').where('domain', '=', '').where('list', '=', '').where('key', '=', ''),
      { domain: '', list: '', key: '' },
    ),
    'put-applied': put('applied_files'),
    'put-binding': put('bindings'),
    'remove-binding': prepared(sqlite, db.deleteFrom('bindings').where('id', '=', ''), { id: '' }),
    ...ofCalls,
    'put-recording': put('recordings'),
    'put-ban': put('bans'),
    'remove-ban': prepared(sqlite, db.deleteFrom('bans').where('id', '=', ''), { id: '' }),
    'put-place': put('places'),
    'remove-place': prepared(
      sqlite,
      db.deleteFrom('places').where('domain', '=', '').where('login', '=', '').where('address', '=', ''),
      { domain: '', login: '', address: '' },
    ),
    ...spendingStatements(sqlite, db),
    'put-rates': put('rates'),
    'remove-rates': prepared(sqlite, db.deleteFrom('rates').where('domain', '=', '').where('name', '=', ''), {
      domain: '',
      name: '',
    }),
    ...ofContacts,
    'put-message': put('messages'),
    'remove-message': prepared(sqlite, db.deleteFrom('messages').where('id', '=', ''), { id: '' }),
    'put-mailbox': put('mailboxes'),
    'put-numbering': put('numbering'),
    'remove-numbering': () => removeNumbering({}),
  };
  // A write and the statement of its kind belong together, which the type of a union does not say.
  return (write) => (statements[write.do] as Run<Write>)(write);
}

import type SQLite from 'better-sqlite3';
import type { Compilable, Kysely } from 'kysely';
import type { Write } from './messages.ts';
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
  const statements: Statements = {
    'put-meta': put('meta'),
    'put-domain': put('domains'),
    'remove-domain': ({ id }) => {
      removeDomain({ id });
      removeObjectsOf({ id });
      removePlacesOf({ id });
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
    'put-call': put('calls'),
    'put-recording': put('recordings'),
    'put-ban': put('bans'),
    'remove-ban': prepared(sqlite, db.deleteFrom('bans').where('id', '=', ''), { id: '' }),
    'put-place': put('places'),
    'remove-place': prepared(
      sqlite,
      db.deleteFrom('places').where('domain', '=', '').where('login', '=', '').where('address', '=', ''),
      { domain: '', login: '', address: '' },
    ),
  };
  // A write and the statement of its kind belong together, which the type of a union does not say.
  return (write) => (statements[write.do] as Run<Write>)(write);
}

type Run<Values> = (values: Values) => void;

/** `values` names the parameters of the query in their order. */
function prepared<Values extends object>(sqlite: SQLite.Database, query: Compilable, values: Values): Run<Values> {
  const names = Object.keys(values) as (keyof Values)[];
  const { sql, parameters } = query.compile();
  if (parameters.length !== names.length)
    throw new Error(`${sql} takes ${parameters.length} values, not ${names.length}`);
  const statement = sqlite.prepare(sql);
  return (given) => void statement.run(names.map((name) => given[name]));
}

/** A row of each table, with every column: what the statements are compiled for. */
const ANY_ROW: Tables = {
  meta: { name: '', value: Buffer.alloc(0) },
  domains: { id: '', position: 0, name: '', realm: '', managed_by: '', settings: '', settings_by: '' },
  objects: { domain: '', list: '', key: '', position: 0, managed_by: '', document: '', secret: Buffer.alloc(0) },
  applied_files: { name: '', hash: '', applied_at: 0 },
  bindings: { id: '', domain: '', login: '', expires_at: 0, document: '' },
  calls: { id: '', domain: '', started_at: 0, ended_at: 0, outcome: '', record: '' },
  recordings: {
    id: '',
    call_id: '',
    domain: '',
    path: '',
    caller: '',
    callee: '',
    started_at: 0,
    duration_ms: 0,
    state: '',
    error: '',
  },
  bans: { id: '', network: '', user: '', since: 0, until: 0, offence: 0, made_by: '', reason: '' },
  places: { domain: '', login: '', address: '', country: '', first_seen: 0, last_seen: 0, uses: 0 },
};

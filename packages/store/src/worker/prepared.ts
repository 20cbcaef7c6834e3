import type SQLite from 'better-sqlite3';
import type { Compilable } from 'kysely';
import type { Tables } from './tables.ts';

export type Run<Values> = (values: Values) => void;

/** `values` names the parameters of the query in their order. */
export function prepared<Values extends object>(
  sqlite: SQLite.Database,
  query: Compilable,
  values: Values,
): Run<Values> {
  const names = Object.keys(values) as (keyof Values)[];
  const { sql, parameters } = query.compile();
  if (parameters.length !== names.length)
    throw new Error(`${sql} takes ${parameters.length} values, not ${names.length}`);
  const statement = sqlite.prepare(sql);
  return (given) => void statement.run(names.map((name) => given[name]));
}

/** A row of each table, with every column: what the statements are compiled for. */
export const ANY_ROW: Tables = {
  meta: { name: '', value: Buffer.alloc(0) },
  domains: { id: '', position: 0, name: '', realm: '', managed_by: '', settings: '', settings_by: '' },
  objects: { domain: '', list: '', key: '', position: 0, managed_by: '', document: '', secret: Buffer.alloc(0) },
  applied_files: { name: '', hash: '', applied_at: 0 },
  bindings: { id: '', domain: '', login: '', expires_at: 0, document: '' },
  calls: {
    id: '',
    domain: '',
    started_at: 0,
    ended_at: 0,
    outcome: '',
    record: '',
    class: 0,
    parties: '',
    story: '',
  },
  open_calls: { id: '', record: '' },
  call_parties: { domain: '', kind: '', key: '', class: 0, started_at: 0, call_id: '' },
  call_numbers: { domain: '', reversed: '', number: '' },
  conversations: { domain: '', number: '', direction: '', extension: '', ended_at: 0, call_id: '' },
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
  spending_minute: { subject: '', costly: 0, minute: 0, calls: 0, talk_ms: 0, money: 0 },
  spending_held: { call: '', subjects: '', costly: 0, talk_ms: 0, money: 0 },
  rates: { domain: '', name: '', part: 0, document: '' },
  contacts: { domain: '', number: '', name: '', extension: '' },
  messages: { id: '', document: '' },
  mailboxes: { domain: '', box: '', document: '' },
  numbering: { part: 0, document: '' },
};

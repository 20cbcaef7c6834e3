import { type Kysely, sql } from 'kysely';

/*
 * The history of calls as it can be searched. Records of before know neither trunks nor groups: who called, who answered and how
 * it ended is all that is made of them. Nothing here may change once it is released, so nothing is shared with today's code.
 */

const BATCH = 1_000;

interface OldTables {
  calls: {
    id: string;
    domain: string;
    started_at: number;
    ended_at: number;
    outcome: string;
    record: string;
    class: number;
    parties: string;
    story: string;
  };
  domains: { id: string; name: string };
  call_parties: { domain: string; kind: string; key: string; class: number; started_at: number; call_id: string };
  call_numbers: { domain: string; reversed: string; number: string };
}

export async function up(db: Kysely<unknown>): Promise<void> {
  await makeTables(db);
  await convertCalls(db as Kysely<OldTables>);
}

async function makeTables(db: Kysely<unknown>): Promise<void> {
  const table = db.schema.alterTable('calls');
  await table.addColumn('class', 'integer', (column) => column.notNull().defaultTo(0)).execute();
  await table.addColumn('parties', 'text', (column) => column.notNull().defaultTo('[]')).execute();
  await table.addColumn('story', 'text', (column) => column.notNull().defaultTo('{}')).execute();
  await db.schema.createIndex('calls_by_class').on('calls').columns(['domain', 'class', 'started_at', 'id']).execute();
  await db.schema
    .createTable('open_calls')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('record', 'text', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('call_parties')
    .addColumn('domain', 'text', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('key', 'text', (column) => column.notNull())
    .addColumn('class', 'integer', (column) => column.notNull())
    .addColumn('started_at', 'integer', (column) => column.notNull())
    .addColumn('call_id', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('call_parties_key', ['domain', 'kind', 'key', 'class', 'started_at', 'call_id'])
    .modifyEnd(sql`without rowid`)
    .execute();
  await db.schema
    .createTable('call_numbers')
    .addColumn('domain', 'text', (column) => column.notNull())
    .addColumn('reversed', 'text', (column) => column.notNull())
    .addColumn('number', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('call_numbers_key', ['domain', 'reversed', 'number'])
    .modifyEnd(sql`without rowid`)
    .execute();
  await db.schema
    .createTable('conversations')
    .addColumn('domain', 'text', (column) => column.notNull())
    .addColumn('number', 'text', (column) => column.notNull())
    .addColumn('direction', 'text', (column) => column.notNull())
    .addColumn('extension', 'text', (column) => column.notNull())
    .addColumn('ended_at', 'integer', (column) => column.notNull())
    .addColumn('call_id', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('conversations_key', ['domain', 'number', 'direction'])
    .modifyEnd(sql`without rowid`)
    .execute();
  await db.schema.createIndex('conversations_by_end').on('conversations').column('ended_at').execute();
}

async function convertCalls(db: Kysely<OldTables>): Promise<void> {
  const domains = new Map(
    (await db.selectFrom('domains').select(['id', 'name']).execute()).map(({ id, name }) => [name, id]),
  );
  for (let last = ''; ; ) {
    const rows = await db.selectFrom('calls').selectAll().where('id', '>', last).orderBy('id').limit(BATCH).execute();
    for (const row of rows) await convert(db, row, domains);
    const end = rows.at(-1);
    if (end === undefined) return;
    last = end.id;
  }
}

async function convert(
  db: Kysely<OldTables>,
  row: OldTables['calls'],
  domains: ReadonlyMap<string, string>,
): Promise<void> {
  const old = readObject(row.record);
  const { story, ...summary } = old;
  const from = objectOr(old.from, { number: '' });
  const dialled = textOr(old.dialled, '');
  const answeredBy = old.answeredBy === undefined ? undefined : objectOr(old.answeredBy, { number: '' });
  const answeredAt = typeof old.answeredAt === 'number' ? old.answeredAt : undefined;
  // What was called calls then had both ends in the house, or the switch itself, whose echo test has no extension.
  const spoke = answeredBy?.extension !== undefined;
  const nobodySought = ['not-found', 'not-served', 'forbidden', 'account-limit'].includes(row.outcome);
  const result = spoke ? 0 : answeredAt !== undefined ? 2 : nobodySought ? 3 : 1;
  const classNumber = INTERNAL * RESULTS.length + result;
  const domain = domains.get(row.domain) ?? row.domain;
  const talk = { leg: 'b1', party: answeredBy, from: answeredAt, to: row.ended_at };
  const record = {
    ...summary,
    id: row.id,
    domain,
    direction: 'internal',
    result: RESULTS[result],
    startedAt: row.started_at,
    endedAt: row.ended_at,
    from,
    dialled,
    waitMs: (answeredAt ?? row.ended_at) - row.started_at,
    talkMs: answeredAt === undefined ? 0 : row.ended_at - answeredAt,
    outcome: row.outcome,
    status: typeof old.status === 'number' ? old.status : 0,
    legs: [],
    talks: spoke ? [talk] : [],
    forwards: [],
    explain: [],
    recordings: [],
  };
  const employees = [from.extension, answeredBy?.extension].filter((each) => typeof each === 'string');
  const parties = [...new Set(employees)].map((key): [string, string] => ['employee', key]);
  if (/^[0-9*#]+$/.test(dialled) && !employees.includes(dialled)) parties.push(['number', dialled]);
  await db
    .updateTable('calls')
    .set({
      domain,
      class: classNumber,
      record: JSON.stringify(record),
      parties: JSON.stringify(parties),
      story: JSON.stringify({ story: Array.isArray(story) ? story : [] }),
    })
    .where('id', '=', row.id)
    .execute();
  for (const [kind, key] of parties) {
    await db
      .insertInto('call_parties')
      .values({ domain, kind, key, class: classNumber, started_at: row.started_at, call_id: row.id })
      .execute();
    const reversed = [...key.replace(/[^0-9]/g, '')].reverse().join('');
    if (kind === 'number' && reversed.length >= 4) {
      await db.insertInto('call_numbers').orIgnore().values({ domain, reversed, number: key }).execute();
    }
  }
}

const RESULTS = ['answered', 'missed', 'served', 'failed'];
const INTERNAL = 2;

function readObject(text: string): Record<string, unknown> {
  try {
    return objectOr(JSON.parse(text), {});
  } catch {
    // A record that nobody can read is kept as what its columns say.
    return {};
  }
}

function objectOr(value: unknown, otherwise: Record<string, unknown>): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : otherwise;
}

function textOr(value: unknown, otherwise: string): string {
  return typeof value === 'string' ? value : otherwise;
}

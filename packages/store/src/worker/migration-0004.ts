import { type Kysely, sql } from 'kysely';

/** What calls outside used up, what they cost, and who rings from which number. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('spending_minute')
    .addColumn('subject', 'text', (column) => column.notNull())
    .addColumn('costly', 'integer', (column) => column.notNull())
    .addColumn('minute', 'integer', (column) => column.notNull())
    .addColumn('calls', 'integer', (column) => column.notNull())
    .addColumn('talk_ms', 'integer', (column) => column.notNull())
    .addColumn('money', 'integer', (column) => column.notNull())
    .addPrimaryKeyConstraint('spending_minute_key', ['subject', 'costly', 'minute'])
    .modifyEnd(sql`without rowid`)
    .execute();
  await db.schema.createIndex('spending_by_minute').on('spending_minute').column('minute').execute();
  await db.schema
    .createTable('spending_held')
    .addColumn('call', 'text', (column) => column.primaryKey())
    .addColumn('subjects', 'text', (column) => column.notNull())
    .addColumn('costly', 'integer', (column) => column.notNull())
    .addColumn('talk_ms', 'integer', (column) => column.notNull())
    .addColumn('money', 'integer', (column) => column.notNull())
    .execute();
  // A hundred thousand rows of their own take three times as long to write and to read as some documents do, and nobody asks for one.
  await db.schema
    .createTable('rates')
    .addColumn('domain', 'text', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('part', 'integer', (column) => column.notNull())
    .addColumn('document', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('rates_key', ['domain', 'name', 'part'])
    .execute();
  // The key begins with the domain, and finds a number of it.
  await db.schema
    .createTable('contacts')
    .addColumn('domain', 'text', (column) => column.notNull())
    .addColumn('number', 'text', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('extension', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('contacts_key', ['domain', 'number'])
    .modifyEnd(sql`without rowid`)
    .execute();
}

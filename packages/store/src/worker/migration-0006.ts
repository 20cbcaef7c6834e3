import type { Kysely } from 'kysely';

/** Mailboxes and the messages in them. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('messages')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('document', 'text', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('mailboxes')
    .addColumn('domain', 'text', (column) => column.notNull())
    .addColumn('box', 'text', (column) => column.notNull())
    .addColumn('document', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('mailboxes_key', ['domain', 'box'])
    .execute();
}

import type { Kysely } from 'kysely';

/** The numbering register: what it is made of, and then its ranges, some thousands a document. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('numbering')
    .addColumn('part', 'integer', (column) => column.primaryKey())
    .addColumn('document', 'text', (column) => column.notNull())
    .execute();
}

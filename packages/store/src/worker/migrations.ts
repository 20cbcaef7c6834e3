import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import { up as searchableHistory } from './migration-0003.ts';
import { up as spendingAndContacts } from './migration-0004.ts';
import { up as numbering } from './migration-0005.ts';
import { up as voicemail } from './migration-0006.ts';

/**
 * How a database of any earlier version becomes today's, in the order of their names. What is released is never changed:
 * a migration must not use the types of today's tables, for those will change under it.
 */
export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001-first': {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema
        .createTable('meta')
        .addColumn('name', 'text', (column) => column.primaryKey())
        .addColumn('value', 'blob', (column) => column.notNull())
        .execute();
      await db.schema
        .createTable('domains')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('position', 'integer', (column) => column.notNull())
        .addColumn('name', 'text', (column) => column.notNull())
        .addColumn('realm', 'text', (column) => column.notNull())
        .addColumn('managed_by', 'text', (column) => column.notNull())
        .addColumn('settings', 'text', (column) => column.notNull())
        .addColumn('settings_by', 'text', (column) => column.notNull())
        .execute();
      await db.schema
        .createTable('objects')
        .addColumn('domain', 'text', (column) => column.notNull())
        .addColumn('list', 'text', (column) => column.notNull())
        .addColumn('key', 'text', (column) => column.notNull())
        .addColumn('position', 'integer', (column) => column.notNull())
        .addColumn('managed_by', 'text', (column) => column.notNull())
        .addColumn('document', 'text', (column) => column.notNull())
        .addColumn('secret', 'blob')
        .addPrimaryKeyConstraint('objects_key', ['domain', 'list', 'key'])
        .execute();
      await db.schema
        .createTable('applied_files')
        .addColumn('name', 'text', (column) => column.primaryKey())
        .addColumn('hash', 'text', (column) => column.notNull())
        .addColumn('applied_at', 'integer', (column) => column.notNull())
        .execute();
      await db.schema
        .createTable('bindings')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('domain', 'text', (column) => column.notNull())
        .addColumn('login', 'text', (column) => column.notNull())
        .addColumn('expires_at', 'integer', (column) => column.notNull())
        .addColumn('document', 'text', (column) => column.notNull())
        .execute();
      await db.schema
        .createTable('calls')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('domain', 'text', (column) => column.notNull())
        .addColumn('started_at', 'integer', (column) => column.notNull())
        .addColumn('ended_at', 'integer', (column) => column.notNull())
        .addColumn('outcome', 'text', (column) => column.notNull())
        .addColumn('record', 'text', (column) => column.notNull())
        .execute();
      await db.schema.createIndex('calls_by_start').on('calls').columns(['started_at', 'id']).execute();
      await db.schema.createIndex('calls_by_domain').on('calls').columns(['domain', 'started_at', 'id']).execute();
      await db.schema
        .createTable('recordings')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('call_id', 'text', (column) => column.notNull())
        .addColumn('domain', 'text', (column) => column.notNull())
        .addColumn('path', 'text', (column) => column.notNull())
        .addColumn('caller', 'text', (column) => column.notNull())
        .addColumn('callee', 'text', (column) => column.notNull())
        .addColumn('started_at', 'integer', (column) => column.notNull())
        .addColumn('duration_ms', 'integer')
        .addColumn('state', 'text', (column) => column.notNull())
        .addColumn('error', 'text')
        .execute();
      await db.schema.createIndex('recordings_by_start').on('recordings').columns(['started_at', 'id']).execute();
      await db.schema.createIndex('recordings_by_call').on('recordings').column('call_id').execute();
      await db.schema.createIndex('recordings_by_state').on('recordings').column('state').execute();
    },
  },
  '0002-access': {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema
        .createTable('bans')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('network', 'text', (column) => column.notNull())
        .addColumn('user', 'text')
        .addColumn('since', 'integer', (column) => column.notNull())
        .addColumn('until', 'integer')
        .addColumn('offence', 'integer', (column) => column.notNull())
        .addColumn('made_by', 'text', (column) => column.notNull())
        .addColumn('reason', 'text', (column) => column.notNull())
        .execute();
      // The key begins with the domain, so what belongs to one is found without an index of its own.
      await db.schema
        .createTable('places')
        .addColumn('domain', 'text', (column) => column.notNull())
        .addColumn('login', 'text', (column) => column.notNull())
        .addColumn('address', 'text', (column) => column.notNull())
        .addColumn('country', 'text')
        .addColumn('first_seen', 'integer', (column) => column.notNull())
        .addColumn('last_seen', 'integer', (column) => column.notNull())
        .addColumn('uses', 'integer', (column) => column.notNull())
        .addPrimaryKeyConstraint('places_key', ['domain', 'login', 'address'])
        .execute();
    },
  },
  '0003-history': { up: searchableHistory },
  '0004-spending': { up: spendingAndContacts },
  '0005-numbering': { up: numbering },
  '0006-voicemail': { up: voicemail },
};

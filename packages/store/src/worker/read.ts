import type { Kysely } from 'kysely';
import type { Read, Rows } from './messages.ts';
import type { Tables } from './tables.ts';

export async function read(db: Kysely<Tables>, asked: Read): Promise<Rows[keyof Rows]> {
  switch (asked.read) {
    case 'everything':
      return {
        meta: await db.selectFrom('meta').selectAll().execute(),
        domains: await db.selectFrom('domains').selectAll().orderBy('position').execute(),
        objects: await db.selectFrom('objects').selectAll().orderBy('position').execute(),
        applied: await db.selectFrom('applied_files').selectAll().execute(),
      };
    case 'bindings':
      return db.selectFrom('bindings').selectAll().orderBy('id').execute();
    case 'bans':
      return db.selectFrom('bans').selectAll().orderBy('since').orderBy('id').execute();
    case 'places':
      return db.selectFrom('places').selectAll().orderBy('domain').orderBy('login').orderBy('address').execute();
    case 'calls': {
      let query = db.selectFrom('calls').selectAll().orderBy('started_at', 'desc').orderBy('id').limit(asked.limit);
      if (asked.domain !== undefined) query = query.where('domain', '=', asked.domain);
      if (asked.before !== undefined) query = query.where('started_at', '<', asked.before);
      return query.execute();
    }
    case 'recordings': {
      let query = db
        .selectFrom('recordings')
        .selectAll()
        .orderBy('started_at', 'desc')
        .orderBy('id')
        .limit(asked.limit);
      if (asked.domain !== undefined) query = query.where('domain', '=', asked.domain);
      if (asked.call !== undefined) query = query.where('call_id', '=', asked.call);
      if (asked.state !== undefined) query = query.where('state', '=', asked.state);
      if (asked.before !== undefined) query = query.where('started_at', '<', asked.before);
      return query.execute();
    }
  }
}

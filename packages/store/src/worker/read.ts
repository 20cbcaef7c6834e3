import type { OpenDatabase } from './database.ts';
import type { Read, Rows } from './messages.ts';

export async function read(
  { db, search }: Pick<OpenDatabase, 'db' | 'search'>,
  asked: Read,
): Promise<Rows[keyof Rows]> {
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
    case 'spent':
      return db.selectFrom('spending_minute').selectAll().where('minute', '>=', asked.since).execute();
    case 'held':
      return db.selectFrom('spending_held').selectAll().orderBy('call').execute();
    case 'rates':
      return db.selectFrom('rates').selectAll().orderBy('domain').orderBy('name').orderBy('part').execute();
    case 'voicemail':
      return {
        messages: await db.selectFrom('messages').selectAll().orderBy('id').execute(),
        boxes: await db.selectFrom('mailboxes').selectAll().execute(),
      };
    case 'numbering':
      return db.selectFrom('numbering').selectAll().orderBy('part').execute();
    case 'contacts': {
      const { after, limit } = asked;
      const query = db.selectFrom('contacts').selectAll().orderBy('domain').orderBy('number').limit(limit);
      if (after === undefined) return query.execute();
      return query
        .where(({ eb, refTuple, tuple }) => eb(refTuple('domain', 'number'), '>', tuple(after.domain, after.number)))
        .execute();
    }
    case 'calls':
      return search(asked);
    case 'call':
      return db.selectFrom('calls').select(['record', 'story']).where('id', '=', asked.id).execute();
    case 'calls-before':
      return db
        .selectFrom('calls')
        .select('id')
        .where('started_at', '<', asked.before)
        .orderBy('started_at')
        .orderBy('id')
        .limit(asked.limit)
        .execute();
    case 'open-calls':
      return db.selectFrom('open_calls').selectAll().orderBy('id').execute();
    case 'conversations':
      return db.selectFrom('conversations').selectAll().where('ended_at', '>=', asked.since).execute();
    case 'recordings': {
      let query = db
        .selectFrom('recordings')
        .selectAll()
        .orderBy('started_at', 'desc')
        .orderBy('id')
        .limit(asked.limit);
      if (asked.domain !== undefined) query = query.where('domain', '=', asked.domain);
      if (asked.call !== undefined) query = query.where('call_id', '=', asked.call);
      if (asked.path !== undefined) query = query.where('path', '=', asked.path);
      if (asked.state !== undefined) query = query.where('state', '=', asked.state);
      if (asked.before !== undefined) query = query.where('started_at', '<', asked.before);
      return query.execute();
    }
  }
}

import type SQLite from 'better-sqlite3';
import type { Compilable, Kysely } from 'kysely';
import type { Tables } from './tables.ts';

/** Where a call stands in the list, and its class. */
export interface Place {
  readonly started_at: number;
  readonly call_id: string;
  readonly class: number;
}

interface Stretch {
  readonly after: Place;
  readonly since: number;
  readonly limit: number;
}

interface Key {
  readonly domain: string;
  readonly kind: string;
  readonly key: string;
}

/** The looks into the indexes, each built by Kysely and prepared by SQLite once: one page may need thousands of them. */
export function searchQueries(sqlite: SQLite.Database, db: Kysely<Tables>) {
  const rows = <Row>(query: Compilable, parameters: number) => {
    const { sql, parameters: given } = query.compile();
    if (given.length !== parameters) throw new Error(`${sql} takes ${given.length} values, not ${parameters}`);
    return sqlite.prepare<(string | number)[], Row>(sql);
  };
  const calls = db
    .selectFrom('calls')
    .select(['started_at', 'id as call_id', 'class'])
    .where(({ eb, refTuple, tuple }) => eb(refTuple('started_at', 'id'), '<', tuple(0, '')))
    .where('started_at', '>=', 0)
    .orderBy('started_at', 'desc')
    .orderBy('id', 'desc')
    .limit(0);
  // The order of conditions is the order of values. A place is compared as one, which an index can answer.
  const ofAll = rows<Place>(calls, 4);
  const inDomain = db.selectFrom('calls').select(['started_at', 'id as call_id', 'class']).where('domain', '=', '');
  const ofDomain = rows<Place>(
    inDomain
      .where(({ eb, refTuple, tuple }) => eb(refTuple('started_at', 'id'), '<', tuple(0, '')))
      .where('started_at', '>=', 0)
      .orderBy('started_at', 'desc')
      .orderBy('id', 'desc')
      .limit(0),
    5,
  );
  const ofClass = rows<Place>(
    inDomain
      .where('class', '=', 0)
      .where(({ eb, refTuple, tuple }) => eb(refTuple('started_at', 'id'), '<', tuple(0, '')))
      .where('started_at', '>=', 0)
      .orderBy('started_at', 'desc')
      .orderBy('id', 'desc')
      .limit(0),
    6,
  );
  const parties = db.selectFrom('call_parties').where('domain', '=', '').where('kind', '=', '').where('key', '=', '');
  const ofParty = rows<Place>(
    parties
      .select(['started_at', 'call_id', 'class'])
      .where('class', '=', 0)
      .where(({ eb, refTuple, tuple }) => eb(refTuple('started_at', 'call_id'), '<', tuple(0, '')))
      .where('started_at', '>=', 0)
      .orderBy('started_at', 'desc')
      .orderBy('call_id', 'desc')
      .limit(0),
    8,
  );
  const anyOf = rows<Place>(parties.select(['started_at', 'call_id', 'class']).limit(0), 4);
  const isParty = rows<unknown>(
    parties.select('class').where('class', '=', 0).where('started_at', '=', 0).where('call_id', '=', ''),
    6,
  );
  const nextClass = rows<{ class: number }>(
    parties.select('class').where('class', '>', 0).orderBy('class').limit(0),
    5,
  );
  const countUpTo = rows<{ calls: number }>(
    db
      .selectFrom(
        parties
          .select('class')
          .where('class', '=', 0)
          .where(({ eb, refTuple, tuple }) => eb(refTuple('started_at', 'call_id'), '<', tuple(0, '')))
          .where('started_at', '>=', 0)
          .limit(0)
          .as('some'),
      )
      .select((some) => some.fn.countAll<number>().as('calls')),
    8,
  );
  const numbersEnding = rows<{ number: string }>(
    db
      .selectFrom('call_numbers')
      .select('number')
      .where('domain', '=', '')
      .where('reversed', '>=', '')
      .where('reversed', '<', '')
      .limit(0),
    4,
  );
  const nextDomain = rows<{ domain: string }>(
    db.selectFrom('calls').select('domain').where('domain', '>', '').orderBy('domain').limit(0),
    2,
  );
  const record = rows<Pick<Tables['calls'], 'record'>>(db.selectFrom('calls').select('record').where('id', '=', ''), 1);
  return {
    ofAll: ({ after, since, limit }: Stretch) => ofAll.all(after.started_at, after.call_id, since, limit),
    ofDomain: ({ domain, after, since, limit }: Stretch & { readonly domain: string }) =>
      ofDomain.all(domain, after.started_at, after.call_id, since, limit),
    ofClass: ({
      domain,
      class: of,
      after,
      since,
      limit,
    }: Stretch & { readonly domain: string; readonly class: number }) =>
      ofClass.all(domain, of, after.started_at, after.call_id, since, limit),
    ofParty: ({ domain, kind, key, class: of, after, since, limit }: Stretch & Key & { readonly class: number }) =>
      ofParty.all(domain, kind, key, of, after.started_at, after.call_id, since, limit),
    /** Some calls of the party, in the order of the index. */
    anyOf: ({ domain, kind, key, limit }: Key & { readonly limit: number }) => anyOf.all(domain, kind, key, limit),
    isParty: ({ domain, kind, key, place }: Key & { readonly place: Place }) =>
      isParty.get(domain, kind, key, place.class, place.started_at, place.call_id) !== undefined,
    /** The least class above this one that the party has calls of. */
    nextClass: ({ domain, kind, key, class: above }: Key & { readonly class: number }) =>
      nextClass.get(domain, kind, key, above, 1)?.class,
    countUpTo: ({ domain, kind, key, class: of, after, since, limit }: Stretch & Key & { readonly class: number }) =>
      countUpTo.get(domain, kind, key, of, after.started_at, after.call_id, since, limit)?.calls ?? 0,
    /** Digits, last one first; ':' is what follows '9'. */
    numbersEnding: ({ domain, reversed, limit }: { domain: string; reversed: string; limit: number }) =>
      numbersEnding.all(domain, reversed, `${reversed}:`, limit),
    /** Every domain that has calls: one look for each, however many calls there are. */
    domains: (): string[] => {
      const found: string[] = [];
      for (let next = nextDomain.get('', 1); next !== undefined; next = nextDomain.get(next.domain, 1)) {
        found.push(next.domain);
      }
      return found;
    },
    recordOf: (id: string) => record.get(id),
  };
}

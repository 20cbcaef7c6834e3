import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { scratchDirectory } from '../testing/scratch.ts';
import { openDatabase } from './database.ts';
import type { Write } from './messages.ts';
import { read } from './read.ts';

function binding(id: string, document = '{}'): Write {
  return { do: 'put-binding', row: { id, domain: 'd', login: 'l', expires_at: 1, document } };
}

/** A write that the database refuses for itself alone: a column that may not be null is. */
function refused(): Write {
  return {
    do: 'put-binding',
    row: { ...JSON.parse('{"id":"x","domain":null}'), login: 'l', expires_at: 1, document: '' },
  };
}

async function opened(path: string) {
  const database = await openDatabase(join(path, 'vats.db'));
  const ids = async (): Promise<string[]> => {
    const rows = await database.db.selectFrom('bindings').select('id').orderBy('id').execute();
    return rows.map(({ id }) => id);
  };
  return { ...database, ids, [Symbol.asyncDispose]: () => database.close() };
}

test('groups are written together; a later write of the same thing wins', async () => {
  using scratch = scratchDirectory();
  await using database = await opened(scratch.path);
  expect(database.commit([[binding('a', '1')], [binding('b'), binding('a', '2')]])).toEqual([null, null]);
  expect(await read(database, { read: 'bindings' })).toMatchObject([
    { id: 'a', document: '2' },
    { id: 'b', document: '{}' },
  ]);
});

test('a group that is refused takes no other with it, and leaves nothing of itself', async () => {
  using scratch = scratchDirectory();
  await using database = await opened(scratch.path);
  const outcomes = database.commit([[binding('a')], [binding('b'), refused()], [binding('c')]]);
  expect(outcomes.map((outcome) => outcome?.code ?? null)).toEqual([null, 'SQLITE_CONSTRAINT_NOTNULL', null]);
  expect(await database.ids()).toEqual(['a', 'c']);
});

test('a full disk fails every group and writes none', async () => {
  using scratch = scratchDirectory();
  await using database = await opened(scratch.path);
  const { rows } = await sql<{ page_count: number }>`pragma page_count`.execute(database.db);
  await sql`pragma max_page_count = ${sql.lit(rows[0]?.page_count ?? 0)}`.execute(database.db);
  const outcomes = database.commit([[binding('a')], [binding('b', 'x'.repeat(1_000_000))]]);
  expect(outcomes.map((outcome) => outcome?.code)).toEqual(['SQLITE_FULL', 'SQLITE_FULL']);
  expect(await database.ids()).toEqual([]);
  await sql`pragma max_page_count = 1000000`.execute(database.db);
  expect(database.commit([[binding('a')]])).toEqual([null]);
  expect(await database.ids()).toEqual(['a']);
});

test('a database that may not be written says so', async () => {
  using scratch = scratchDirectory();
  await using database = await opened(scratch.path);
  await sql`pragma query_only = on`.execute(database.db);
  const outcomes = database.commit([[binding('a')], [binding('b')]]);
  expect(outcomes.map((outcome) => outcome?.code)).toEqual(['SQLITE_READONLY', 'SQLITE_READONLY']);
});

test('a domain goes with its objects and places', async () => {
  using scratch = scratchDirectory();
  await using database = await opened(scratch.path);
  const domain = (id: string): Write => ({
    do: 'put-domain',
    row: { id, position: 0, name: id, realm: id, managed_by: 'cli', settings: '{}', settings_by: '{}' },
  });
  const object = (of: string): Write => ({
    do: 'put-object',
    row: { domain: of, list: 'users', key: '201', position: 0, managed_by: 'cli', document: '{}', secret: null },
  });
  const place = (of: string): Write => ({
    do: 'put-place',
    row: { domain: of, login: 'anna', address: '::1', country: null, first_seen: 1, last_seen: 1, uses: 1 },
  });
  database.commit([[domain('a'), object('a'), place('a'), domain('b'), object('b'), place('b')]]);
  database.commit([[{ do: 'remove-domain', id: 'a' }]]);
  expect(await read(database, { read: 'everything' })).toMatchObject({
    domains: [{ id: 'b' }],
    objects: [{ domain: 'b' }],
  });
  expect(await read(database, { read: 'places' })).toMatchObject([{ domain: 'b' }]);
});

import { existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import { Kysely, SqliteDialect, sql } from 'kysely';
import { Migrator } from 'kysely/migration';
import { expect, test } from 'vitest';
import { classOf } from '../call-parties.ts';
import { scratchDirectory } from '../testing/scratch.ts';
import { NEWER } from './codes.ts';
import { openDatabase } from './database.ts';
import { MIGRATIONS } from './migrations.ts';
import { read } from './read.ts';

const NAMES = Object.keys(MIGRATIONS).sort();

/** A record as the first version wrote it. */
const OLD_CALL = {
  id: 'd',
  domain: 'a.example',
  startedAt: 3,
  answeredAt: 5,
  endedAt: 9,
  from: { number: '201', extension: '201', login: 'anna' },
  dialled: '1202',
  answeredBy: { number: '202', extension: '202' },
  outcome: 'caller-hung-up',
  status: 200,
  story: [{ type: 'call.started', call: 'd', seq: 1, at: 3 }],
};

const EVERY_CALL = { limit: 10, parties: [], since: 0, after: { startedAt: Number.MAX_SAFE_INTEGER, id: '' } };

/** Rows as each version of the database could hold them, written without the help of today's types. */
const ROWS_BY_VERSION: Record<string, readonly string[]> = {
  '0001-first': [
    `insert into meta values ('key-check', x'01')`,
    `insert into domains values ('a', 0, 'a.example', 'a.example', 'cli', '{}', '{}')`,
    `insert into objects values ('a', 'users', '201', 0, 'cli', '{"extension":"201","name":"Anna"}', null)`,
    `insert into applied_files values ('/pbx.yaml', 'hash', 5)`,
    `insert into bindings values ('b', 'a', 'anna', 99, '{"id":"b"}')`,
    `insert into calls values ('c', 'a', 1, 2, 'no-answer', '{"id":"c"}')`,
    `insert into calls values ('d', 'a.example', 3, 9, 'caller-hung-up', '${JSON.stringify(OLD_CALL)}')`,
    `insert into recordings values ('r', 'c', 'a', 'r.wav', '201', '202', 1, null, 'writing', null)`,
  ],
  '0002-access': [
    `insert into bans values ('n', '192.0.2.0/24', null, 1, null, 2, 'operator', 'noise')`,
    `insert into places values ('a', 'anna', '192.0.2.1', 'RU', 1, 2, 3)`,
  ],
  '0003-history': [`insert into open_calls values ('o', '{"id":"o"}')`],
  '0004-spending': [
    `insert into spending_minute values ('domain:a', 1, 60000, 2, 3, 4)`,
    `insert into spending_held values ('o', '["domain:a"]', 1, 5, 6)`,
    `insert into rates values ('a', '', 0, '[["7",1,0,60,60,"x"]]')`,
    `insert into contacts values ('a', '+74951234567', 'Ivan', '201')`,
  ],
  '0005-numbering': [`insert into numbering values (0, '{}')`],
  '0006-voicemail': [`insert into messages values ('m', '{}')`, `insert into mailboxes values ('a', '201', '{}')`],
};

test('every version has its sample of rows here', () => {
  expect(Object.keys(ROWS_BY_VERSION).sort()).toEqual(NAMES);
});

/** A database with the rows that those versions could make: without today's statements, which want today's tables. */
async function makeOld(file: string, versions: readonly string[]): Promise<void> {
  const db = new Kysely<unknown>({ dialect: new SqliteDialect({ database: new SQLite(file) }) });
  const migrations = Object.fromEntries(versions.map((version) => [version, MIGRATIONS[version]!]));
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
  for (const version of versions) {
    expect((await migrator.migrateTo(version)).error).toBeUndefined();
    for (const row of ROWS_BY_VERSION[version] ?? []) await sql.raw(row).execute(db);
  }
  await db.destroy();
}

test.each(NAMES)('a database as %s left it is read by today’s version, nothing lost', async (name) => {
  using scratch = scratchDirectory();
  const file = join(scratch.path, 'vats.db');
  const known = NAMES.slice(0, NAMES.indexOf(name) + 1);
  await makeOld(file, known);
  const database = await openDatabase(file);
  expect(await read(database, { read: 'everything' })).toMatchObject({
    meta: [{ name: 'key-check' }],
    domains: [{ id: 'a', name: 'a.example' }],
    objects: [{ domain: 'a', list: 'users', key: '201' }],
    applied: [{ name: '/pbx.yaml', hash: 'hash', applied_at: 5 }],
  });
  expect(await read(database, { read: 'bindings' })).toMatchObject([{ id: 'b', login: 'anna' }]);
  const { records } = database.search(EVERY_CALL);
  expect(records.map((record) => JSON.parse(record).id)).toEqual(['d', 'c']);
  expect(await read(database, { read: 'recordings', limit: 10 })).toMatchObject([{ id: 'r', state: 'writing' }]);
  const has = (version: string): boolean => known.includes(version);
  expect(await read(database, { read: 'bans' })).toMatchObject(has('0002-access') ? [{ id: 'n', offence: 2 }] : []);
  expect(await read(database, { read: 'places' })).toMatchObject(
    has('0002-access') ? [{ login: 'anna', uses: 3 }] : [],
  );
  const spending = has('0004-spending');
  expect(await read(database, { read: 'spent', since: 0 })).toMatchObject(spending ? [{ calls: 2, talk_ms: 3 }] : []);
  expect(await read(database, { read: 'held' })).toMatchObject(spending ? [{ call: 'o', talk_ms: 5 }] : []);
  expect(await read(database, { read: 'rates' })).toMatchObject(spending ? [{ domain: 'a', part: 0 }] : []);
  expect(await read(database, { read: 'contacts', limit: 9 })).toMatchObject(spending ? [{ extension: '201' }] : []);
  const numbering = has('0005-numbering') ? [{ part: 0, document: '{}' }] : [];
  expect(await read(database, { read: 'numbering' })).toEqual(numbering);
  expect(await read(database, { read: 'voicemail' })).toMatchObject(
    has('0006-voicemail')
      ? { messages: [{ id: 'm' }], boxes: [{ domain: 'a', box: '201' }] }
      : { messages: [], boxes: [] },
  );
  await database.close();
});

test('calls of before the search are found by it, and keep their story', async () => {
  using scratch = scratchDirectory();
  const file = join(scratch.path, 'vats.db');
  await makeOld(file, ['0001-first']);
  const database = await openDatabase(file);
  const found = async (search: object): Promise<string[]> => {
    const { records } = database.search({ ...EVERY_CALL, ...search });
    return records.map((record) => JSON.parse(record).id);
  };
  const withKey = (kind: string, key: string) => ({ domain: 'a', parties: [{ keys: [{ kind, key }] }] });
  expect(await found(withKey('employee', '202'))).toEqual(['d']);
  expect(await found(withKey('number', '1202'))).toEqual(['d']);
  expect(await found({ parties: [{ keys: [], endingReversed: '2021' }] })).toEqual(['d']);
  expect(await found({ classes: [classOf('internal', 'answered')] })).toEqual(['d']);
  expect(await found({ classes: [classOf('internal', 'missed')] })).toEqual(['c']);
  const [row] = (await read(database, { read: 'call', id: 'd' })) as { record: string; story: string }[];
  expect(JSON.parse(row!.record)).toMatchObject({
    ...{ domain: 'a', direction: 'internal', result: 'answered', waitMs: 2, talkMs: 4, status: 200 },
    talks: [{ party: OLD_CALL.answeredBy, from: 5, to: 9 }],
  });
  expect(JSON.parse(row!.story)).toEqual({ story: OLD_CALL.story });
  await database.close();
});

test('a migration that fails half-way leaves no trace, and the next start goes on from there', async () => {
  using scratch = scratchDirectory();
  const file = join(scratch.path, 'vats.db');
  const broken = {
    ...MIGRATIONS,
    '9999-broken': {
      async up(db: Kysely<unknown>): Promise<void> {
        await db.schema.createTable('half').addColumn('a', 'text').execute();
        throw new Error('the power went');
      },
    },
  };
  await expect(openDatabase(file, broken)).rejects.toThrow('the power went');
  const { db, close } = await openDatabase(file);
  const tables = await db.introspection.getTables();
  expect(tables.map(({ name }) => name)).not.toContain('half');
  expect(tables.map(({ name }) => name)).toContain('calls');
  await close();
});

test('a database of a newer version is left alone', async () => {
  using scratch = scratchDirectory();
  const file = join(scratch.path, 'vats.db');
  const newer = { ...MIGRATIONS, '9999-of-the-future': { up: async () => {} } };
  await (await openDatabase(file, newer)).close();
  await expect(openDatabase(file)).rejects.toMatchObject({
    code: NEWER,
    message: expect.stringContaining('9999-of-the-future'),
  });
  await (await openDatabase(file, newer)).close();
});

test('one process holds the database; others may read it', async () => {
  using scratch = scratchDirectory();
  const file = join(scratch.path, 'vats.db');
  const first = await openDatabase(file);
  await expect(openDatabase(file)).rejects.toMatchObject({ code: 'SQLITE_BUSY' });
  const reader = new SQLite(file, { readonly: true });
  expect(reader.prepare('select count(*) as count from calls').get()).toEqual({ count: 0 });
  reader.close();
  await first.close();
  await (await openDatabase(file)).close();
});

test('the file is the owner’s alone, and a commit is on the disk when it is done', async () => {
  using scratch = scratchDirectory();
  const file = join(scratch.path, 'data', 'vats.db');
  const { db, close } = await openDatabase(file);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect((await sql<{ journal_mode: string }>`pragma journal_mode`.execute(db)).rows).toEqual([
    { journal_mode: 'wal' },
  ]);
  expect((await sql<{ synchronous: number }>`pragma synchronous`.execute(db)).rows).toEqual([{ synchronous: 2 }]);
  await close();
  expect(existsSync(`${file}-wal`)).toBe(false);
});

test.each([
  [
    'a file that is no database',
    'this is text, and long enough to be looked at as a header of a database file',
    'SQLITE_NOTADB',
  ],
])('%s is refused and kept', async (_, content, code) => {
  using scratch = scratchDirectory();
  const file = join(scratch.path, 'vats.db');
  writeFileSync(file, content.repeat(100));
  await expect(openDatabase(file)).rejects.toMatchObject({ code });
  expect(statSync(file).size).toBe(content.length * 100);
});

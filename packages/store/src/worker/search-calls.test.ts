import { join } from 'node:path';
import type { CallCursor, CallRecord } from '@vats/pbx';
import SQLite from 'better-sqlite3';
import { Kysely, SqliteDialect } from 'kysely';
import { expect, test } from 'vitest';
import { putCall } from '../sqlite-history.ts';
import { callPage } from '../testing/memory-history.ts';
import { sampleCall } from '../testing/samples.ts';
import { scratchDirectory } from '../testing/scratch.ts';
import { openDatabase } from './database.ts';
import type { SoughtParty } from './messages.ts';
import { searching } from './search-calls.ts';
import type { Tables } from './tables.ts';

const START = { startedAt: Number.MAX_SAFE_INTEGER, id: '' };

/** 201 and 202 have 1,500 calls each, and two calls together: an old one of the few that were answered, and a missed one. */
function calls(): CallRecord[] {
  return Array.from({ length: 3_000 }, (__, index) => {
    const together = index === 50 || index === 701;
    const extensions = together ? ['201', '202'] : [index % 2 === 0 ? '201' : '202'];
    const at = 1_000 + index;
    const legs = extensions.map((extension) => ({
      ...{ leg: `b${extension}`, startedAt: at, endedAt: at },
      party: { number: extension, extension },
    }));
    const { answeredBy: _, ...call } = sampleCall(index, { startedAt: at, legs, talks: [], from: { number: '999' } });
    return index % 50 !== 0 ? { ...call, result: 'missed' } : call;
  });
}

function employee(key: string): SoughtParty {
  return { keys: [{ kind: 'employee', key }] };
}

test('two who each have many calls and few together: a page looks at so many in vain, says how far it came, and the next goes on', async () => {
  using scratch = scratchDirectory();
  const file = join(scratch.path, 'vats.db');
  const all = calls();
  const database = await openDatabase(file);
  expect(database.commit(all.map((call) => [putCall(call)])).every((failure) => failure === null)).toBe(true);
  const sqlite = new SQLite(file, { readonly: true });
  const search = searching(sqlite, new Kysely<Tables>({ dialect: new SqliteDialect({ database: sqlite }) }), 450);
  const found: string[] = [];
  const horizons: number[] = [];
  let after: CallCursor | undefined = START;
  for (let pages = 0; after !== undefined; pages++) {
    expect(pages).toBeLessThan(20);
    const page = search({ parties: [employee('201'), employee('202')], since: 0, after, limit: 200 });
    found.push(...page.records.map((record) => JSON.parse(record).id as string));
    if (page.lookedBackTo !== undefined) horizons.push(page.lookedBackTo.startedAt);
    after = page.lookedBackTo;
  }
  const both = all.filter(({ legs }) => legs.length === 2);
  expect(found).toEqual(callPage(both).calls.map(({ id }) => id));
  expect(horizons.length).toBeGreaterThan(1);
  expect(horizons).toEqual([...new Set(horizons)].sort((a, b) => b - a));
  // A period in which one of them has few calls is looked through at once.
  const day = { since: 1_000, after: { startedAt: 1_300, id: '' }, limit: 200 };
  const inDay = search({ parties: [employee('201'), employee('202')], ...day });
  expect([inDay.records.length, inDay.lookedBackTo]).toEqual([1, undefined]);
  sqlite.close();
  await database.close();
});

import { closeSync, mkdirSync, openSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { EMPTY_MODEL } from '@vats/pbx';
import { modelOf } from '@vats/pbx/testing';
import { sampleBinding } from '@vats/registrar/testing';
import SQLite from 'better-sqlite3';
import { expect, test } from 'vitest';
import { ACME, openIn, saved } from './testing/reopened.ts';
import { sampleCall } from './testing/samples.ts';
import { scratchDirectory } from './testing/scratch.ts';

test('a document that nobody can read is damage, said by its domain', async () => {
  using scratch = scratchDirectory();
  await saved(scratch.path, modelOf(ACME));
  const database = new SQLite(join(scratch.path, 'vats.db'));
  database.exec(`update objects set document = '{"extension":201}' where key = '203'`);
  database.close();
  await expect(openIn(scratch.path)).rejects.toMatchObject({
    fault: 'corrupt',
    message: expect.stringContaining('acme.example'),
  });
});

test.each([
  ['a directory where the database belongs', (path: string) => mkdirSync(join(path, 'vats.db')), /read-only|failed/],
  [
    'a file where the data directory belongs',
    (path: string) => writeFileSync(join(path, 'file'), ''),
    /failed/,
    'file',
  ],
  [
    'a file that is no database',
    (path: string) => writeFileSync(join(path, 'vats.db'), 'text '.repeat(1_000)),
    /corrupt/,
  ],
])('%s is said clearly', async (_, spoil, fault, below = '.') => {
  using scratch = scratchDirectory();
  spoil(scratch.path);
  await expect(openIn(join(scratch.path, below))).rejects.toMatchObject({
    name: 'StoreError',
    fault: expect.stringMatching(fault),
    message: expect.stringContaining(scratch.path),
  });
});

test('a write that fails is said by its promise and by the health, and the store goes on', async () => {
  using scratch = scratchDirectory();
  const store = await openIn(scratch.path);
  const vandal = new SQLite(join(scratch.path, 'vats.db'));
  vandal.exec('alter table calls rename to gone');
  const call = store.history.append(sampleCall(1));
  const binding = store.bindings.write({ save: [sampleBinding({ id: 'b' })], remove: [] });
  await expect(call).rejects.toMatchObject({ name: 'StoreError', message: expect.stringContaining('no such table') });
  await expect(binding).resolves.toBeUndefined();
  expect(store.health()).toMatchObject({ ok: false, error: { name: 'StoreError' }, pending: 0 });
  vandal.exec('alter table gone rename to calls');
  vandal.close();
  await store.history.append(sampleCall(2));
  expect(store.health()).toMatchObject({ ok: true, pending: 0 });
  expect((await store.history.list()).calls.map(({ id }) => id)).toEqual(['call-2']);
  await store.close();
});

test('a database that is damaged while it is open refuses what it can not do, by name, and hangs nobody', async () => {
  using scratch = scratchDirectory();
  const file = join(scratch.path, 'vats.db');
  const store = await openIn(scratch.path);
  await store.history.append(sampleCall(1));
  // What is in the log reaches the file, so that both are damaged where it counts.
  const other = new SQLite(file);
  other.pragma('wal_checkpoint(truncate)');
  other.close();
  const octets = openSync(file, 'r+');
  writeSync(octets, Buffer.alloc(statSync(file).size - 4_096, 0x55), 0, undefined, 4_096);
  closeSync(octets);
  await expect(store.history.append(sampleCall(2))).rejects.toMatchObject({
    name: 'StoreError',
    fault: 'corrupt',
    remedy: 'restore the file from a backup, or move it away to begin anew',
  });
  expect(store.health()).toMatchObject({ ok: false, pending: 0, error: { fault: 'corrupt' } });
  await expect(store.history.list()).rejects.toMatchObject({ fault: 'corrupt' });
  await store.close();
});

test('after a close every write and read is refused', async () => {
  using scratch = scratchDirectory();
  const store = await openIn(scratch.path);
  const last = store.history.append(sampleCall(1));
  await store.close();
  await expect(last).resolves.toBeUndefined();
  await expect(store.history.append(sampleCall(2))).rejects.toMatchObject({ fault: 'closed' });
  await expect(store.history.list()).rejects.toMatchObject({ fault: 'closed' });
  await expect(store.models.save(modelOf(ACME))).rejects.toMatchObject({ fault: 'closed' });
  expect(store.models.model).toEqual(EMPTY_MODEL);
});

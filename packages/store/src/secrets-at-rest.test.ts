import { readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ha1Of } from '@vats/pbx';
import { modelOf } from '@vats/pbx/testing';
import SQLite from 'better-sqlite3';
import { expect, test } from 'vitest';
import { ACME, openIn, reopened, saved } from './testing/reopened.ts';
import { scratchDirectory } from './testing/scratch.ts';

test('no secret lies in clear in any file of the data directory', async () => {
  using scratch = scratchDirectory();
  const store = await openIn(scratch.path);
  await store.models.save(modelOf(ACME));
  const digests = ha1Of('anna', 'acme.example', 'acme.example', 'Vf5kNm7Z');
  const secrets = ['Vf5kNm7Z', 'tr-secret', digests.md5, digests.sha256, digests.withDomain!.md5];
  // While it is open, so that the write-ahead log is looked at too.
  for (const name of readdirSync(scratch.path)) {
    const octets = readFileSync(join(scratch.path, name));
    for (const secret of secrets) expect(octets.includes(secret), `${name} holds ${secret}`).toBe(false);
  }
  await store.close();
  expect(statSync(join(scratch.path, 'key')).mode & 0o777).toBe(0o600);
});

test('a key for a purpose is the same after a restart, and another for every purpose and data directory', async () => {
  const here = scratchDirectory();
  const there = scratchDirectory();
  const key = await reopened(here.path, (store) => store.keyFor('one'));
  expect(key).toHaveLength(32);
  expect(await reopened(here.path, (store) => store.keyFor('one'))).toEqual(key);
  expect(await reopened(here.path, (store) => store.keyFor('other'))).not.toEqual(key);
  expect(await reopened(there.path, (store) => store.keyFor('one'))).not.toEqual(key);
});

test('a secret sealed for an export opens in the same data directory only', async () => {
  using here = scratchDirectory();
  using there = scratchDirectory();
  const sealed = await reopened(here.path, (store) => store.seal('пароль'));
  expect(await reopened(here.path, (store) => store.unseal(sealed))).toBe('пароль');
  expect(await reopened(there.path, (store) => store.unseal(sealed))).toBeUndefined();
  expect(await reopened(here.path, (store) => store.unseal('nonsense'))).toBeUndefined();
});

test('without its key a database is not opened, and no new key is made', async () => {
  using scratch = scratchDirectory();
  await saved(scratch.path, modelOf(ACME));
  const key = join(scratch.path, 'key');
  renameSync(key, `${key}.away`);
  await expect(openIn(scratch.path)).rejects.toMatchObject({
    fault: 'key-missing',
    message: `the key file ${key} is missing`,
  });
  expect(readdirSync(scratch.path)).not.toContain('key');
  writeFileSync(key, Buffer.alloc(32, 7), { mode: 0o600 });
  await expect(openIn(scratch.path)).rejects.toMatchObject({
    fault: 'key-wrong',
    message: expect.stringContaining(key),
  });
  writeFileSync(key, 'short');
  await expect(openIn(scratch.path)).rejects.toMatchObject({ fault: 'key-wrong' });
  rmSync(key);
  renameSync(`${key}.away`, key);
  expect(await reopened(scratch.path, (store) => store.models.model)).toEqual(modelOf(ACME));
});

test('rows that were exchanged by someone without the key do not open', async () => {
  using scratch = scratchDirectory();
  await saved(scratch.path, modelOf(ACME));
  const database = new SQLite(join(scratch.path, 'vats.db'));
  database.exec(`update objects set secret = (select secret from objects where key = '201') where key = '202'`);
  database.close();
  await expect(openIn(scratch.path)).rejects.toMatchObject({
    fault: 'key-wrong',
    message: expect.stringContaining('users 202'),
  });
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Ban } from '@vats/access';
import { SystemClock } from '@vats/kernel';
import { EMPTY_MODEL, ha1Of, type Model, removeUser, setPassword } from '@vats/pbx';
import { appliedTo, modelOf } from '@vats/pbx/testing';
import { sampleBinding } from '@vats/registrar/testing';
import SQLite from 'better-sqlite3';
import { expect, test } from 'vitest';
import { openStore } from './open-store.ts';
import type { Store } from './store.ts';
import { inProcessLink } from './testing/in-process-link.ts';
import { MemoryStore } from './testing/memory-store.ts';
import { sampleBan, sampleCall, samplePlace, sampleRecording, summaryOf } from './testing/samples.ts';
import { scratchDirectory } from './testing/scratch.ts';
import { type Connect, workerLink } from './worker-link.ts';

const ACME = `
domain: acme.example
aliases: [pbx.example]
recording: all
users:
  - { extension: "201", name: Anna, devices: [{ login: anna, password: Vf5kNm7Z }] }
  - { extension: "202", name: Boris, ring: 20s, devices: [{ login: boris, password: Qw8rTy2U }] }
  - { extension: "203", name: Vera }
trunks:
  - { name: itsp, proxy: "sip:192.0.2.1", register: { login: x, password: tr-secret } }
`;

function openIn(path: string, connect: Connect = inProcessLink): Promise<Store> {
  const url = `sqlite:${join(path, 'vats.db')}`;
  return openStore({ url, keyFile: join(path, 'key'), clock: new SystemClock() }, connect);
}

/** What a store gives back after it was closed and opened again. */
async function reopened<T>(path: string, look: (store: Store) => Promise<T> | T): Promise<T> {
  const store = await openIn(path);
  try {
    return await look(store);
  } finally {
    await store.close();
  }
}

async function saved(path: string, ...models: Model[]): Promise<void> {
  await reopened(path, async (store) => {
    for (const model of models) await store.models.save(model);
  });
}

test('a new store is empty and healthy', async () => {
  using scratch = scratchDirectory();
  await reopened(scratch.path, async (store) => {
    expect(store.models.model).toEqual(EMPTY_MODEL);
    expect(store.models.applied.size).toBe(0);
    expect(await store.bindings.load()).toEqual([]);
    expect(store.health()).toMatchObject({ ok: true, pending: 0 });
  });
});

test('a model comes back as it was saved, through every change of it', async () => {
  using scratch = scratchDirectory();
  const first = modelOf(ACME, ACME.replace('acme.example', 'beta.example').replace('pbx.example', 'pbx.beta.example'));
  const without = removeUser(first, { domain: 'acme.example', by: 'cli', extension: '202' });
  if (!without.ok) throw new Error('the user can be removed');
  const added = appliedTo(without.next, 'domain: acme.example\nusers: [{ extension: "100", name: New }]\n');
  const back = appliedTo(added, ACME);
  const fewer: Model = { domains: back.domains.slice(1) };
  await saved(scratch.path, first);
  let last = first;
  for (const model of [without.next, added, back, fewer, EMPTY_MODEL]) {
    await reopened(scratch.path, async (store) => {
      expect(store.models.model).toEqual(last);
      await store.models.save(model);
      last = model;
    });
  }
  expect(await reopened(scratch.path, (store) => store.models.model)).toEqual(EMPTY_MODEL);
});

test('the order of objects is kept where only some of them are written', async () => {
  using scratch = scratchDirectory();
  const first = modelOf(ACME);
  const domain = first.domains[0]!;
  const turned: Model = { domains: [{ ...domain, users: [...domain.users].reverse() }] };
  await saved(scratch.path, first, turned);
  expect(await reopened(scratch.path, (store) => store.models.model)).toEqual(turned);
});

test('a save writes what changed and nothing else', async () => {
  using scratch = scratchDirectory();
  const users = Array.from(
    { length: 200 },
    (_, index) =>
      `  - { extension: "${1000 + index}", name: U, devices: [{ login: user${index}, password: Vf5kNm7Z }] }`,
  );
  const model = modelOf(`domain: acme.example\nusers:\n${users.join('\n')}\n`);
  await saved(scratch.path, model);
  const before = sealedRows(scratch.path);
  await reopened(scratch.path, async (store) => {
    const changed = setPassword(store.models.model, { by: 'cli', login: 'user7', password: 'An0therOne' });
    await store.models.save(changed.ok ? changed.next : EMPTY_MODEL);
  });
  const after = sealedRows(scratch.path);
  // A sealed row differs each time it is written, so rows that are the same were not.
  expect(after).toHaveLength(200);
  expect(after.filter((row, index) => row !== before[index])).toHaveLength(1);
});

/** The secrets of all objects as the database holds them. */
function sealedRows(path: string): string[] {
  const database = new SQLite(join(path, 'vats.db'), { readonly: true });
  try {
    const rows = database.prepare('select hex(secret) as secret from objects order by key').all() as {
      secret: string;
    }[];
    return rows.map(({ secret }) => secret);
  } finally {
    database.close();
  }
}

test('applied files are remembered with what they brought', async () => {
  using scratch = scratchDirectory();
  const applied = { name: '/etc/vats/pbx.yaml', hash: 'abc', appliedAt: 5 };
  await reopened(scratch.path, (store) => store.models.save(modelOf(ACME), applied));
  await reopened(scratch.path, async (store) => {
    expect([...store.models.applied.values()]).toEqual([applied]);
    await store.models.save(store.models.model, { ...applied, hash: 'def' });
    expect(store.models.applied.get(applied.name)?.hash).toBe('def');
  });
  expect(await reopened(scratch.path, (store) => store.models.applied.get(applied.name)?.hash)).toBe('def');
});

test('registrations survive, and what was removed does not', async () => {
  using scratch = scratchDirectory();
  const kept = sampleBinding({ id: 'kept', contact: 'sip:анна@192.0.2.1' });
  await reopened(scratch.path, async (store) => {
    await store.bindings.write({ save: [kept, sampleBinding({ id: 'gone' })], remove: [] });
    await store.bindings.write({ save: [{ ...kept, cseq: 7 }], remove: ['gone', 'never-there'] });
  });
  expect(await reopened(scratch.path, (store) => store.bindings.load())).toEqual([{ ...kept, cseq: 7 }]);
});

test('bans and places survive, and what was removed does not', async () => {
  using scratch = scratchDirectory();
  const forever: Ban = { id: 'f', network: '2001:db8::/48', since: 5, offence: 1, by: 'operator', reason: 'шум' };
  const byName = sampleBan(2, { user: 'acme.example\nanna' });
  const place = samplePlace('anna');
  await reopened(scratch.path, async (store) => {
    await Promise.all([forever, byName, sampleBan(3)].map((ban) => store.bans.save(ban)));
    await store.bans.remove(['ban-3', 'never-there']);
    await store.places.save([place, samplePlace('boris')]);
    await store.places.remove([samplePlace('boris'), samplePlace('nobody')]);
  });
  await reopened(scratch.path, async (store) => {
    expect(await store.bans.load()).toEqual([forever, byName]);
    expect(await store.places.load()).toEqual([place]);
  });
});

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

test('a second store of the same data directory is refused, and the first goes on', async () => {
  using scratch = scratchDirectory();
  const first = await openIn(scratch.path);
  await expect(openIn(scratch.path)).rejects.toMatchObject({ fault: 'in-use' });
  await first.history.append(sampleCall(1));
  await first.close();
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

test('killed while it writes, the process has kept every write that it acknowledged', async () => {
  using scratch = scratchDirectory();
  const script = fileURLToPath(new URL('./testing/writer-process.ts', import.meta.url));
  const writer = spawn(process.execPath, [script, scratch.path], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(writer, 'exit');
  const acknowledged: string[] = [];
  for await (const line of createInterface({ input: writer.stdout })) {
    acknowledged.push(line);
    if (acknowledged.length === 300) writer.kill('SIGKILL');
  }
  expect(await exited).toEqual([null, 'SIGKILL']);
  expect(acknowledged.length).toBeGreaterThanOrEqual(300);
  await reopened(scratch.path, async (store) => {
    const calls = new Set((await store.history.list({ limit: 1_000 })).calls.map(({ id }) => `call ${id}`));
    const bindings = new Set((await store.bindings.load()).map(({ id }) => `binding ${id}`));
    expect(acknowledged.filter((line) => !calls.has(line) && !bindings.has(line))).toEqual([]);
    expect(store.models.model).toEqual(modelOf('domain: killed.example\n'));
  });
});

test('what one thread wrote the next one reads', async () => {
  using scratch = scratchDirectory();
  const first = await openIn(scratch.path, workerLink());
  await first.models.save(modelOf(ACME));
  await first.close();
  const second = await openIn(scratch.path, workerLink());
  expect(second.models.model).toEqual(modelOf(ACME));
  await second.close();
});

test('a copy of the data directory made after a close is a backup', async () => {
  using here = scratchDirectory();
  using there = scratchDirectory();
  await saved(here.path, modelOf(ACME));
  for (const name of ['vats.db', 'key']) copyFileSync(join(here.path, name), join(there.path, name));
  expect(await reopened(there.path, (store) => store.models.model)).toEqual(modelOf(ACME));
});

const stores: [string, (path: string) => Promise<Store>][] = [
  ['SQLite in a thread', (path) => openIn(path, workerLink())],
  ['memory', async () => new MemoryStore()],
];

for (const [name, open] of stores) {
  test(`${name}: recordings are listed by call and state, and change in place`, async () => {
    using scratch = scratchDirectory();
    const { recordings, close } = bound(await open(scratch.path));
    await recordings.put(sampleRecording(1, 'writing'));
    await recordings.put(sampleRecording(2, 'failed'));
    expect(await recordings.list()).toEqual([sampleRecording(2, 'failed'), sampleRecording(1, 'writing')]);
    await recordings.put(sampleRecording(1));
    expect(await recordings.list({ state: 'writing' })).toEqual([]);
    expect(await recordings.list({ call: 'call-1' })).toEqual([sampleRecording(1)]);
    expect(await recordings.list({ domain: 'other.example' })).toEqual([]);
    await close();
  });

  test(`${name}: a write is seen by the look that follows it`, async () => {
    using scratch = scratchDirectory();
    const { history, bindings, close } = bound(await open(scratch.path));
    const appended = history.append(sampleCall(1));
    const written = bindings.write({ save: [sampleBinding({ id: 'b' })], remove: [] });
    await Promise.all([appended, written]);
    expect(await history.list()).toEqual({ calls: [summaryOf(sampleCall(1))] });
    expect((await bindings.load()).map(({ id }) => id)).toEqual(['b']);
    await close();
  });

  test(`${name}: a ban is kept once for each id, and goes with it`, async () => {
    using scratch = scratchDirectory();
    const { bans, close } = bound(await open(scratch.path));
    await Promise.all([bans.save(sampleBan(1)), bans.save(sampleBan(2))]);
    await bans.save(sampleBan(1, { offence: 2 }));
    expect(await bans.load()).toEqual([sampleBan(1, { offence: 2 }), sampleBan(2)]);
    await bans.remove(['ban-1', 'never-there']);
    await bans.remove([]);
    expect(await bans.load()).toEqual([sampleBan(2)]);
    await close();
  });

  test(`${name}: a place is kept once for each domain, login and address`, async () => {
    using scratch = scratchDirectory();
    const { places, close } = bound(await open(scratch.path));
    const { country: _, ...nowhere } = samplePlace('anna', { address: '2001:db8::1' });
    const known = [samplePlace('anna'), nowhere, samplePlace('anna', { domain: 'beta.example' }), samplePlace('boris')];
    await places.save(known);
    await places.save([samplePlace('anna', { uses: 9 })]);
    await places.save([]);
    expect(new Set(await places.load())).toEqual(new Set([samplePlace('anna', { uses: 9 }), ...known.slice(1)]));
    await places.remove([samplePlace('anna'), samplePlace('boris')]);
    expect(new Set(await places.load())).toEqual(new Set([nowhere, known[2]]));
    await close();
  });

  test(`${name}: the places of a domain go with it`, async () => {
    using scratch = scratchDirectory();
    const { models, places, close } = bound(await open(scratch.path));
    await models.save(modelOf(ACME, 'domain: beta.example\n'));
    const [acme, beta] = models.model.domains;
    const kept = samplePlace('anna', { domain: beta!.id });
    await places.save([samplePlace('anna', { domain: acme!.id }), kept]);
    await models.save({ domains: [beta!] });
    expect(await places.load()).toEqual([kept]);
    await close();
  });
}

function bound(store: Store) {
  const { models, history, recordings, bindings, bans, places } = store;
  return { models, history, recordings, bindings, bans, places, close: () => store.close() };
}

test('the memory store fails and recovers when told to', async () => {
  const store = new MemoryStore();
  store.fail();
  await expect(store.history.append(sampleCall(1))).rejects.toMatchObject({ fault: 'disk-full' });
  expect(store.health()).toMatchObject({ ok: false });
  store.recover();
  await store.history.append(sampleCall(1));
  expect((await store.history.list()).calls).toHaveLength(1);
});

import type { Ban } from '@vats/access';
import { EMPTY_MODEL, type Model, removeUser, setPassword } from '@vats/pbx';
import { appliedTo, modelOf } from '@vats/pbx/testing';
import type { Binding } from '@vats/registrar';
import { sampleBinding } from '@vats/registrar/testing';
import { expect, test } from 'vitest';
import { ACME, openIn, reopened, saved, sealedRows } from './testing/reopened.ts';
import { sampleBan, sampleCall, samplePlace } from './testing/samples.ts';
import { scratchDirectory } from './testing/scratch.ts';

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

test('a proxy’s client that stands in three keys, as it once did, is read as one', async () => {
  using scratch = scratchDirectory();
  const now = sampleBinding({ id: 'now', client: { address: '203.0.113.5', port: 5062, transport: 'proxy tcp' } });
  const older = { ...now, id: 'then', client: '203.0.113.5', clientPort: 5062, clientTransport: 'proxy tcp' };
  const oldest = { ...sampleBinding({ id: 'once' }), client: '203.0.113.5' };
  await reopened(scratch.path, (store) =>
    store.bindings.write({ save: [now, older, oldest] as unknown as Binding[], remove: [] }),
  );
  const read = await reopened(scratch.path, (store) => store.bindings.load());
  expect(read.toSorted((one, other) => one.id.localeCompare(other.id))).toEqual([
    now,
    { ...oldest, client: { address: '203.0.113.5', port: 0, transport: 'proxy' } },
    { ...now, id: 'then' },
  ]);
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

test('a second store of the same data directory is refused, and the first goes on', async () => {
  using scratch = scratchDirectory();
  const first = await openIn(scratch.path);
  await expect(openIn(scratch.path)).rejects.toMatchObject({ fault: 'in-use' });
  await first.history.append(sampleCall(1));
  await first.close();
});

import type { Rate, SpendingChange, StoredRegister } from '@vats/pbx';
import { modelOf } from '@vats/pbx/testing';
import { expect, test } from 'vitest';
import type { Store } from './store.ts';
import { MemoryStore } from './testing/memory-store.ts';
import { ACME, openIn, reopened } from './testing/reopened.ts';
import { scratchDirectory } from './testing/scratch.ts';
import { workerLink } from './worker-link.ts';

const stores: [string, (path: string) => Promise<Store>][] = [
  ['SQLite in a thread', (path) => openIn(path, workerLink())],
  ['memory', async () => new MemoryStore()],
];

const spent = (subject: string, minute: number, calls = 1) => {
  return { subject, costly: true, minute, calls, talkMs: 500, money: 7 };
};
const held = (call: string, talkMs = 1) => ({
  call,
  subjects: ['domain:a', 'user:a:201'],
  costly: false,
  talkMs,
  money: 2,
});
const rate = (prefix: string): Rate => ({
  prefix,
  perMinute: 12_000,
  connection: 1,
  first: 30,
  next: 6,
  name: 'Ж; "x"',
});

/** @param ranges neighbours of ten numbers, with a gap of five behind each */
function register(ranges: number, importedAt = 5): StoredRegister {
  const first = Float64Array.from({ length: ranges }, (_, index) => 3_000_000_000 + index * 15);
  return {
    importedAt,
    files: [{ name: 'ABC-3xx.csv', lines: ranges }],
    table: {
      first,
      last: first.map((number) => number + 9),
      place: Uint32Array.from({ length: ranges }, (_, index) => index % 2),
      operator: Uint32Array.from({ length: ranges }, (_, index) => index % 3),
      places: [{ region: 'г. Москва' }, { region: 'Тверская обл.', territory: 'Тверь' }],
      operators: ['', 'A', 'ПАО "МТС"'],
    },
  };
}

async function contactsOf(store: Store) {
  const all = [];
  for await (const page of store.contacts.load()) all.push(...page);
  return all;
}

for (const [name, open] of stores) {
  test(`${name}: what is spent adds up by subject, kind and minute; what is held is the last that was said`, async () => {
    using scratch = scratchDirectory();
    const store = await open(scratch.path);
    const changes: SpendingChange[] = [
      { spent: [spent('domain:a', 60_000), spent('user:a:201', 60_000)], held: held('one') },
      { spent: [spent('domain:a', 60_000, 2), spent('domain:a', 120_000)], held: held('one', 9) },
      { spent: [{ ...spent('domain:a', 60_000), costly: false }], released: 'two' },
      { spent: [], held: held('two') },
      { spent: [], released: 'three' },
    ];
    await store.spending.save(changes);
    const { spent: rows, held: calls } = await store.spending.load(60_000);
    expect(rows).toHaveLength(4);
    expect(rows).toContainEqual({ ...spent('domain:a', 60_000, 3), talkMs: 1_000, money: 14 });
    expect(rows).toContainEqual({ ...spent('domain:a', 60_000), costly: false });
    expect(calls).toEqual([held('one', 9), held('two')]);
    expect((await store.spending.load(60_001)).spent).toEqual([spent('domain:a', 120_000)]);
    await store.spending.forget(120_000);
    expect((await store.spending.load(0)).spent).toEqual([spent('domain:a', 120_000)]);
    await store.close();
  });

  test(`${name}: a rate table takes the place of the one before, and goes with its domain as contacts do`, async () => {
    using scratch = scratchDirectory();
    const store = await open(scratch.path);
    await store.models.save(modelOf(ACME, 'domain: two.example'));
    await store.rates.save({ domain: 'acme.example' }, [rate('7'), rate('49')]);
    await store.rates.save({ domain: 'acme.example', trunk: 'itsp' }, [rate('1')]);
    await store.rates.save({ domain: 'two.example' }, [rate('2')]);
    await store.rates.save({ domain: 'acme.example' }, [rate('7495')]);
    expect(await store.rates.load()).toEqual([
      { domain: 'acme.example', rates: [rate('7495')] },
      { domain: 'acme.example', trunk: 'itsp', rates: [rate('1')] },
      { domain: 'two.example', rates: [rate('2')] },
    ]);
    await store.rates.remove({ domain: 'acme.example', trunk: 'itsp' });
    await store.contacts.save({ domain: 'acme.example', put: [{ number: '+74951234567' }] });
    await store.contacts.save({ domain: 'two.example', put: [{ number: '+74951234567', name: 'x' }] });
    await store.models.save(modelOf('domain: two.example'));
    expect((await store.rates.load()).map(({ domain }) => domain)).toEqual(['two.example']);
    expect(await contactsOf(store)).toEqual([{ domain: 'two.example', number: '+74951234567', name: 'x' }]);
    await store.close();
  });

  test(`${name}: the numbering register takes the place of the one before, all of it or nothing`, async () => {
    using scratch = scratchDirectory();
    const store = await open(scratch.path);
    expect(await store.numbering.load()).toBeUndefined();
    await store.numbering.save(register(25_000));
    expect(await store.numbering.load()).toEqual(register(25_000));
    await store.numbering.save(register(3, 9));
    expect(await store.numbering.load()).toEqual(register(3, 9));
    await store.close();
  });

  test(`${name}: contacts change by number`, async () => {
    using scratch = scratchDirectory();
    const { contacts, close } = await open(scratch.path).then((store) => ({
      contacts: store,
      close: () => store.close(),
    }));
    const [ivan, olga] = [
      { number: '+71', name: 'Иван' },
      { number: '+72', extension: '201' },
    ];
    await contacts.contacts.save({ domain: 'a', put: [ivan, olga, { number: '+73' }] });
    await contacts.contacts.save({ domain: 'a', remove: ['+73'], put: [{ ...ivan, extension: '202' }] });
    await contacts.contacts.save({ domain: 'b', put: [ivan] });
    expect(await contactsOf(contacts)).toEqual([
      { domain: 'a', ...ivan, extension: '202' },
      { domain: 'a', ...olga },
      { domain: 'b', ...ivan },
    ]);
    await contacts.contacts.save({ domain: 'a', clear: true, put: [olga] });
    expect(await contactsOf(contacts)).toEqual([
      { domain: 'a', ...olga },
      { domain: 'b', ...ivan },
    ]);
    await close();
  });
}

test('a change of which one row can not be kept leaves nothing, and those beside it all', async () => {
  using scratch = scratchDirectory();
  const store = await openIn(scratch.path);
  const bad = { spent: [spent('domain:a', 60_000), { ...spent('domain:a', 60_000), calls: null as never }] };
  const saved = store.spending.save([
    { spent: [spent('domain:b', 60_000)] },
    bad,
    { spent: [spent('domain:c', 60_000)] },
  ]);
  await expect(saved).rejects.toThrow();
  const { spent: rows } = await store.spending.load(0);
  expect(rows.map(({ subject }) => subject).sort()).toEqual(['domain:b', 'domain:c']);
  await store.close();
});

test('half a million ranges outlive a restart', async () => {
  using scratch = scratchDirectory();
  await reopened(scratch.path, (store) => store.numbering.save(register(500_000)));
  await reopened(scratch.path, async (store) => {
    const { table } = (await store.numbering.load())!;
    const { table: saved } = register(500_000);
    for (const column of ['first', 'last', 'place', 'operator'] as const) {
      expect(Buffer.compare(Buffer.from(table[column].buffer), Buffer.from(saved[column].buffer)), column).toBe(0);
    }
  });
}, 60_000);

test('a hundred thousand rates and twice as many contacts outlive a restart', async () => {
  using scratch = scratchDirectory();
  await reopened(scratch.path, async (store) => {
    const rates = Array.from({ length: 100_000 }, (_, index) => rate(String(1_000_000 + index)));
    await store.rates.save({ domain: 'a', trunk: 'itsp' }, rates);
    const put = Array.from({ length: 200_000 }, (_, index) => {
      return { number: `+7${9_000_000_000 + index}`, name: `Клиент ${index}`, extension: '201' };
    });
    await store.contacts.save({ domain: 'a', put });
  });
  await reopened(scratch.path, async (store) => {
    const [table] = await store.rates.load();
    expect(table).toMatchObject({ domain: 'a', trunk: 'itsp' });
    expect(table?.rates).toHaveLength(100_000);
    expect(table?.rates.at(-1)).toEqual(rate('1099999'));
    const contacts = await contactsOf(store);
    expect(new Set(contacts.map(({ number }) => number)).size).toBe(200_000);
    expect(contacts[4_321]).toEqual({ domain: 'a', number: '+79000004321', name: 'Клиент 4321', extension: '201' });
  });
}, 60_000);

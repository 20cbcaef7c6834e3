import { join } from 'node:path';
import { SystemClock } from '@vats/kernel';
import {
  type CallDirection,
  type CallFilter,
  type CallPage,
  type CallRecord,
  type CallResult,
  type HistoryStore,
  readNumberSearch,
} from '@vats/pbx';
import SQLite from 'better-sqlite3';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openStore } from './open-store.ts';
import type { Store } from './store.ts';
import { inProcessLink } from './testing/in-process-link.ts';
import { MemoryStore } from './testing/memory-store.ts';
import { sampleCall, summaryOf } from './testing/samples.ts';
import { scratchDirectory } from './testing/scratch.ts';

function openIn(path: string): Promise<Store> {
  const url = `sqlite:${join(path, 'vats.db')}`;
  return openStore({ url, keyFile: join(path, 'key'), clock: new SystemClock() }, inProcessLink);
}

function search(text: string) {
  const read = readNumberSearch(text);
  if (!read.ok) throw new Error(read.error);
  return read.value;
}

function ids({ calls }: CallPage): string[] {
  return calls.map(({ id }) => id);
}

const IVAN = { number: '+79161234567', raw: '89161234567' };

/** From outside, answered by 202 in a group, or by nobody. */
function incoming(number: number, changes: Partial<CallRecord> = {}): CallRecord {
  const { legs } = sampleCall(number);
  return sampleCall(number, {
    direction: 'in',
    from: IVAN,
    trunk: 'itsp',
    did: '+74951234567',
    dialled: '74951234567',
    group: '300',
    legs: [
      { ...legs[0]!, party: IVAN, trunk: 'itsp' },
      { ...legs[1]!, group: '300' },
    ],
    ...changes,
  });
}

function missed(number: number, changes: Partial<CallRecord> = {}): CallRecord {
  const { answeredAt: _, answeredBy: __, ...rest } = incoming(number, { result: 'missed', talks: [], talkMs: 0 });
  return { ...rest, outcome: 'caller-cancelled', status: 487, ...changes };
}

const stores: [string, (path: string) => Promise<Store>][] = [
  ['SQLite', openIn],
  ['memory', async () => new MemoryStore()],
];

for (const [name, open] of stores) {
  const withCalls = async (calls: readonly CallRecord[], look: (history: HistoryStore) => Promise<void>) => {
    using scratch = scratchDirectory();
    const store = await open(scratch.path);
    await Promise.all(calls.map((call) => store.history.append(call)));
    await look(store.history);
    await store.close();
  };

  test(`${name}: finished calls are listed newest first, by domain and page by page`, () =>
    withCalls(
      [3, 1, 2].map((number) => sampleCall(number)),
      async (history) => {
        const other = sampleCall(9, { domain: 'other.example' });
        await history.append(other);
        const ofAcme = [3, 2, 1].map((number) => summaryOf(sampleCall(number)));
        expect(await history.list({ domain: 'acme.example' })).toEqual({ calls: ofAcme });
        const first = await history.list({ limit: 2 });
        expect(first).toEqual({ calls: [summaryOf(other), ofAcme[0]], next: { startedAt: 3_000, id: 'call-3' } });
        expect(await history.list({ limit: 2, after: first.next! })).toEqual({ calls: ofAcme.slice(1) });
        expect(ids(await history.list({ before: 3_000 }))).toEqual(['call-2', 'call-1']);
        expect(ids(await history.list({ since: 3_000 }))).toEqual(['call-9', 'call-3']);
      },
    ));

  test(`${name}: calls that started together are each on one page`, () =>
    withCalls(
      [1, 2, 3, 4, 5].map((number) => sampleCall(number, { startedAt: 7_000 })),
      async (history) => {
        const seen: string[] = [];
        for (let page = await history.list({ limit: 2 }); ; ) {
          seen.push(...ids(page));
          if (page.next === undefined) break;
          page = await history.list({ limit: 2, after: page.next });
        }
        expect(seen).toEqual(['call-5', 'call-4', 'call-3', 'call-2', 'call-1']);
      },
    ));

  test(`${name}: a second record of a call replaces the first, and all by which that was found`, () =>
    withCalls([missed(1), incoming(2)], async (history) => {
      await history.append(sampleCall(1));
      expect(ids(await history.list({ results: ['missed'] }))).toEqual([]);
      expect(ids(await history.list({ number: search('+79161234567') }))).toEqual(['call-2']);
      expect(await history.find('call-1')).toEqual(sampleCall(1));
      await history.append(sampleCall(2));
      expect(ids(await history.list({ number: search('4567') }))).toEqual([]);
    }));

  test(`${name}: a call is found by either side's number in any writing, and by its end`, () =>
    withCalls(
      [incoming(1), sampleCall(2), sampleCall(3, { direction: 'out', dialled: '8 916 765-43-21' })],
      async (history) => {
        for (const [text, found] of [
          ['8 (916) 123-45-67', ['call-1']],
          ['+79161234567', ['call-1']],
          ['123-45-67', ['call-1']],
          ['4321', ['call-3']],
          ['916', []],
          ['0000', []],
          ['74951234567', ['call-1']],
          ['202', ['call-3', 'call-2', 'call-1']],
        ] as const) {
          expect(ids(await history.list({ number: search(text) })), text).toEqual(found);
        }
      },
    ));

  test(`${name}: filters hold together`, () =>
    withCalls([incoming(1), missed(2), missed(3, { group: '301', legs: [] }), sampleCall(4)], async (history) => {
      for (const [filter, found] of [
        [{ employee: '202' }, ['call-4', 'call-2', 'call-1']],
        [{ employee: '202', results: ['missed'] }, ['call-2']],
        [{ group: '300' }, ['call-2', 'call-1']],
        [{ number: search('4567'), group: '301' }, ['call-3']],
        [{ number: search('4567'), employee: '202', results: ['answered'] }, ['call-1']],
        [{ directions: ['in'], results: ['answered', 'missed'] }, ['call-3', 'call-2', 'call-1']],
        [{ directions: ['out'] }, []],
        [{ employee: '202', domain: 'nowhere' }, []],
      ] satisfies [CallFilter, string[]][]) {
        expect(ids(await history.list(filter)), JSON.stringify(filter)).toEqual(found);
      }
    }));

  test(`${name}: the one call of two who each have many others is found behind all of them`, () =>
    withCalls(
      Array.from({ length: 40 }, (_, i) => {
        const petr = { from: { number: '+79990000000' }, group: '301', legs: [] };
        return incoming(i + 2, i % 2 === 0 ? {} : petr);
      }),
      async (history) => {
        await history.append(incoming(1, { group: '301', legs: [] }));
        const filter = { number: search('+79161234567'), group: '301' };
        expect(ids(await history.list({ ...filter, limit: 2 }))).toEqual(['call-1']);
      },
    ));

  test(`${name}: a call's whole record comes back, world and seed as they were`, () =>
    withCalls([], async (history) => {
      const record = incoming(1, { world: { now: 5, busy: ['201'] }, seed: 'abc' });
      await history.append(record);
      expect(await history.find('call-1')).toEqual(record);
      expect(await history.find('never')).toBeUndefined();
      expect((await history.list()).calls[0]).not.toHaveProperty('world');
    }));

  test(`${name}: a call that is up has a note until it has ended`, () =>
    withCalls([], async (history) => {
      await Promise.all([history.noteOpen(missed(1)), history.noteOpen(missed(2))]);
      await history.noteOpen(incoming(1));
      expect((await history.open()).map(({ id, result }) => [id, result])).toEqual([
        ['call-1', 'answered'],
        ['call-2', 'missed'],
      ]);
      expect(ids(await history.list())).toEqual([]);
      await history.append(incoming(1));
      expect((await history.open()).map(({ id }) => id)).toEqual(['call-2']);
    }));

  test(`${name}: the last conversation of a number is kept for each direction`, () =>
    withCalls([], async (history) => {
      const spoken = (number: number, extension: string, to: number) =>
        incoming(number, { talks: [{ leg: 'b1', party: { number: extension, extension }, from: to - 1, to }] });
      const outgoing = sampleCall(4, {
        direction: 'out',
        talks: [{ leg: 'b1', party: { number: '89161234567' }, from: 4_000, to: 4_400 }],
      });
      const nobody = incoming(6, { from: { number: 'anonymous' } });
      // The one that began later was over sooner.
      await history.append(spoken(1, '201', 9_000));
      for (const record of [spoken(2, '202', 8_000), missed(5), outgoing, nobody, sampleCall(7)]) {
        await history.append(record);
      }
      const found = await history.conversationsSince(4_400);
      const common = { domain: 'acme.example', number: '+79161234567', extension: '201' };
      expect(found.sort((a, b) => b.endedAt - a.endedAt)).toEqual([
        { ...common, endedAt: 9_000, direction: 'in', call: 'call-1' },
        { ...common, endedAt: 4_400, direction: 'out', call: 'call-4' },
      ]);
      expect(await history.conversationsSince(9_001)).toEqual([]);
    }));

  test(`${name}: old calls are removed some at a time, the oldest first`, () =>
    withCalls(
      [1, 2, 3, 4].map((number) => incoming(number)),
      async (history) => {
        expect(await history.removeBefore(4_000, 2)).toBe(2);
        expect(ids(await history.list())).toEqual(['call-4', 'call-3']);
        expect(await history.removeBefore(4_000, 2)).toBe(1);
        expect(await history.removeBefore(4_000, 2)).toBe(0);
        expect(ids(await history.list({ number: search('4567') }))).toEqual(['call-4']);
        expect(await history.conversationsSince(0)).toHaveLength(1);
      },
    ));
}

test('nothing is left of a call that was removed', async () => {
  using scratch = scratchDirectory();
  const store = await openIn(scratch.path);
  await Promise.all([incoming(1), missed(2), sampleCall(3)].map((call) => store.history.append(call)));
  await store.history.removeBefore(10_000);
  await store.close();
  const database = new SQLite(join(scratch.path, 'vats.db'), { readonly: true });
  for (const table of ['calls', 'call_parties', 'call_numbers', 'conversations', 'open_calls']) {
    expect(database.prepare(`select count(*) as rows from ${table}`).get(), table).toEqual({ rows: 0 });
  }
  database.close();
});

test('an end that too many numbers have is refused, and asks for more digits', async () => {
  using scratch = scratchDirectory();
  const store = await openIn(scratch.path);
  const numbers = Array.from({ length: 1_001 }, (_, i) => `+790${10_000 + i}9999`);
  await Promise.all(
    numbers.map((number, i) => {
      const { legs } = incoming(i);
      return store.history.append(incoming(i, { from: { number }, legs: legs.slice(1) }));
    }),
  );
  await expect(store.history.list({ number: search('9999') })).rejects.toMatchObject({
    fault: 'too-wide',
    message: 'more than 1000 numbers end in 9999',
    remedy: 'give more of its digits',
  });
  expect(ids(await store.history.list({ number: search('100009999') }))).toEqual(['call-0']);
  await store.close();
});

const DOMAINS = ['a', 'b'];
const arbitraryCall = fc
  .record({
    startedAt: fc.integer({ min: 0, max: 12 }),
    domain: fc.constantFrom(...DOMAINS),
    direction: fc.constantFrom<CallDirection>('in', 'out', 'internal'),
    result: fc.constantFrom<CallResult>('answered', 'missed', 'served', 'failed'),
    from: fc.constantFrom({ number: '+79161234567' }, { number: '201', extension: '201' }, { number: '79990004567' }),
    rung: fc.uniqueArray(fc.constantFrom('201', '202', '203'), { maxLength: 3 }),
    group: fc.option(fc.constantFrom('300', '301'), { nil: undefined }),
  })
  .map(({ rung, group, ...call }) => ({
    ...call,
    ...(group !== undefined && { group }),
    legs: rung.map((extension, i) => ({
      ...{ leg: `b${i + 1}`, startedAt: call.startedAt, endedAt: call.startedAt },
      party: { number: extension, extension },
    })),
  }));

const some = <T>(...values: T[]) => fc.option(fc.constantFrom(...values), { nil: undefined });
const arbitraryFilter = fc.record({
  domain: some(...DOMAINS),
  number: some(search('+79161234567'), search('4567'), search('201'), search('99990004567')),
  employee: some('201', '202', '999'),
  group: some('300', '301'),
  results: some<CallResult[]>(['answered'], ['missed', 'failed']),
  directions: some<CallDirection[]>(['in'], ['out', 'internal']),
  since: some(0, 5, 11),
  before: some(3, 8, 100),
  limit: fc.integer({ min: 1, max: 5 }),
});

test('every page of any search is what a look at all calls would find', async () => {
  using scratch = scratchDirectory();
  const store = await openIn(scratch.path);
  await fc.assert(
    fc.asyncProperty(
      fc.array(arbitraryCall, { minLength: 1, maxLength: 30 }),
      fc.array(arbitraryFilter, { minLength: 5, maxLength: 10 }),
      async (calls, filters) => {
        const memory = new MemoryStore();
        while ((await store.history.removeBefore(Number.MAX_SAFE_INTEGER)) > 0);
        for (const [i, changes] of calls.entries()) {
          const call = sampleCall(i, changes);
          await memory.history.append(call);
          void store.history.append(call);
        }
        for (const given of filters) {
          const filter = Object.fromEntries(
            Object.entries(given).filter(([, value]) => value !== undefined),
          ) as CallFilter;
          for (let after: CallFilter = {}; ; ) {
            const page = await store.history.list({ ...filter, ...after });
            expect(page).toEqual(await memory.history.list({ ...filter, ...after }));
            if (page.next === undefined) break;
            after = { after: page.next };
          }
        }
      },
    ),
    { numRuns: 40 },
  );
  await store.close();
});

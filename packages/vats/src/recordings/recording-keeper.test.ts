import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { FakeClock, MemoryLog } from '@vats/kernel/testing';
import type { Domain, RecordingEntry } from '@vats/pbx';
import { MemoryStore } from '@vats/store/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LocalFolder } from './local-folder.ts';
import { RecordingKeeper } from './recording-keeper.ts';

const DAY = 86_400_000;

let data: string;
let clock: FakeClock;
let log: MemoryLog;
let store: MemoryStore;
let isLow: boolean;
let domains: Domain[];
let keeper: RecordingKeeper;
let fails: (path: string) => boolean;

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'vats-keeper-'));
  clock = new FakeClock();
  log = new MemoryLog();
  store = new MemoryStore();
  isLow = false;
  fails = () => false;
  domains = [];
  keeper = new RecordingKeeper({
    ...{ store, data, directory: join(data, 'recordings'), clock, log },
    disk: {
      get isLow() {
        return isLow;
      },
    },
    domains: () => domains,
    storage: new LocalFolder({
      remove: async (path) => {
        if (fails(path)) throw new Error('EACCES');
        rmSync(path, { force: true });
      },
      read: async (path) => readFileSync(path, 'utf8'),
    }),
  });
});

afterEach(() => rmSync(data, { recursive: true }));

function domain(recording: NonNullable<Domain['settings']['recording']>): Domain {
  const made = { id: 'd1', name: 'acme.example', settings: { recording } } as unknown as Domain;
  domains = [made];
  return made;
}

function sampleRecording(number: number): RecordingEntry {
  const [id, at] = [`call-${number}`, number * 1_000];
  const parties = { from: '201', to: '202' };
  return { id, call: id, domain: 'd1', path: `recordings/${number}.wav`, ...parties, startedAt: at, state: 'complete' };
}

async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
}

function put(path: string): string {
  const file = join(data, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, 'sound');
  return file;
}

async function states(): Promise<Record<string, string>> {
  const listed: RecordingEntry[] = await store.recordings.list({ limit: 1_000 });
  return Object.fromEntries(listed.map(({ id, state }) => [id, state]));
}

test('terms are the domain’s; a disk that is too full refuses', () => {
  expect(keeper.terms(domain({ mode: 'all' }))).toEqual({ sides: 'both', format: 'wav', minimumMs: 0 });
  const all = domain({ mode: 'all', sides: 'callee', format: 'mp3', minimum: 5_000 });
  expect(keeper.terms(all)).toEqual({ sides: 'callee', format: 'mp3', minimumMs: 5_000 });
  isLow = true;
  expect(keeper.terms(all)).toEqual({ refused: 'low-disk' });
});

test('an encrypted recording waits for its domain’s key, and each file has a key of its own', async () => {
  const secret = domain({ mode: 'all', encrypt: true });
  expect(keeper.terms(secret)).toEqual({ refused: 'no-key' });
  await settle();
  const [one, other] = [keeper.terms(secret), keeper.terms(secret)];
  if ('refused' in one || 'refused' in other) throw new Error('refused');
  expect(one.seal?.key).toHaveLength(32);
  expect(one.seal?.key.equals(other.seal!.key)).toBe(false);
});

test('what has become too old for its domain is deleted with its manifest, and marked; other files stay', async () => {
  domain({ mode: 'all', keep: 30 * DAY });
  const entry = (id: string, days: number, more: Partial<RecordingEntry> = {}): RecordingEntry => ({
    ...sampleRecording(1),
    ...{ id, call: id, domain: 'd1', path: `recordings/day/${id}.mp3`, startedAt: clock.now() - days * DAY },
    ...more,
  });
  await store.recordings.put(entry('old', 31));
  await store.recordings.put(entry('young', 29));
  await store.recordings.put(entry('of-another', 31, { domain: 'd2' }));
  await store.recordings.put(entry('being-written', 31, { state: 'writing' }));
  await store.recordings.put(entry('outside', 31, { path: 'key' }));
  const files = ['old', 'young', 'of-another'].map((id) => put(`recordings/day/${id}.mp3`));
  const manifest = put('recordings/day/old.json');
  const key = put('key');
  keeper.start();
  clock.advance(1_000);
  await settle();
  expect(await states()).toEqual({
    old: 'expired',
    young: 'complete',
    'of-another': 'complete',
    'being-written': 'writing',
    outside: 'expired',
  });
  expect(files.map((file) => existsSync(file))).toEqual([false, true, true]);
  expect([existsSync(manifest), existsSync(key)]).toEqual([false, true]);
  expect(log.events).toEqual(['recording.elsewhere', 'recordings.expired']);
  clock.advance(100);
  await settle();
  for (let day = 0; day < 3; day++) {
    clock.advance(DAY);
    await settle();
  }
  expect((await states()).young).toBe('expired');
});

test('a file that the list knows by the name that it had before it was encoded is deleted, too', async () => {
  domain({ mode: 'all', keep: DAY });
  await store.recordings.put({ ...sampleRecording(1), startedAt: clock.now() - 2 * DAY, state: 'failed' });
  await store.recordings.put({ ...sampleRecording(2), startedAt: clock.now() - 2 * DAY });
  const encoded = put('recordings/1.mp3');
  const [outside, folder] = [put('1.mp3'), join(data, 'recordings')];
  const manifest = (file: string) => JSON.stringify({ manifest: 1, file, sha256: '' });
  writeFileSync(join(folder, '1.json'), manifest('1.mp3'));
  writeFileSync(join(folder, '2.json'), manifest('../1.mp3'));
  keeper.start();
  clock.advance(1_000);
  await settle();
  expect([existsSync(encoded), existsSync(join(folder, '1.json')), existsSync(outside)]).toEqual([false, false, true]);
});

test('what can not be deleted holds nothing else back, and is told once a look', async () => {
  domain({ mode: 'all', keep: DAY });
  for (let number = 0; number < 120; number++) {
    await store.recordings.put({ ...sampleRecording(number), startedAt: clock.now() - 2 * DAY - number });
  }
  fails = (path) => Number(/(\d+)\.wav$/.exec(path)?.[1] ?? Number.POSITIVE_INFINITY) < 60;
  keeper.start();
  clock.advance(1_000);
  for (let pause = 0; pause < 10; pause++) {
    await settle();
    clock.advance(100);
  }
  await settle();
  const found = Object.values(await states());
  expect([found.filter((state) => state === 'expired').length, found.length]).toEqual([60, 120]);
  expect(log.events.filter((event) => event === 'recording.not-deleted')).toHaveLength(1);
  clock.advance(3_600_000);
  for (let pause = 0; pause < 10; pause++) {
    await settle();
    clock.advance(100);
  }
  expect(log.events.filter((event) => event === 'recording.not-deleted')).toHaveLength(2);
});

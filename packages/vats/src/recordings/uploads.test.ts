import { FakeClock, MemoryLog } from '@vats/kernel/testing';
import { type FaultKind, StorageFault } from '@vats/store';
import { beforeEach, expect, test } from 'vitest';
import { Uploads } from './uploads.ts';

let clock: FakeClock;
let log: MemoryLog;
let disk: string[];
let stored: string[];
let asked: string[];
let faults: (path: string) => FaultKind | undefined;
let uploads: Uploads;

beforeEach(() => {
  clock = new FakeClock();
  log = new MemoryLog();
  disk = [];
  stored = [];
  asked = [];
  faults = () => undefined;
  uploads = new Uploads({
    ...{ clock, log, place: 'the bucket' },
    store: async (path) => {
      asked.push(path);
      const kind = faults(path);
      if (kind !== undefined) throw new StorageFault(kind, `store ${path}: no`, `remedy of ${kind}`);
      stored.push(path);
      disk = disk.filter((each) => each !== path);
    },
    async *waiting() {
      yield* [...disk];
    },
  });
});

async function settle(): Promise<void> {
  for (let i = 0; i < 10; i++) await new Promise((resolve) => setImmediate(resolve));
}

test('what an earlier process left is stored, then what comes', async () => {
  disk = ['a', 'b'];
  uploads.start();
  await settle();
  uploads.add('c');
  await settle();
  expect([stored, uploads.status]).toEqual([['a', 'b', 'c'], { place: 'the bucket', waiting: 0, more: false }]);
  expect([clock.pending, log.events]).toEqual([0, ['recording.stored', 'recording.stored', 'recording.stored']]);
});

test('a server that is away is asked ever more rarely, told of once, and gets all when it is back', async () => {
  faults = () => 'away';
  uploads.add('a');
  uploads.add('b');
  await settle();
  const since = clock.now();
  for (const [index, seconds] of [5, 10, 20, 40, 80, 160, 320, 640, 900, 900].entries()) {
    expect(asked).toHaveLength(index + 1);
    clock.advance(seconds * 1_000 - 1);
    await settle();
    expect(asked).toHaveLength(index + 1);
    clock.advance(1);
    await settle();
  }
  // Neither stands in the other's way.
  expect(asked.slice(0, 4)).toEqual(['a', 'b', 'a', 'b']);
  expect(uploads.status).toMatchObject({ waiting: 2, fault: { remedy: 'remedy of away', since } });
  expect(log.events).toEqual(['recordings.storage-away']);
  uploads.add('c');
  await settle();
  expect(asked).toHaveLength(11);
  faults = () => 'refused';
  clock.advance(900_000);
  await settle();
  expect(log.events).toEqual(['recordings.storage-away', 'recordings.storage-away']);
  faults = () => undefined;
  clock.advance(900_000);
  await settle();
  expect([stored.toSorted(), uploads.status.fault, uploads.status.waiting]).toEqual([['a', 'b', 'c'], undefined, 0]);
  expect(log.events.filter((event) => event === 'recordings.storage-well')).toHaveLength(1);
  // The next outage begins with a short wait again.
  faults = () => 'away';
  uploads.add('d');
  await settle();
  expect(clock.next).toBe(5_000);
});

test('what can not be stored as it is stays, is told once, and holds nothing back', async () => {
  disk = ['a', 'bad', 'c'];
  faults = (path) => (path === 'bad' ? 'changed' : undefined);
  uploads.start();
  await settle();
  uploads.start();
  await settle();
  expect([stored, asked]).toEqual([
    ['a', 'c'],
    ['a', 'bad', 'c'],
  ]);
  expect(log.events.filter((event) => event === 'recording.not-stored')).toHaveLength(1);
  expect([uploads.status.waiting, uploads.status.fault]).toEqual([0, undefined]);
});

test('in an outage of any length the memory is bounded, and what is not remembered is found on the disk', async () => {
  faults = () => 'away';
  for (let number = 0; number < 3_000; number++) {
    disk.push(`r${number}`);
    uploads.add(`r${number}`);
  }
  await settle();
  expect(uploads.status).toMatchObject({ waiting: 1_000, more: true });
  faults = () => undefined;
  clock.advance(5_000);
  for (let i = 0; i < 100; i++) await settle();
  expect(stored.toSorted()).toEqual(Array.from({ length: 3_000 }, (_, number) => `r${number}`).toSorted());
  expect(uploads.status).toEqual({ place: 'the bucket', waiting: 0, more: false });
});

test('closed, it asks no more', async () => {
  faults = () => 'away';
  uploads.add('a');
  await settle();
  uploads.close();
  expect(clock.pending).toBe(0);
  uploads.add('b');
  await settle();
  expect(asked).toEqual(['a']);
});

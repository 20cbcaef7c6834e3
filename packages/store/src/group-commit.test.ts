import { FakeClock } from '@vats/kernel/testing';
import { expect, test } from 'vitest';
import { GATHER_MS, GroupCommit, LARGEST_COMMIT, MOST_WAITING } from './group-commit.ts';
import { StoreError } from './store-error.ts';
import type { Write, WriteGroup } from './worker/messages.ts';

/** A disk whose commits end when the test says so. */
class SlowDisk {
  readonly batches: (readonly WriteGroup[])[] = [];
  #ends: ((outcomes: (StoreError | undefined)[] | Error) => void)[] = [];

  readonly commit = (groups: readonly WriteGroup[]): Promise<(StoreError | undefined)[]> => {
    this.batches.push(groups);
    return new Promise((resolve, reject) => {
      this.#ends.push((outcomes) => (outcomes instanceof Error ? reject(outcomes) : resolve(outcomes)));
    });
  };

  /** Ends the oldest commit under way; all of it succeeded unless said otherwise. */
  async end(outcomes?: (StoreError | undefined)[] | Error): Promise<void> {
    const size = this.batches[this.batches.length - this.#ends.length]?.length ?? 0;
    this.#ends.shift()?.(outcomes ?? Array.from({ length: size }, () => undefined));
    await settled();
  }

  get sizes(): number[] {
    return this.batches.map((batch) => batch.length);
  }
}

/** Every promise that can go on has gone on. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}

function writeOf(name: string): Write[] {
  return [{ do: 'remove-binding', id: name }];
}

function setup() {
  const clock = new FakeClock();
  const disk = new SlowDisk();
  const writer = new GroupCommit(disk.commit, clock);
  const done: string[] = [];
  const write = (name: string): void => {
    writer.write(writeOf(name)).then(
      () => done.push(name),
      (error: StoreError) => done.push(`${name}: ${error.fault}`),
    );
  };
  return { clock, disk, writer, done, write };
}

const FULL = new StoreError('disk-full', 'full', 'make room');

test('writes that come within the gathering time share one commit, and wait for its end', async () => {
  const { clock, disk, done, write } = setup();
  write('a');
  clock.advance(GATHER_MS - 1);
  write('b');
  expect(disk.sizes).toEqual([]);
  clock.advance(1);
  expect(disk.sizes).toEqual([2]);
  await settled();
  expect(done).toEqual([]);
  await disk.end();
  expect(done).toEqual(['a', 'b']);
});

test('a lone write is committed at the end of the gathering time, which is at most 20 ms', () => {
  const { clock, disk, write } = setup();
  write('a');
  clock.advance(20);
  expect(disk.sizes).toEqual([1]);
});

test('what comes during a long commit goes into the next, at once and in order', async () => {
  const { clock, disk, done, write } = setup();
  write('a');
  clock.advance(GATHER_MS);
  write('b');
  write('c');
  clock.advance(1_000);
  expect(disk.sizes).toEqual([1]);
  await disk.end();
  expect(disk.sizes).toEqual([1, 2]);
  expect(disk.batches[1]).toEqual([writeOf('b'), writeOf('c')]);
  await disk.end();
  expect(done).toEqual(['a', 'b', 'c']);
  expect(clock.pending).toBe(0);
});

test('what comes during a short commit waits for company as a first write does, and flushing spares it that', async () => {
  const { clock, disk, writer, done, write } = setup();
  write('a');
  clock.advance(GATHER_MS);
  write('b');
  await disk.end();
  clock.advance(GATHER_MS - 1);
  write('c');
  expect(disk.sizes).toEqual([1]);
  clock.advance(1);
  expect(disk.sizes).toEqual([1, 2]);
  write('d');
  const flushed = writer.flush().then(() => done.push('flushed'));
  await disk.end();
  expect(disk.sizes).toEqual([1, 2, 1]);
  await disk.end();
  await flushed;
  expect(done).toEqual(['a', 'b', 'c', 'd', 'flushed']);
  expect([writer.pending, clock.pending]).toEqual([0, 0]);
});

test('a storm does not wait for the clock, and one commit stays bounded', async () => {
  const { clock, disk, writer, write } = setup();
  for (let count = 0; count < 2_500; count++) write(`w${count}`);
  expect(disk.sizes).toEqual([1_000]);
  expect(writer.pending).toBe(2_500);
  await disk.end();
  await disk.end();
  await disk.end();
  expect(disk.sizes).toEqual([1_000, 1_000, 500]);
  expect(writer.pending).toBe(0);
  expect(clock.pending).toBe(0);
});

test('a flush waits for what came before it, not for what goes on coming', async () => {
  const { disk, writer, done, write } = setup();
  write('a');
  void writer.flush().then(() => done.push('flushed'));
  write('b');
  expect(disk.sizes).toEqual([1]);
  await disk.end();
  expect(done).toEqual(['a', 'flushed']);
  expect(writer.pending).toBe(1);
});

test('a disk that stands still takes no more than so many writes, and what is too much is told at once', async () => {
  const { disk, writer, done, write } = setup();
  for (let count = 0; count < LARGEST_COMMIT + MOST_WAITING; count++) write('kept');
  write('too much');
  await settled();
  expect(done).toEqual(['too much: failed']);
  expect(writer.pending).toBe(LARGEST_COMMIT + MOST_WAITING);
  while (writer.pending > 0) await disk.end();
  write('again');
  await Promise.all([writer.flush(), disk.end()]);
  expect(done.at(-1)).toBe('again');
});

test('one group that cannot be written fails alone', async () => {
  const { clock, disk, writer, done, write } = setup();
  write('a');
  write('b');
  write('c');
  clock.advance(GATHER_MS);
  await disk.end([undefined, FULL, undefined]);
  expect(done).toEqual(['a', 'b: disk-full', 'c']);
  expect(writer.writes).toBe(2);
  expect(writer.failure).toBe(FULL);
});

test('a disk that fails rejects what was under way, and the next commit that succeeds clears the failure', async () => {
  const { clock, disk, writer, done, write } = setup();
  write('a');
  clock.advance(GATHER_MS);
  await disk.end(FULL);
  expect(done).toEqual(['a: disk-full']);
  expect(writer.failure?.fault).toBe('disk-full');
  expect(writer.commits).toBe(0);
  write('b');
  clock.advance(GATHER_MS);
  await disk.end();
  expect(done).toEqual(['a: disk-full', 'b']);
  expect(writer.failure).toBeUndefined();
  expect(writer.commits).toBe(1);
});

test('closing writes what waits and takes nothing more', async () => {
  const { clock, disk, writer, done, write } = setup();
  write('a');
  let closed = false;
  void writer.close().then(() => {
    closed = true;
  });
  expect(disk.sizes).toEqual([1]);
  write('late');
  await settled();
  expect(done).toEqual(['late: closed']);
  expect(closed).toBe(false);
  await disk.end();
  expect(done).toEqual(['late: closed', 'a']);
  expect(closed).toBe(true);
  expect(clock.pending).toBe(0);
});

test('an idle writer flushes at once', async () => {
  await expect(setup().writer.flush()).resolves.toBeUndefined();
});

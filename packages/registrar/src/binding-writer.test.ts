import { MemoryLog } from '@vats/kernel/testing';
import { expect, test } from 'vitest';
import { BindingWriter } from './binding-writer.ts';
import { MemoryBindingStore, sampleBinding } from './testing/index.ts';

function writer() {
  const store = new MemoryBindingStore();
  const log = new MemoryLog();
  const told: string[] = [];
  const written = (name: string) => (failure?: unknown) => {
    told.push(failure === undefined ? name : `${name} failed`);
  };
  return { store, log, told, written, writer: new BindingWriter(store, log) };
}

test('the owner hears of its change only when the store has it', async () => {
  const { store, told, written, writer: w } = writer();
  store.hold();
  w.write({ save: [sampleBinding()], remove: [] }, written('first'));
  expect([told, w.pending]).toEqual([[], 1]);
  store.release();
  await w.idle();
  expect([told, w.pending]).toEqual([['first'], 0]);
  expect([...store.bindings.keys()]).toEqual(['b1']);
});

test('what comes during a write becomes one write, the newest state of each binding in it', async () => {
  const { store, told, written, writer: w } = writer();
  store.hold();
  w.write({ save: [sampleBinding()], remove: [] }, written('first'));
  w.write({ save: [sampleBinding({ cseq: 2 }), sampleBinding({ id: 'b2' })], remove: [] }, written('second'));
  w.write({ save: [sampleBinding({ cseq: 3 })], remove: ['b2'] }, written('third'));
  store.release();
  await w.idle();
  expect(told).toEqual(['first', 'second', 'third']);
  expect(store.writes).toHaveLength(2);
  expect(store.writes[1]).toEqual({ save: [sampleBinding({ cseq: 3 })], remove: ['b2'] });
});

test('a failed write fails its own owners only', async () => {
  const { store, told, written, writer: w } = writer();
  store.failure = new Error('disk full');
  store.hold();
  w.write({ save: [sampleBinding()], remove: [] }, written('first'));
  w.write({ save: [sampleBinding({ id: 'b2' })], remove: [] }, written('second'));
  store.release();
  await Promise.resolve();
  store.failure = undefined;
  await w.idle();
  expect(told).toEqual(['first failed', 'second']);
  expect([...store.bindings.keys()]).toEqual(['b2']);
});

test('a store that throws at once, or rejects with nothing, has failed as well', async () => {
  const told: unknown[] = [];
  const throwing = new BindingWriter(
    {
      load: async () => [],
      write: () => {
        throw new Error('closed');
      },
    },
    new MemoryLog(),
  );
  throwing.write({ save: [], remove: ['b1'] }, (failure) => told.push(failure instanceof Error));
  await throwing.idle();
  const silent = new BindingWriter({ load: async () => [], write: () => Promise.reject(undefined) }, new MemoryLog());
  silent.write({ save: [], remove: ['b1'] }, (failure) => told.push(failure instanceof Error));
  await silent.idle();
  expect(told).toEqual([true, true]);
});

test('an owner that throws keeps nobody from being told', async () => {
  const { told, log, written, writer: w } = writer();
  w.write({ save: [sampleBinding()], remove: [] }, () => {
    throw new Error('a fault of ours');
  });
  await w.idle();
  w.write({ save: [sampleBinding()], remove: [] }, written('next'));
  await w.idle();
  expect(told).toEqual(['next']);
  expect(log.events).toEqual(['registrar.fault']);
});

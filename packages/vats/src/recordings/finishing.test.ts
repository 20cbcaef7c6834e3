import { join } from 'node:path';
import { FakeClock, MemoryLog } from '@vats/kernel/testing';
import { Finisher, type FinishReport, type FinishTask } from '@vats/media';
import type { RecordingEntry } from '@vats/pbx';
import { MemoryStore } from '@vats/store/testing';
import { beforeEach, expect, test } from 'vitest';
import { Finishing } from './finishing.ts';

const MINUTE = 60_000;
const DATA = '/data';
const PATH = join(DATA, 'recordings/one.wav');

let clock: FakeClock;
let log: MemoryLog;
let store: MemoryStore;
let tasks: FinishTask[];
let kept: string[];
let report: (report: FinishReport) => void;
let finishing: Finishing;

beforeEach(() => {
  clock = new FakeClock();
  log = new MemoryLog();
  store = new MemoryStore();
  tasks = [];
  kept = [];
  const finisher = new Finisher({
    clock,
    start: (user) => {
      report = (said) => user.report(said);
      return { post: (task) => void tasks.push(task), close: () => {} };
    },
  });
  finishing = new Finishing({
    ...{ store, data: DATA, finisher, clock, log, domains: () => [], onKept: (path) => kept.push(path) },
  });
});

async function listed(id: string): Promise<void> {
  const entry: RecordingEntry = {
    ...{ id, call: id, domain: 'd1', path: `recordings/${id}.wav`, from: '201', to: '202' },
    ...{ startedAt: 1_000, state: 'complete' },
  };
  await store.recordings.put(entry);
}

async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
}

/** It ends, and the thread says this of it. */
async function says(path: string, said: FinishReport): Promise<void> {
  finishing.finish(path);
  await settle();
  report(said);
  await settle();
}

const manifest = { state: 'repaired', durationMs: 1_234, end: 'killed' } as never;

test('what came of a finished recording is in the list: another file, too short, set aside, nothing', async () => {
  for (const id of ['one', 'two', 'three', 'four']) await listed(id);
  await says(PATH, { ok: true, finished: { what: 'kept', path: join(DATA, 'recordings/one.mp3'), manifest } });
  expect(tasks).toEqual([{ path: PATH }]);
  expect(kept).toEqual([join(DATA, 'recordings/one.mp3')]);
  const [two, three, four] = ['two', 'three', 'four'].map((id) => join(DATA, `recordings/${id}.wav`)) as [
    string,
    string,
    string,
  ];
  await says(two, { ok: true, finished: { what: 'too-short', path: two, durationMs: 300 } });
  await says(three, { ok: true, finished: { what: 'set-aside', path: three, detail: 'its header' } });
  await says(four, { ok: true, finished: { what: 'nothing', path: four } });
  const found = await store.recordings.list({});
  expect(Object.fromEntries(found.map(({ id, ...entry }) => [id, entry]))).toMatchObject({
    one: { path: 'recordings/one.mp3', state: 'repaired', durationMs: 1_234 },
    two: { state: 'too-short', durationMs: 300 },
    three: { state: 'failed', error: 'its header is lost: it was set aside' },
    four: { state: 'failed', error: 'there is no sound of it' },
  });
  expect(log.events).toEqual(['recording.set-aside']);
  expect([finishing.size, finishing.triedAgain]).toEqual([0, 0]);
});

test('what fails is tried again after 1, 2, 4 … minutes, at last each hour, and is told once', async () => {
  await listed('one');
  await says(PATH, { ok: false, error: 'EIO' });
  for (const [index, minutes] of [1, 2, 4, 8, 16, 32, 60, 60, 60].entries()) {
    expect([finishing.size, finishing.triedAgain]).toEqual([0, 1]);
    clock.advance(minutes * MINUTE - 1);
    await settle();
    expect(tasks).toHaveLength(index + 1);
    clock.advance(1);
    await settle();
    expect(tasks).toHaveLength(index + 2);
    report({ ok: false, error: 'EIO' });
    await settle();
  }
  expect(tasks.every((task) => !('unconverted' in task))).toBe(true);
  clock.advance(60 * MINUTE);
  await settle();
  report({ ok: false, error: 'EROFS' });
  await settle();
  clock.advance(60 * MINUTE);
  await settle();
  report({ ok: true, finished: { what: 'kept', path: PATH, manifest } });
  await settle();
  expect(log.events).toEqual(['recording.not-finished', 'recording.not-finished', 'recording.finished-at-last']);
  expect([finishing.triedAgain, kept]).toEqual([0, [PATH]]);
});

test('what can not be encoded is tried five times, and then stays as it was recorded', async () => {
  await listed('one');
  await says(PATH, { ok: false, error: 'ENOSPC', notEncoded: true });
  for (let tries = 2; tries <= 5; tries++) {
    expect(tasks.at(-1)).toEqual({ path: PATH });
    clock.advance(2 ** (tries - 2) * MINUTE);
    await settle();
    expect(tasks).toHaveLength(tries);
    report({ ok: false, error: 'ENOSPC', notEncoded: true });
    await settle();
  }
  expect(tasks).toHaveLength(6);
  expect(tasks.at(-1)).toEqual({ path: PATH, unconverted: 'ENOSPC' });
  report({
    ok: true,
    finished: { what: 'kept', path: PATH, manifest: { ...(manifest as object), unconverted: 'ENOSPC' } as never },
  });
  await settle();
  expect(log.events).toEqual(['recording.not-finished', 'recording.finished-at-last', 'recording.not-encoded']);
  expect(finishing.triedAgain).toBe(0);
});

test('what is refused because too many wait is tried again, too', async () => {
  for (let i = 0; i <= 10_001; i++) finishing.finish(join(DATA, `recordings/${i}.wav`));
  await settle();
  expect([tasks.length, finishing.size, finishing.triedAgain]).toEqual([1, 10_001, 1]);
  expect(log.events).toEqual(['recording.not-finished']);
  report({ ok: true, finished: { what: 'nothing', path: '' } });
  clock.advance(MINUTE);
  await settle();
  expect([finishing.size, finishing.triedAgain]).toEqual([10_001, 0]);
});

test('closed, it leaves everything to the next start', async () => {
  await says(PATH, { ok: false, error: 'EIO' });
  await finishing.close();
  expect([clock.pending, finishing.triedAgain]).toEqual([0, 0]);
  finishing.finish(PATH);
  await settle();
  expect(tasks).toHaveLength(1);
});

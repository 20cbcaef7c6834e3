import { FakeClock, MemoryLog } from '@vats/kernel/testing';
import { beforeEach, expect, test } from 'vitest';
import { DiskWatch } from './disk-watch.ts';

let clock: FakeClock;
let log: MemoryLog;
let free: number | Error;
let stopped: number;
let watch: DiskWatch;

function watching(minFree = 1_000): DiskWatch {
  return new DiskWatch({
    clock,
    log,
    minFree,
    free: async () => {
      if (free instanceof Error) throw free;
      return free;
    },
    onLow: () => {
      stopped++;
    },
  });
}

async function afterALook(): Promise<boolean> {
  clock.advance(5_000);
  await Promise.resolve();
  await Promise.resolve();
  return watch.isLow;
}

beforeEach(() => {
  clock = new FakeClock();
  log = new MemoryLog();
  free = 2_000;
  stopped = 0;
  watch = watching();
});

test('below the bound recordings end once; they begin again when a quarter more is free', async () => {
  await watch.start();
  expect([watch.isLow, watch.free]).toEqual([false, 2_000]);
  free = 999;
  expect(await afterALook()).toBe(true);
  expect(await afterALook()).toBe(true);
  expect(stopped).toBe(1);
  free = 1_249;
  expect(await afterALook()).toBe(true);
  free = 1_250;
  expect(await afterALook()).toBe(false);
  expect(log.events).toEqual(['recordings.disk-low', 'recordings.disk-well']);
  free = 0;
  expect(await afterALook()).toBe(true);
  expect(stopped).toBe(2);
});

test('a disk that can not be asked is told once, and changes nothing', async () => {
  free = new Error('EIO');
  await watch.start();
  await afterALook();
  expect([watch.isLow, watch.free, stopped, log.events]).toEqual([false, undefined, 0, ['recordings.disk-unknown']]);
});

test('a start on a full disk records nothing; closed, it looks no more', async () => {
  free = 5;
  await watch.start();
  expect(watch.isLow).toBe(true);
  watch.close();
  expect(clock.pending).toBe(0);
});

test('0 watches nothing', async () => {
  free = 0;
  watch = watching(0);
  await watch.start();
  expect([watch.isLow, clock.pending]).toEqual([false, 0]);
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeClock, MemoryLog } from '@vats/kernel/testing';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { S3Settings } from '../settings/settings.ts';
import { StartFailure } from '../start-failure.ts';
import { openRecordingStorage } from './open-storage.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'vats-keys-'));
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(directory, { recursive: true });
});

function opened(more: Partial<S3Settings>) {
  const s3: S3Settings = {
    ...{ endpoint: 'https://s3.example.com', region: 'us-east-1', bucket: 'calls', prefix: '', addressing: 'path' },
    ...{ accessKey: { env: 'VATS_TEST_ACCESS' }, secretKey: { env: 'VATS_TEST_SECRET' }, keepLocal: false },
    ...more,
  };
  return openRecordingStorage({ minFree: 0, storage: { s3 } }, directory, {
    clock: new FakeClock(),
    log: new MemoryLog(),
  });
}

test('keys come from files and variables; nothing of them is told', async () => {
  vi.stubEnv('VATS_TEST_ACCESS', 'access');
  const file = join(directory, 'secret');
  writeFileSync(file, ' hunter22\n');
  const storage = opened({ secretKey: { file } });
  expect(storage.status).toEqual({ place: 'https://s3.example.com bucket calls', waiting: 0, more: false });
  await storage.close();
});

test('a key that is not where the settings say is named with its place', () => {
  expect(() => opened({})).toThrow(
    new StartFailure(
      'recordings.storage.s3.accessKey: the variable VATS_TEST_ACCESS is not set: set it, or write { file: PATH }',
    ),
  );
  vi.stubEnv('VATS_TEST_ACCESS', 'access');
  expect(() => opened({ secretKey: { file: join(directory, 'none') } })).toThrow(
    /secretKey: the file .*none can not be read: ENOENT/,
  );
  const file = join(directory, 'secret');
  for (const text of ['', ' \n', 'hunter22 hunter22', 'hunter22\nhunter22', 'hünter22', 'hunter22'.repeat(1_000)]) {
    writeFileSync(file, text);
    const failing = () => opened({ secretKey: { file } });
    expect(failing).toThrow(/secretKey: what is there is no key/);
    expect(failing).not.toThrow(/hunter/);
  }
});

test('without storage elsewhere recordings stay where they are', () => {
  const storage = openRecordingStorage({ minFree: 0 }, directory, { clock: new FakeClock(), log: new MemoryLog() });
  expect(storage.status).toBeUndefined();
});

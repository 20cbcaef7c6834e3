import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3_BUCKET, S3_KEYS, type S3Server, startS3Server } from '@vats/store/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { data, json, running, serve, useSwitch, vats } from './testing/served-switch.ts';

let bucket: string;
let server: S3Server;

useSwitch();
beforeEach(async () => {
  bucket = mkdtempSync(join(tmpdir(), 'vats-bucket-'));
  server = await startS3Server(bucket);
});

afterEach(async () => {
  await server.close();
  rmSync(bucket, { recursive: true });
});

/** A recording that was finished by an earlier process, and the switch that stores it. */
async function stored(secretKey: string = S3_KEYS.secretKey): Promise<string> {
  const sound = Buffer.alloc(70_000, 'sound');
  const file = join(data, 'recordings/x1.mp3');
  mkdirSync(join(data, 'recordings'));
  writeFileSync(file, sound);
  const sha256 = createHash('sha256').update(sound).digest('hex');
  const manifest = { manifest: 1, file: 'x1.mp3', octets: sound.length, sha256, format: 'mp3', durationMs: 1 };
  writeFileSync(join(data, 'recordings/x1.json'), JSON.stringify(manifest));
  for (const [name, key] of [
    ['access', S3_KEYS.accessKey],
    ['secret', secretKey],
  ] as const) {
    writeFileSync(join(data, name), key);
  }
  const keys = { accessKey: { file: join(data, 'access') }, secretKey: { file: join(data, 'secret') } };
  const s3 = { endpoint: server.endpoint, bucket: S3_BUCKET, prefix: 'office', ...keys };
  await serve({}, { recordings: { storage: { s3 } } });
  await running.store.recordings.put({
    ...{ id: 'x1', call: 'x1', domain: running.model.directory.model.domains[0]!.id, path: 'recordings/x1.mp3' },
    ...{ from: '201', to: '202', startedAt: 1_000, durationMs: 1, state: 'complete' },
  });
  return file;
}

async function until(done: () => boolean): Promise<void> {
  while (!done()) await new Promise((resolve) => setImmediate(resolve));
}

/** Folders of recordings that were fetched, and are left. */
const left = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('vats-recording-'));

test('a recording that lies elsewhere is exported and verified as any other, and nothing of it stays', async () => {
  const before = left();
  const file = await stored();
  await until(() => !existsSync(file));
  expect((await vats('recordings')).out).toMatch(/x1\.mp3/);
  const to = join(data, 'out.mp3');
  expect(await vats('recordings', 'export', 'x1', to)).toMatchObject({ code: 0, out: `${to}\n` });
  expect(readFileSync(to)).toEqual(Buffer.alloc(70_000, 'sound'));
  mkdirSync(join(data, 'folder'));
  expect((await vats('recordings', 'export', 'x1', join(data, 'folder'))).out).toBe(`${join(data, 'folder/x1.mp3')}\n`);
  const good = await vats('recordings', 'verify');
  expect([good.code, good.out]).toEqual([0, `${file} (${server.endpoint} bucket recordings: office/x1.mp3): good\n`]);
  expect(await json('status')).toMatchObject({
    recordings: { storage: { place: `${server.endpoint} bucket recordings, office/`, waiting: 0, more: false } },
  });
  expect((await vats('status')).out).not.toMatch(/NOT STORED/);

  // What is changed there is found out.
  const object = join(bucket, 'recordings/office/x1.mp3._S3rver_object');
  writeFileSync(object, Buffer.alloc(70_000, 'noise'));
  expect((await vats('recordings', 'verify', 'x1')).out).toMatch(/BAD: its SHA-256 is not that of its manifest/);
  rmSync(object);
  expect((await vats('recordings', 'verify', 'x1')).out).toMatch(
    /BAD: it can not be fetched: .*the server answered 404/,
  );
  await server.close();
  const away = await vats('recordings', 'export', 'x1', join(data, 'other.mp3'));
  expect([away.code, away.err]).toEqual([1, expect.stringMatching(/x1\.mp3 can not be fetched: .*: ECONNREFUSED/)]);
  expect(existsSync(join(data, 'other.mp3'))).toBe(false);
  expect(away.err).not.toMatch(/Signature/);
  expect(left()).toEqual(before);
  server = await startS3Server(bucket);
});

test('what waits here because the server does not take it is told, with the remedy, and plays from here', async () => {
  const file = await stored('wrong');
  await until(() => running.storage.status?.fault !== undefined);
  expect(running.ledger.counts()['recordings to be stored elsewhere']).toBe(1);
  expect((await vats('status')).out).toMatch(
    /WARNING +RECORDINGS ARE NOT STORED, 0 min now, at least 1 recording waiting here: store office\/x1\.mp3: .*SignatureDoesNotMatch.*; the secret key is not that/,
  );
  expect((await vats('recordings', 'verify')).out).toBe(`${file}: good\n`);
});

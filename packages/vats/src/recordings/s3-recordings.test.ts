import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { FakeClock, MemoryLog } from '@vats/kernel/testing';
import { manifestFrom, manifestPathOf } from '@vats/media';
import { S3Storage } from '@vats/store';
import { S3_BUCKET, S3_KEYS, type S3Server, startS3Server } from '@vats/store/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LocalFolder } from './local-folder.ts';
import { S3Recordings } from './s3-recordings.ts';
import { type StoringPlace, storeRecording } from './store-recording.ts';

let root: string;
let directory: string;
let server: S3Server;
let clock: FakeClock;
let log: MemoryLog;
let at: StoringPlace;
let opened: { close(): unknown }[];

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'vats-s3-recordings-'));
  directory = join(root, 'recordings');
  server = await startS3Server(join(root, 'buckets'));
  clock = new FakeClock();
  clock.stepWall(Date.now() - clock.now());
  log = new MemoryLog();
  at = { endpoint: server.endpoint, bucket: S3_BUCKET, prefix: 'office/', directory, keepLocal: false };
  opened = [];
});

afterEach(async () => {
  for (const each of opened) await each.close();
  await server.close();
  rmSync(root, { recursive: true });
});

function storage(place = at): S3Storage {
  const options = { ...place, region: 'us-east-1', addressing: 'path', ...S3_KEYS } as const;
  const made = new S3Storage({ ...options, clock });
  opened.push(made);
  return made;
}

function recordings(place = at, put?: (path: string) => void): S3Recordings {
  const direct = storage(place);
  const made = new S3Recordings({
    ...{ storage: storage(place), at: place, clock, log },
    thread: {
      put: async (...order) => {
        put?.(order[1]);
        await direct.put(...order);
      },
      close: () => {},
    },
  });
  opened.push(made);
  return made;
}

/** A finished recording, as it lies there; its path. */
function finished(name = '2026-01-02/030405-+74951234567-202-x1.mp3', sound = `sound of ${name}`): string {
  const path = join(directory, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, sound);
  const sha256 = createHash('sha256').update(sound).digest('hex');
  const manifest = { manifest: 1, file: basename(path), octets: sound.length, sha256 };
  writeFileSync(manifestPathOf(path), JSON.stringify(manifest));
  return path;
}

function manifestHere(path: string) {
  return manifestFrom(readFileSync(manifestPathOf(path), 'utf8'));
}

/** Objects that lie in the bucket. */
function objects(bucket = S3_BUCKET): string[] {
  const folder = join(root, 'buckets', bucket);
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('._S3rver_object'))
    .map((name) => name.replace('._S3rver_object', ''))
    .sort();
}

async function until(done: () => boolean): Promise<void> {
  while (!done()) await new Promise((resolve) => setImmediate(resolve));
}

const OBJECTS = [
  'office/2026-01-02/030405-+74951234567-202-x1.json',
  'office/2026-01-02/030405-+74951234567-202-x1.mp3',
];

test('sound and manifest go there, the sound here goes, and it is found there, by a URL and by its first octets', async () => {
  const path = finished();
  const kept = recordings();
  kept.take(path);
  await until(() => !existsSync(path));
  expect(objects()).toEqual(OBJECTS);
  expect(manifestHere(path)?.stored).toEqual({
    ...{ endpoint: server.endpoint, bucket: S3_BUCKET, key: OBJECTS[1] },
    at: new Date(clock.now()).toISOString(),
  });
  const found = await kept.find(path);
  if (!('url' in found)) throw new Error(JSON.stringify(found));
  expect(await (await fetch(found.url)).text()).toMatch(/^sound of/);
  expect((await found.beginning(5)).toString()).toBe('sound');
  expect(found.place).toBe(`${server.endpoint} bucket recordings: ${OBJECTS[1]}`);
  expect(kept.status).toMatchObject({ waiting: 0, more: false });
});

test('where it is to stay here, too, it does, and is read here', async () => {
  const path = finished();
  const kept = recordings({ ...at, keepLocal: true });
  kept.start();
  await until(() => manifestHere(path)?.stored !== undefined);
  expect([existsSync(path), objects(), await kept.find(path)]).toEqual([true, OBJECTS, { file: path }]);
});

test('whatever step a kill comes at, the next start comes to the same end, and nothing is lost on the way', async () => {
  let steps = Number.POSITIVE_INFINITY;
  const killed = new Error('killed');
  for (let killAt = 1; killAt <= steps; killAt++) {
    const path = finished(`2026-01-02/${killAt}.mp3`);
    let step = 0;
    const real = storage();
    const stepping = (key: string) => {
      if (++step === killAt) throw killed;
      return key;
    };
    const storing = {
      put: async (...[key, file, type, expected]: Parameters<S3Storage['put']>) => {
        const done = await real.put(stepping(key), file, type, expected);
        stepping(key);
        return done;
      },
      remove: (key: string) => real.remove(stepping(key)),
    };
    const whole = await storeRecording(storing, path, at, () => {
      stepping('now');
      return clock.now();
    }).then(
      () => true,
      () => false,
    );
    if (whole) steps = step;
    else expect([killAt, existsSync(path)]).toEqual([killAt, true]);
    const kept = recordings();
    kept.start();
    await until(() => !existsSync(path));
    expect(objects().filter((name) => name.includes(`/${killAt}.`))).toEqual([
      `office/2026-01-02/${killAt}.json`,
      `office/2026-01-02/${killAt}.mp3`,
    ]);
  }
  expect(steps).toBe(5);
});

test('a start finds what waits: not what is being recorded, finished, or stored already', async () => {
  const [first, second] = [finished('2026-01-01/a.mp3'), finished('2026-01-02/b.mp3')];
  const [recorded, foreign] = [join(directory, '2026-01-02/c.wav'), join(directory, '2026-01-02/d.txt')];
  writeFileSync(recorded, 'sound');
  writeFileSync(join(directory, '2026-01-02/c.journal'), '');
  writeFileSync(foreign, 'text');
  const unfinished = finished('2026-01-02/e.mp3');
  writeFileSync(join(directory, '2026-01-02/e.journal'), '');
  const asked: string[] = [];
  const kept = recordings(at, (path) => asked.push(path));
  kept.start();
  await until(() => !kept.status.more);
  expect(asked).toEqual([first, second].flatMap((path) => [path, manifestPathOf(path)]));
  expect([recorded, foreign, unfinished].every((path) => existsSync(path))).toBe(true);
});

test('deleting deletes there and here; while the server is away nothing is deleted and it is said', async () => {
  const path = finished();
  await storeRecording(storage(), path, at, () => clock.now());
  const kept = recordings();
  const port = Number(new URL(server.endpoint).port);
  await server.close();
  await expect(kept.remove(path)).rejects.toMatchObject({ kind: 'away' });
  expect(existsSync(manifestPathOf(path))).toBe(true);
  server = await startS3Server(join(root, 'buckets'), port);
  await kept.remove(path);
  expect([objects(), readdirSync(dirname(path))]).toEqual([[], []]);
  await kept.remove(path);
});

test('deleting one that was put there, and not noted here, deletes it there, too', async () => {
  const path = finished();
  await storage().put(OBJECTS[1]!, path, 'audio/mpeg');
  await recordings().remove(path);
  expect([objects(), readdirSync(dirname(path))]).toEqual([[], []]);
});

test('one that is deleted while it is being stored is not left there', async () => {
  const path = finished();
  const real = storage();
  const deleting = {
    put: async (...given: Parameters<S3Storage['put']>) => {
      const done = await real.put(...given);
      if (given[0].endsWith('.json')) await recordings().remove(path);
      return done;
    },
    remove: (key: string) => real.remove(key),
  };
  await storeRecording(deleting, path, at, () => clock.now());
  expect([objects(), readdirSync(dirname(path))]).toEqual([[], []]);
});

test('one that lies in another bucket than the settings name is not taken for deleted, and is once it was moved', async () => {
  const path = finished();
  await storeRecording(storage(), path, at, () => clock.now());
  const elsewhere = recordings({ ...at, bucket: 'new' });
  mkdirSync(join(root, 'buckets/new'));
  await expect(elsewhere.remove(path)).rejects.toMatchObject({
    message: expect.stringContaining(`it was stored at ${server.endpoint} bucket recordings, and is not at`),
    remedy: 'move it there, or name its bucket at recordings.storage.s3 of vats.yaml again',
  });
  for (const call of ['find', 'remove'] as const) {
    await expect(new LocalFolder()[call](path)).rejects.toMatchObject({
      kind: 'refused',
      message: `${call === 'find' ? 'read' : 'delete'} ${path}: it lies at ${server.endpoint} bucket recordings, as ${OBJECTS[1]}`,
    });
  }
  expect(existsSync(manifestPathOf(path))).toBe(true);
  const moved = join(root, 'moved.mp3');
  writeFileSync(moved, 'sound');
  await storage({ ...at, bucket: 'new' }).put(OBJECTS[1]!, moved, 'audio/mpeg');
  await elsewhere.remove(path);
  expect([objects('new'), existsSync(manifestPathOf(path))]).toEqual([[], false]);
});

test('one that was changed since it was finished stays here as it is', async () => {
  const path = finished();
  writeFileSync(path, 'other sound');
  const kept = recordings();
  kept.take(path);
  await until(() => log.events.includes('recording.not-stored'));
  expect([readFileSync(path, 'utf8'), objects(), kept.status.waiting]).toEqual(['other sound', [], 0]);
});

import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeClock } from '@vats/kernel/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { S3_BUCKET, S3_KEYS, type S3Server, startS3Server } from '../testing/s3-server.ts';
import { FileShrankError, HttpExchange, STALLED_MS } from './http-exchange.ts';
import { PutThread } from './put-thread.ts';
import { type S3Options, S3Storage } from './s3-storage.ts';
import type { StorageFault } from './storage-fault.ts';

const KEY = 'office/2026-01-02/030405-+74951234567-202-x 1.wav';

let directory: string;
let clock: FakeClock;
let opened: S3Storage[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'vats-s3-'));
  // Servers judge the clock of who asks by their own, which is the machine's.
  clock = new FakeClock();
  clock.stepWall(Date.now() - clock.now());
  opened = [];
});

afterEach(() => {
  for (const each of opened) each.close();
  rmSync(directory, { recursive: true });
});

function storage(endpoint: string, more: Partial<S3Options> = {}): S3Storage {
  const place = { endpoint, region: 'us-east-1', bucket: S3_BUCKET, prefix: 'office/', addressing: 'path' } as const;
  const made = new S3Storage({ ...place, ...S3_KEYS, clock, ...more });
  opened.push(made);
  return made;
}

function file(octets = 100_000): string {
  const path = join(directory, 'sound.wav');
  writeFileSync(path, Buffer.alloc(octets, 'vats'));
  return path;
}

async function faultOf(done: Promise<unknown>): Promise<StorageFault> {
  return done.then(
    () => {
      throw new Error('nothing failed');
    },
    (error: StorageFault) => error,
  );
}

/** What a fault says; never a key of ours. */
async function said(done: Promise<unknown>): Promise<[kind: string, message: string, remedy: string]> {
  const { kind, message, remedy } = await faultOf(done);
  expect(`${message} ${remedy}`).not.toMatch(/my secret|S3RVER/);
  return [kind, message.replaceAll(/127\.0\.0\.1:\d+/g, 'HOST'), remedy];
}

describe('at a server', () => {
  let server: S3Server;

  beforeEach(async () => {
    server = await startS3Server(join(directory, 'buckets'));
  });

  afterEach(() => server.close());

  test('a file is stored, looked at, read, given by URL, deleted', async () => {
    const s3 = storage(server.endpoint);
    const path = file();
    const md5 = createHash('md5').update(Buffer.alloc(100_000, 'vats')).digest('hex');
    expect(await s3.put(KEY, path, 'audio/wav')).toEqual({ octets: 100_000, md5 });
    expect((await s3.beginning(KEY, 6)).toString()).toBe('vatsva');
    const got = await fetch(await s3.urlOf(KEY, 60));
    expect([got.status, (await got.arrayBuffer()).byteLength]).toEqual([200, 100_000]);
    await s3.remove(KEY);
    await s3.remove(KEY);
    expect((await said(s3.head(KEY)))[0]).toBe('missing');
  });

  test('an empty file, and one that takes several portions', async () => {
    const s3 = storage(server.endpoint);
    expect(await s3.put('office/empty', file(0), 'audio/wav')).toMatchObject({ octets: 0 });
    expect(await s3.put('office/large', file(1_000_003), 'audio/wav')).toMatchObject({ octets: 1_000_003 });
  });

  test('what is not what was finished is not sent', async () => {
    const path = file();
    const sha256 = createHash('sha256').update(Buffer.alloc(100_000, 'vats')).digest('hex');
    const s3 = storage(server.endpoint);
    await s3.put(KEY, path, 'audio/wav', { octets: 100_000, sha256 });
    appendFileSync(path, 'more');
    const [kind, message] = await said(s3.put(KEY, path, 'audio/wav', { octets: 100_000, sha256 }));
    expect([kind, message]).toEqual(['changed', expect.stringContaining('it has 100004 octets')]);
    expect(await s3.head(KEY)).toMatchObject({ octets: 100_000 });
  });

  test('a wrong access key, secret key, bucket, and clock are named with their remedies', async () => {
    const path = file(5);
    const failing = (more: Partial<S3Options>) => said(storage(server.endpoint, more).put(KEY, path, 'audio/wav'));
    const at = `store ${KEY}: http://HOST bucket`;
    expect(await failing({ accessKey: 'nobody' })).toEqual([
      'refused',
      expect.stringMatching(`${at} recordings answered 403 InvalidAccessKeyId`.replaceAll(/[+]/g, '\\+')),
      'that access key is not known there: look at recordings.storage.s3.accessKey',
    ]);
    expect(await failing({ secretKey: 'my secret' })).toEqual([
      'refused',
      expect.stringContaining('answered 403 SignatureDoesNotMatch'),
      'the secret key is not that of the access key: look at recordings.storage.s3.secretKey, and at region',
    ]);
    expect(await failing({ bucket: 'elsewhere' })).toEqual([
      'refused',
      expect.stringContaining(`${at} elsewhere answered 404 NoSuchBucket`),
      'make the bucket elsewhere, or mend recordings.storage.s3.bucket',
    ]);
    clock.stepWall(3_600_000);
    const [kind, message, remedy] = await failing({});
    expect([kind, message]).toEqual(['refused', expect.stringContaining('answered 403 RequestTimeTooSkewed')]);
    expect(remedy).toMatch(
      /^set this machine’s clock, which is 3(599|600|601) s ahead of the server’s: run an NTP client$/,
    );
  });
});

test('the real thread stores, says what it could not do, and leaves what is under way when it is stopped', async () => {
  const server = await startS3Server(join(directory, 'buckets'));
  const options = { endpoint: server.endpoint, region: 'us-east-1', bucket: S3_BUCKET, prefix: '', ...S3_KEYS };
  const thread = new PutThread({ ...options, addressing: 'path' });
  const wrong = new PutThread({ ...options, addressing: 'path', secretKey: 'my secret' });
  try {
    await thread.put(KEY, file(), 'audio/wav');
    expect(await storage(server.endpoint).head(KEY)).toMatchObject({ octets: 100_000 });
    expect((await said(thread.put(KEY, join(directory, 'none'), 'audio/wav')))[0]).toBe('changed');
    expect(await said(wrong.put(KEY, file(), 'audio/wav'))).toEqual([
      'refused',
      expect.stringContaining('SignatureDoesNotMatch'),
      expect.stringContaining('secretKey'),
    ]);
    const cut = said(thread.put(KEY, file(), 'audio/wav'));
    thread.close();
    expect(await cut).toEqual(['away', expect.stringContaining('it was stopped'), 'it is tried again']);
    // It is started again when it is asked again.
    await thread.put(KEY, file(5), 'audio/wav');
  } finally {
    thread.close();
    wrong.close();
    await server.close();
  }
});

describe('at a server that misbehaves', () => {
  let server: Server;
  let endpoint: string;
  let answer: (request: IncomingMessage, response: ServerResponse) => void;

  beforeEach(async () => {
    server = createServer((request, response) => answer(request, response));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterEach(() => {
    server.close();
    server.closeAllConnections();
  });

  test('one that takes the file and says nothing more is given up when nothing moved for half a minute', async () => {
    const taken = new Promise<void>((resolve) => {
      answer = (request) => void request.resume().on('end', resolve);
    });
    const done = said(storage(endpoint).put(KEY, file(), 'audio/wav'));
    await taken;
    // The last portion that it took counts as a movement, whichever side learns of it first.
    for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
    clock.advance(STALLED_MS);
    const [kind, message] = await done;
    expect([kind, message]).toEqual(['away', expect.stringMatching(/is too slow: nothing moved for 30000 ms/)]);
    expect(clock.pending).toBe(0);
  });

  test('one that takes nothing is given up, too', async () => {
    const asked = new Promise<void>((resolve) => {
      answer = () => resolve();
    });
    const done = said(storage(endpoint).put(KEY, file(30_000_000), 'audio/wav'));
    await asked;
    // As much as the system's buffers hold is taken.
    for (let before = -1, now = 0; before !== now; now = clock.next ?? 0) {
      before = now;
      for (let i = 0; i < 50; i++) await new Promise((resolve) => setImmediate(resolve));
    }
    clock.advance(STALLED_MS);
    expect((await done)[0]).toBe('away');
  });

  test('one that breaks off half way, and one that kept half', async () => {
    answer = (request) => void request.once('data', () => request.socket.destroy());
    expect((await said(storage(endpoint).put(KEY, file(3_000_000), 'audio/wav')))[0]).toBe('away');
    answer = (request, response) => {
      request.resume().on('end', () => {
        if (request.method === 'HEAD') response.setHeader('content-length', '50000');
        response.end();
      });
    };
    const half = await said(storage(endpoint).put(KEY, file(), 'audio/wav'));
    expect(half).toEqual(['away', expect.stringContaining('50000 octets lie there'), expect.stringContaining('stays')]);
    answer = (request, response) => {
      request.resume().on('end', () => {
        if (request.method === 'HEAD') response.setHeader('content-length', '100000');
        response.setHeader('etag', `"${'0'.repeat(32)}"`);
        response.end();
      });
    };
    expect((await said(storage(endpoint).put(KEY, file(), 'audio/wav')))[1]).toContain(
      '100000 octets lie there, MD5 0000',
    );
  });

  test('one that refuses before it has the whole file is understood', async () => {
    answer = (_request, response) => {
      response.writeHead(403, { connection: 'close' });
      response.end('<Error><Code>AccessDenied</Code><Message>No\r\n\u001b[31m way</Message></Error>');
    };
    const fault = await said(storage(endpoint).put(KEY, file(30_000_000), 'audio/wav'));
    expect(fault).toEqual([
      'refused',
      expect.stringMatching(/answered 403 AccessDenied No \[31m way$/),
      'let the access key get, put and delete objects of recordings/office/*, or name another at recordings.storage.s3',
    ]);
  });

  test.each([
    [503, '<Error><Code>SlowDown</Code></Error>', {}, 'away', 'it is tried again'],
    [500, '', {}, 'away', 'it is tried again'],
    [507, '', {}, 'refused', 'make room there'],
    [
      301,
      '<Error><Code>PermanentRedirect</Code></Error>',
      { 'x-amz-bucket-region': 'ru-1' },
      'refused',
      'write region: ru-1',
    ],
    [302, '', {}, 'refused', 'the address that the server itself has'],
    [200, '', {}, 'away', 'stored again'],
    [400, 'this is no S3 server', {}, 'refused', 'is this an S3 server?'],
    [404, '<!doctype html>', {}, 'refused', 'does not answer as an S3 server, or has no such bucket'],
  ] as const)('%i %s', async (status, body, headers, kind, remedy) => {
    answer = (request, response) => {
      request.resume().on('end', () => response.writeHead(status, headers).end(body));
    };
    const fault = await said(storage(endpoint).put(KEY, file(), 'audio/wav'));
    expect([fault[0], fault[2]]).toEqual([kind, expect.stringContaining(remedy)]);
  });

  test('who asks for an object that is not there is told that it is missing', async () => {
    answer = (request, response) => void request.resume().on('end', () => response.writeHead(404).end());
    expect(await said(storage(endpoint).head(KEY))).toEqual([
      'missing',
      expect.stringContaining('answered 404'),
      'it was deleted there, or never stored',
    ]);
  });

  test('one that speaks no TLS is not one whose certificate is not trusted', async () => {
    const s3 = storage(endpoint.replace('http:', 'https:'));
    expect(await said(s3.put(KEY, file(), 'audio/wav'))).toEqual([
      'refused',
      expect.stringMatching(/: it speaks no TLS on this port: (?:EPROTO|ERR_SSL_\w+)$/),
      'write http:// or the port of its TLS at recordings.storage.s3.endpoint',
    ]);
  });

  test('of one that knows no ranges only the beginning is kept', async () => {
    answer = (request, response) =>
      void request.resume().on('end', () => response.end(Buffer.alloc(3_000_000, 'vats')));
    const beginning = await storage(endpoint).beginning(KEY, 6);
    expect([beginning.toString(), beginning.buffer.byteLength < 100_000]).toEqual(['vatsva', true]);
    answer = (request, response) => void request.resume().on('end', () => response.end('va'));
    expect((await storage(endpoint).beginning(KEY, 6)).toString()).toBe('va');
  });

  test('a file that became shorter since it was looked at is not sent as if it were whole', async () => {
    let ended = false;
    answer = (request) => void request.resume().on('end', () => (ended = true));
    const exchange = new HttpExchange(clock);
    const body = { path: file(), octets: 100_001 };
    const asked = exchange.ask({ method: 'PUT', url: new URL(endpoint), headers: {}, body });
    await expect(asked).rejects.toThrow(new FileShrankError('it has 100000 octets and had 100001'));
    expect([ended, clock.pending]).toEqual([false, 0]);
    exchange.close();
  });

  test('nobody there, and a file that is gone', async () => {
    expect((await said(storage(endpoint).put(KEY, join(directory, 'none'), 'audio/wav'))).slice(0, 2)).toEqual([
      'changed',
      `store ${KEY}: the file can not be read: ENOENT`,
    ]);
    const port = (server.address() as AddressInfo).port;
    server.close();
    await once(server, 'close');
    expect(await said(storage(`http://127.0.0.1:${port}`).put(KEY, file(), 'audio/wav'))).toEqual([
      'away',
      `store ${KEY}: http://HOST: nothing listens there`,
      'start the server, or mend recordings.storage.s3.endpoint',
    ]);
  });

  test('the bucket stands in the host name where that is asked for', async () => {
    const url = new URL(await storage('https://s3.example.com', { addressing: 'host' }).urlOf(KEY, 60));
    expect([url.host, url.pathname]).toEqual([
      'recordings.s3.example.com',
      '/office/2026-01-02/030405-%2B74951234567-202-x%201.wav',
    ]);
  });
});

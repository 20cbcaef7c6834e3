import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeClock } from '@vats/kernel/testing';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { failingDisk, KilledFiles } from '../testing/killed-files.ts';
import { rtpPacket } from '../testing/udp-phone.ts';
import { DISK } from './disk.ts';
import { digestOf, finishRecording, NotEncodedError, readManifest, recordedDomain } from './finish-recording.ts';
import type { RecordingFormat } from './note.ts';
import { fileKeyOf, fileKeyOfBeginning } from './open-recording.ts';
import { Recorder } from './recorder.ts';
import { journalOf } from './recording-files.ts';
import { repairRecordings } from './repair-recordings.ts';
import { fileKey, HEADER_OCTETS } from './sealed-format.ts';
import { openSealed, openSegments, readLayout } from './sound-file.ts';
import { verifyRecording } from './verify-recording.ts';
import { readWavHeader, WAV_HEADER_OCTETS, wavHeader } from './wav-header.ts';

const SILENCE = 0xd5;
const DOMAIN_KEY = Buffer.alloc(32, 7);
const SALT = Buffer.alloc(32, 9);
const NEVER = Number.POSITIVE_INFINITY;

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'vats-finish-'));
});

afterEach(() => rmSync(directory, { recursive: true }));

interface Take {
  readonly format?: RecordingFormat;
  readonly encrypted?: boolean;
  readonly minimumMs?: number;
  readonly seconds?: number;
  /** The operation of the disk at which the process is killed, and how much of it is done. */
  readonly killAt?: number;
  readonly share?: number;
}

/** Records: Anna says 1 from the beginning to the end, Boris 2 in the second half, with a pause of 200 ms after 1 s. */
function record({ format = 'wav', encrypted, minimumMs = 0, seconds = 2, killAt = NEVER, share = 1 }: Take = {}) {
  const clock = new FakeClock();
  const files = new KilledFiles(clock, killAt, share);
  const path = join(directory, `day/one${encrypted === true ? '.vrec' : '.wav'}`);
  let ended = false;
  const recorder = new Recorder({
    ...{ path, call: 'one', domain: 'd1', format, minimumMs, files, clock },
    ...(encrypted === true && { seal: { key: fileKey(DOMAIN_KEY, SALT), salt: SALT } }),
    ended: () => {
      ended = true;
    },
  });
  recorder.from('left', { leg: 'a', party: { number: '201', name: 'Anna' } });
  recorder.from('right', { leg: 'b1', party: { number: '202' } });
  // What had come from Anna when the disk did its last operation.
  let heardMs = 0;
  for (let ms = 0; ms < seconds * 1_000; ms += 20) {
    if (ms === 1_000) recorder.pause();
    if (ms === 1_200) recorder.resume();
    const sequence = ms / 20;
    const left = rtpPacket({ sequence, payload: Buffer.alloc(160, 1) });
    recorder.hear('left', 'PCMA', left, 12, left.length);
    if (ms >= seconds * 500) {
      const right = rtpPacket({ sequence, ssrc: 9, payload: Buffer.alloc(160, 2) });
      recorder.hear('right', 'PCMA', right, 12, right.length);
    }
    clock.advance(20);
    recorder.tick();
    if (files.operations < killAt) heardMs = ms + 20;
  }
  recorder.finish();
  clock.advance(0);
  return { path, ended, operations: files.operations, heardMs };
}

function soundOf(path: string): Buffer {
  if (path.endsWith('.wav')) return readFileSync(path).subarray(WAV_HEADER_OCTETS);
  return Buffer.concat([...openSealed(DISK, path, DOMAIN_KEY)!.portions()]);
}

function filesLeft(): string[] {
  return existsSync(join(directory, 'day')) ? readdirSync(join(directory, 'day')).sort() : [];
}

const KINDS = [{}, { encrypted: true }] as const;

describe.each(KINDS)('%j', (kind) => {
  const key = 'encrypted' in kind ? DOMAIN_KEY : undefined;
  const name = 'encrypted' in kind ? 'one.vrec' : 'one.wav';

  test('sound and manifest lie side by side, agree, and nothing else is left', async () => {
    const { path } = record(kind);
    expect(recordedDomain(path)).toBe('d1');
    const finished = await finishRecording({ path, key });
    expect(filesLeft()).toEqual(['one.json', name].sort());
    const octets = statSync(path).size;
    expect(finished).toMatchObject({ what: 'kept', path, manifest: { state: 'complete', end: 'call-ended', octets } });
    expect(readManifest(DISK, join(directory, 'day/one.json'))).toMatchObject({
      ...{ call: 'one', domain: 'd1', file: name, format: 'wav-g711', law: 'PCMA', durationMs: 2_000, gaps: [] },
      encrypted: 'encrypted' in kind,
      sha256: digestOf(DISK, path).sha256,
      pauses: [{ fromMs: 1_000, toMs: 1_200 }],
      heard: [
        { channel: 'left', party: { number: '201', name: 'Anna' }, fromMs: 0, toMs: 1_000 },
        { channel: 'left', fromMs: 1_200, toMs: 2_000 },
        { channel: 'right', leg: 'b1', fromMs: 1_200, toMs: 2_000 },
      ],
    });
    const sound = soundOf(path);
    expect(sound.length).toBe(32_000);
    for (const [ms, left, right] of [
      [0, 1, SILENCE],
      [999, 1, SILENCE],
      [1_000, SILENCE, SILENCE],
      [1_199, SILENCE, SILENCE],
      [1_200, 1, 2],
      [1_999, 1, 2],
    ] as const) {
      expect([ms, sound[ms * 16], sound[ms * 16 + 1]]).toEqual([ms, left, right]);
    }
  });

  test('a kill at any operation of the disk: what was written plays, and the manifest agrees with it', async () => {
    const { operations } = record(kind);
    rmSync(join(directory, 'day'), { recursive: true });
    await fc.assert(
      fc
        .asyncProperty(
          fc.integer({ min: 1, max: operations }),
          fc.double({ min: 0, max: 1, noNaN: true }),
          async (killAt, share) => {
            const { path, heardMs } = record({ ...kind, killAt, share });
            const { unfinished, unrepaired } = await repairRecordings(directory);
            expect(unrepaired).toEqual([]);
            for (const each of unfinished) await finishRecording({ path: each, key });
            expect((await repairRecordings(directory)).unfinished).toEqual([]);
            const manifest = readManifest(DISK, join(directory, 'day/one.json'));
            expect(filesLeft()).toEqual(manifest === undefined ? [] : ['one.json', name].sort());
            // The journal and the sound go to the disk each half second.
            if (heardMs > 1_200) expect(manifest).toBeDefined();
            if (manifest === undefined) return;
            const sound = soundOf(path);
            expect(manifest).toMatchObject({ ...digestOf(DISK, path), durationMs: sound.length / 16 });
            expect(manifest.durationMs).toBeGreaterThanOrEqual(heardMs - 1_200);
            const first = manifest.heard[0];
            if (manifest.durationMs >= 1_000) {
              expect(first).toMatchObject({ channel: 'left', fromMs: 0 });
              expect(Math.abs(first!.toMs - 1_000)).toBeLessThan(100);
            }
            for (const { fromMs, toMs } of manifest.pauses) {
              for (let ms = fromMs; ms < toMs; ms++) expect(sound[ms * 16]).toBe(SILENCE);
            }
          },
        )
        .afterEach(() => rmSync(join(directory, 'day'), { recursive: true, force: true })),
      { numRuns: 60, endOnFailure: true },
    );
  });

  test.each(['wav', 'pcm', 'mp3'] as const)(
    'made %s: whatever change of the disk fails, doing it again comes to the same end',
    async (format) => {
      const probe = failingDisk(NEVER);
      await finishRecording({ path: record({ ...kind, format, seconds: 0.5 }).path, key }, probe.disk);
      const whole = filesLeft();
      for (let at = 1; at <= probe.changes(); at++) {
        rmSync(join(directory, 'day'), { recursive: true });
        const { path } = record({ ...kind, format, seconds: 0.5 });
        await finishRecording({ path, key }, failingDisk(at).disk).catch(() => {});
        for (const each of (await repairRecordings(directory)).unfinished) await finishRecording({ path: each, key });
        const manifest = readManifest(DISK, join(directory, 'day/one.json'));
        expect([at, filesLeft()]).toEqual([at, whole]);
        expect(manifest).toMatchObject({
          ...digestOf(DISK, join(directory, 'day', manifest!.file)),
          durationMs: 500,
        });
      }
    },
  );
});

test.each(KINDS)('a file whose header was lost is set aside once, as it is, with its journal: %j', async (kind) => {
  const { path } = record(kind);
  const lost = readFileSync(path).fill(0, 0, WAV_HEADER_OCTETS);
  const journal = readFileSync(join(directory, 'day/one.journal'));
  writeFileSync(path, lost);
  expect((await repairRecordings(directory)).unfinished).toEqual([path]);
  expect(await finishRecording({ path, key: DOMAIN_KEY })).toMatchObject({
    what: 'set-aside',
    path,
    detail: `its header is not that of a recording, and all of its ${lost.length} octets are kept`,
  });
  expect(filesLeft()).toEqual(['one.set-aside', path.endsWith('.vrec') ? 'one.vrec' : 'one.wav']);
  expect([readFileSync(path), readFileSync(join(directory, 'day/one.set-aside'))]).toEqual([lost, journal]);
  expect(await repairRecordings(directory)).toEqual({ repaired: [], unrepaired: [], unfinished: [] });
  expect(verifyRecording(path, undefined).problems[0]).toBe('its header is lost: it was set aside, and is as it was');
});

test('a header with nothing behind it is no recording', async () => {
  const { path } = record();
  writeFileSync(path, Buffer.alloc(WAV_HEADER_OCTETS));
  expect(await finishRecording({ path })).toEqual({ what: 'nothing', path });
  expect(filesLeft()).toEqual([]);
});

test.each(KINDS)('a finished file that was cut off stays as it is: %j', async (kind) => {
  const key = 'encrypted' in kind ? DOMAIN_KEY : undefined;
  const { path } = record(kind);
  const finished = await finishRecording({ path, key });
  const octets = statSync(path).size;
  const manifest = readFileSync(join(directory, 'day/one.json'));
  truncateSync(path, 10_001);
  const detail = `it was finished with ${octets} octets, and has 10001 now: it is left as it is`;
  expect(await repairRecordings(directory)).toEqual({
    repaired: [],
    unrepaired: [{ path, detail }],
    unfinished: [],
  });
  expect(await finishRecording({ path, key })).toEqual(finished);
  expect(statSync(path).size).toBe(10_001);
  expect(readFileSync(join(directory, 'day/one.json'))).toEqual(manifest);
  writeFileSync(join(directory, 'day/one.json'), '{}');
  await expect(finishRecording({ path, key })).rejects.toThrow('its manifest can not be read');
});

test.each(KINDS)(
  'a start opens no file that is finished, and asking for its key reads its header: %j',
  async (kind) => {
    const { path } = record({ ...kind, seconds: 3 });
    await finishRecording({ path, key: DOMAIN_KEY });
    utimesSync(path, 1_000, 1_000);
    let [opened, reads] = [0, 0];
    const disk: typeof DISK = {
      ...DISK,
      open: (file, flags) => {
        opened++;
        return DISK.open(file, flags);
      },
      read: (...args) => {
        reads++;
        return DISK.read(...args);
      },
    };
    expect((await repairRecordings(directory, 0, disk)).unrepaired).toEqual([]);
    expect(opened).toBe(0);
    if (!('encrypted' in kind)) return;
    expect(fileKeyOf(path, DOMAIN_KEY, disk)).toEqual(fileKey(DOMAIN_KEY, SALT));
    expect(reads).toBe(1);
    const beginning = readFileSync(path).subarray(0, HEADER_OCTETS);
    expect(fileKeyOfBeginning(beginning, DOMAIN_KEY)).toEqual(fileKey(DOMAIN_KEY, SALT));
    expect(fileKeyOfBeginning(beginning.subarray(1), DOMAIN_KEY)).toBeUndefined();
    expect(() => fileKeyOfBeginning(Buffer.alloc(HEADER_OCTETS), DOMAIN_KEY)).toThrow('does not begin as an encrypted');
  },
);

test('a law that changes with each packet leaves room for who was recorded', async () => {
  const clock = new FakeClock();
  const path = join(directory, 'day/one.wav');
  const files = new KilledFiles(clock, NEVER, 1);
  const recorder = new Recorder({
    ...{ path, call: 'one', format: 'wav', minimumMs: 0, files, clock },
    ended: () => {},
  });
  recorder.from('left', { leg: 'a', party: { number: '201' } });
  for (let sequence = 0; sequence < 6_000; sequence++) {
    const packet = rtpPacket({ sequence, payload: Buffer.alloc(160, 1) });
    recorder.hear('left', sequence % 2 === 0 ? 'PCMA' : 'PCMU', packet, 12, packet.length);
    clock.advance(20);
    recorder.tick();
  }
  recorder.from('left', { leg: 'b2', party: { number: '203' } });
  clock.advance(1_000);
  recorder.finish();
  clock.advance(0);
  const finished = await finishRecording({ path });
  if (finished.what !== 'kept') throw new Error(finished.what);
  expect(finished.manifest.parties.map(({ leg }) => leg)).toEqual(['a', 'b2']);
  expect(finished.manifest.codecs).toHaveLength(1_000);
  expect(finished.manifest.leftOut).toBe(5_000);
});

test('a recording that is shorter than it must be is not kept', async () => {
  const { path } = record({ minimumMs: 3_000 });
  expect(await finishRecording({ path })).toEqual({ what: 'too-short', path, durationMs: 2_000 });
  expect(filesLeft()).toEqual([]);
});

test('a disk that is full while it is encoded leaves sound and journal; the next time it is encoded, or the manifest says why', async () => {
  const { path } = record({ format: 'mp3' });
  const { disk } = failingDisk(5, 'ENOSPC');
  await expect(finishRecording({ path }, disk)).rejects.toThrow(new NotEncodedError('ENOSPC: as the test asked'));
  expect(filesLeft()).toEqual(['one.journal', 'one.wav']);
  expect(await finishRecording({ path, unconverted: 'five times' })).toMatchObject({
    what: 'kept',
    path,
    manifest: { format: 'wav-g711', unconverted: 'five times' },
  });
  expect(filesLeft()).toEqual(['one.json', 'one.wav']);
});

test('a WAV of 16 bits holds what G.711 means', async () => {
  const { path } = record({ format: 'pcm' });
  await finishRecording({ path });
  const wav = readFileSync(join(directory, 'day/one.pcm16.wav'));
  expect(wav.length).toBe(44 + 64_000);
  expect([wav.readUInt16LE(20), wav.readUInt16LE(22), wav.readUInt32LE(24), wav.readUInt16LE(34)]).toEqual([
    1, 2, 8_000, 16,
  ]);
  // A-law 1 is -5,248 and silence 8; in 13 bits, so in steps of 8 (G.711, table 1a).
  expect([wav.readInt16LE(44), wav.readInt16LE(46)]).toEqual([-5_248, 8]);
});

test('an encrypted file holds nothing of its sound, and another key, an exchange or a cut are found out', async () => {
  const { path } = record({ encrypted: true });
  await finishRecording({ path, key: DOMAIN_KEY });
  const whole = readFileSync(path);
  expect(whole.includes(Buffer.alloc(16, 1))).toBe(false);
  const opened = (octets: Buffer, key = DOMAIN_KEY): string => {
    writeFileSync(path, octets);
    const file = DISK.open(path, 'r');
    try {
      const layout = readLayout(DISK, file)!;
      const length = [...openSegments(DISK, file, layout, fileKey(key, layout.salt))].reduce(
        (sum, { length }) => sum + length,
        0,
      );
      return `${layout.end} ${length}`;
    } catch (error) {
      return error instanceof Error ? error.message : '';
    } finally {
      DISK.close(file);
    }
  };
  const segment = 4 + 4_000 + 16;
  expect(opened(whole)).toBe('end 32000');
  expect(opened(whole, Buffer.alloc(32, 8))).toMatch(/segment 1 of 8 does not open: the key is another/);
  const changed = Buffer.from(whole);
  changed[48 + 2 * segment + 100]! ^= 1;
  expect(opened(changed)).toMatch(/segment 3 of 8 does not open: it was changed/);
  const at = (number: number): Buffer => whole.subarray(48 + number * segment, 48 + (number + 1) * segment);
  expect(opened(Buffer.concat([whole.subarray(0, 48), at(1), at(0), at(2)]))).toMatch(/segment 1 of 3 does not open/);
  expect(opened(whole.subarray(0, -1))).toBe('more 28000');
  // An end that somebody puts there without the key is none.
  const cut = Buffer.concat([whole.subarray(0, 48 + 2 * segment), Buffer.from([0x80, 0, 0, 0]), Buffer.alloc(16)]);
  expect(opened(cut)).toMatch(/segment 3 of 3 does not open/);
});

test('what is no recording is not touched', async () => {
  expect(await finishRecording({ path: join(directory, 'none.wav') })).toMatchObject({ what: 'nothing' });
  writeFileSync(join(directory, 'old.wav'), Buffer.concat([wavHeader('PCMU', 8), Buffer.alloc(16, 3)]));
  expect(await repairRecordings(directory)).toEqual({ repaired: [], unrepaired: [], unfinished: [] });
  expect(readWavHeader(readFileSync(join(directory, 'old.wav')))).toEqual({ law: 'PCMU', frames: 8 });
});

test('a journal that says nothing leaves the clock to tell when it began', async () => {
  const { path } = record({});
  writeFileSync(journalOf(path), '');
  const clock = { now: () => Date.UTC(2027, 4, 1, 12) };
  const finished = await finishRecording({ path }, DISK, clock);
  expect(finished).toMatchObject({ what: 'kept', manifest: { call: 'one', startedAt: '2027-05-01T11:59:58.000Z' } });
});

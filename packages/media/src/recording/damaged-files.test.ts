import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeClock } from '@vats/kernel/testing';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { KilledFiles } from '../testing/killed-files.ts';
import { rtpPacket } from '../testing/udp-phone.ts';
import { finishRecording, manifestFrom } from './finish-recording.ts';
import { manifestOf } from './manifest.ts';
import { readNotes, writeNote } from './note.ts';
import { fileKeyOf, openRecording } from './open-recording.ts';
import { Recorder } from './recorder.ts';
import { repairRecordings } from './repair-recordings.ts';
import { newSeal } from './sealed-writer.ts';
import { SealedFileError } from './sound-file.ts';
import { verifyRecording } from './verify-recording.ts';
import { readWavHeader, wavHeader } from './wav-header.ts';

// What a disk gives back that has lost or changed some of what was written to it.

const KEY = Buffer.alloc(32, 5);
const SOUND = {
  ...({ file: 'one.wav', format: 'wav-g711', law: 'PCMA', encrypted: false } as const),
  ...{ durationMs: 1_000, octets: 16_058, sha256: 'x' },
};
let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'vats-damaged-'));
});

afterEach(() => rmSync(directory, { recursive: true }));

/** A second of sound that has ended and is not finished. */
function recorded(name: string): string {
  const clock = new FakeClock();
  const files = new KilledFiles(clock, Number.POSITIVE_INFINITY, 1);
  const path = join(directory, name);
  const recorder = new Recorder({
    ...{ path, call: 'one', format: 'wav', minimumMs: 0, files, clock, ended: () => {} },
    ...(name.endsWith('.vrec') && { seal: newSeal(KEY) }),
  });
  for (let sequence = 0; sequence < 50; sequence++) {
    const packet = rtpPacket({ sequence, payload: Buffer.alloc(160, sequence) });
    recorder.hear('left', 'PCMA', packet, 12, packet.length);
    clock.advance(20);
    recorder.tick();
  }
  recorder.finish();
  clock.advance(0);
  return path;
}

/** Any value that JSON may hold where another is expected. */
const odd = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom('left', 'right', 0, -1, 1e300, 8.64e15, '', '__proto__', null),
);
const anyNote = fc.record(
  {
    note: fc.oneof(
      fc.constantFrom(...['begun', 'from', 'heard', 'quiet', 'gap', 'codec', 'paused', 'resumed', 'left-out', 'ended']),
      fc.constantFrom('__proto__', 'constructor', 'of-a-later-version'),
    ),
    ...{ channel: odd, ms: odd, toMs: odd, at: odd, packets: odd, call: odd, domain: odd, format: odd, minimumMs: odd },
    ...{ leg: odd, number: odd, name: odd, codec: odd, count: odd, why: odd, detail: odd, version: odd },
  },
  { requiredKeys: ['note'] },
);

test('any journal is read, and a manifest made of it that is one', () => {
  const line = fc.oneof(
    anyNote.map((note) => JSON.stringify(note)),
    fc.jsonValue({ maxDepth: 1 }).map((value) => JSON.stringify(value)),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
      const manifest = manifestOf(readNotes(lines.map((each) => `${each}\n`).join('')), SOUND, { call: 'one', at: 0 });
      expect(manifestFrom(JSON.stringify(manifest))).toEqual(manifest);
      const { parties, heard, gaps, pauses } = manifest;
      for (const { fromMs, toMs } of [...parties, ...heard, ...gaps, ...pauses]) {
        for (const ms of [fromMs, toMs]) expect(ms >= 0 && ms <= SOUND.durationMs).toBe(true);
      }
    }),
    { numRuns: 1_000 },
  );
});

test('a note that does not say what it must is left out, those beside it stand', () => {
  const begun = { note: 'begun', version: 1, call: 'one', at: 5, format: 'wav', minimumMs: 0 } as const;
  const whole = writeNote(begun) + writeNote({ note: 'ended', ms: 1_000, at: 1_005, why: 'stopped' });
  const bad = '{"note":"from","channel":"middle","ms":1,"leg":"a"}\n{"note":"begun","call":"two","at":1e300}\n';
  const [first, second] = whole.split(/(?<=\n)/);
  expect(readNotes(first + bad + second)).toEqual(readNotes(whole));
  expect(readNotes(`${first}{"note":"he`)).toEqual([begun]);
});

test.each(['one.wav', 'one.vrec'])('a damaged journal keeps nobody from finishing %s', async (name) => {
  const path = recorded(name);
  const journal = join(directory, 'one.journal');
  const text = readFileSync(journal, 'utf8');
  writeFileSync(journal, text.replace(/"at":\d+/, '"at":1e300').replace(/"minimumMs":0/, '"minimumMs":"long"'));
  const finished = await finishRecording({ path, key: KEY });
  expect(finished).toMatchObject({ what: 'kept', manifest: { call: 'one', durationMs: 1_000 } });
  expect(verifyRecording(path, name === 'one.wav' ? undefined : fileKeyOf(path, KEY)).problems).toEqual([]);
});

test('any text is a manifest or none; one leads to no file but its neighbour', () => {
  const field = fc.constantFrom(...['manifest', 'file', 'sha256', 'octets', 'durationMs', 'parties', 'heard', 'state']);
  const text = fc.oneof(
    fc.string(),
    fc.json(),
    fc
      .dictionary(field, fc.oneof(odd, fc.constant(1)))
      .map((said) => JSON.stringify({ manifest: 1, sha256: '', ...said })),
  );
  fc.assert(
    fc.property(text, (each) => {
      const manifest = manifestFrom(each);
      if (manifest === undefined) return;
      expect(manifest.file).toMatch(/^[^/]+$/);
      expect(Number.isFinite(manifest.octets ?? 0) && Array.isArray(manifest.parties ?? [])).toBe(true);
    }),
    { numRuns: 1_000 },
  );
  for (const file of ['', '.', '..', '../one.wav', '/etc/passwd', 'a\0b', 7, null, ['one.wav']]) {
    expect(manifestFrom(JSON.stringify({ manifest: 1, sha256: '', file }))).toBeUndefined();
  }
  const stored = {
    endpoint: 'https://s3.example',
    bucket: 'calls',
    key: '2026-11-27/one.wav',
    at: '2026-11-27T10:00:00Z',
  };
  const withStored = (more: object) =>
    manifestFrom(JSON.stringify({ manifest: 1, sha256: '', file: 'one.wav', stored: { ...stored, ...more } }))?.stored;
  expect(withStored({})).toEqual(stored);
  for (const key of ['../other/one.wav', 'a/../../b', 'a/./b', '..', '', 7, null])
    expect(withStored({ key })).toBeUndefined();
  for (const bucket of ['a/b', '..', '', 7]) expect(withStored({ bucket })).toBeUndefined();
});

test('any octets are an encrypted recording, one that is cut off, or none', () => {
  const path = join(directory, 'any.vrec');
  const header = fc.tuple(fc.nat(6), fc.nat(5_000)).map(([content, segment]) => {
    const octets = Buffer.alloc(48);
    octets.write('VATSREC1');
    octets[8] = content;
    octets.writeUInt32BE(segment, 12);
    return octets;
  });
  const piece = fc.tuple(fc.nat(3), fc.nat(40), fc.uint8Array({ maxLength: 60 })).map(([end, octets, rest]) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(((end << 30) | octets) >>> 0);
    return Buffer.concat([length, rest]);
  });
  const octets = fc.oneof(
    fc.uint8Array({ maxLength: 100 }),
    fc.tuple(header, fc.array(piece, { maxLength: 5 })).map(([head, pieces]) => Buffer.concat([head, ...pieces])),
  );
  fc.assert(
    fc.property(octets, (each) => {
      writeFileSync(path, each);
      try {
        const opened = openRecording(path, fileKeyOf(path, KEY));
        // Nothing was sealed with the key: not one segment may open.
        for (const part of opened.octets()) expect(readWavHeader(Buffer.from(part))).toBeDefined();
      } catch (error) {
        expect(error).toBeInstanceOf(SealedFileError);
      }
    }),
    { numRuns: 300 },
  );
});

test('no octet of an encrypted recording may be another, wherever it is', async () => {
  const path = recorded('one.vrec');
  await finishRecording({ path, key: KEY });
  const whole = readFileSync(path);
  const within = fc.oneof(
    fc.nat(60),
    fc.nat(whole.length - 1),
    fc.integer({ min: whole.length - 40, max: whole.length - 1 }),
  );
  fc.assert(
    fc.property(within, fc.integer({ min: 1, max: 255 }), (at, change) => {
      const changed = Buffer.from(whole);
      changed[at]! ^= change;
      writeFileSync(path, changed);
      let heard = 'whole';
      try {
        const opened = openRecording(path, fileKeyOf(path, KEY));
        for (const _ of opened.octets());
        if (opened.end !== 'end') heard = 'cut off';
      } catch (error) {
        expect(error).toBeInstanceOf(SealedFileError);
        heard = 'changed';
      }
      expect(heard).not.toBe('whole');
    }),
    { numRuns: 300 },
  );
});

test('any octets are the header of a WAV of ours or none', () => {
  const frames = fc.nat(2 ** 30);
  fc.assert(
    fc.property(frames, fc.nat(57), fc.nat(255), fc.uint8Array({ maxLength: 80 }), (count, at, octet, any) => {
      expect(readWavHeader(Buffer.from(any))).toBeUndefined();
      const header = wavHeader('PCMA', count);
      // The law stands in one octet alone: every other one has company that would disagree.
      fc.pre(header[at] !== octet && at !== 20);
      header[at] = octet;
      expect(readWavHeader(header)).toBeUndefined();
    }),
  );
});

test('whatever lies in the folder of the recordings, the look after a start ends, and what is no recording stays', async () => {
  const octets = fc.oneof(
    fc.uint8Array({ maxLength: 120 }),
    fc.constantFrom(wavHeader('PCMA', 4), Buffer.from('VATSREC1'), Buffer.from('{"manifest":1}'), Buffer.from('RIFF')),
  );
  const name = fc.tuple(
    fc.constantFrom('a', 'b'),
    fc.constantFrom('.wav', '.vrec', '.journal', '.json', '.mp3', '.txt'),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(name, octets), { maxLength: 8 }), async (files) => {
      const folder = mkdtempSync(join(directory, 'day-'));
      for (const [parts, content] of files) writeFileSync(join(folder, parts.join('')), content);
      const { unfinished } = await repairRecordings(folder);
      for (const path of unfinished) await finishRecording({ path, key: KEY }).catch(() => {});
      for (const [parts, content] of files) {
        if (parts[1] !== '.txt' && parts[1] !== '.mp3') continue;
        const last = files.findLast(([other]) => other.join('') === parts.join(''))![1];
        expect(Buffer.compare(readFileSync(join(folder, parts.join(''))), last), String(content.length)).toBe(0);
      }
    }),
    { numRuns: 100 },
  );
});

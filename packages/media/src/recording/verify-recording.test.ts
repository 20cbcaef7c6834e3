import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeClock } from '@vats/kernel/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { KilledFiles } from '../testing/killed-files.ts';
import { rtpPacket } from '../testing/udp-phone.ts';
import { DISK } from './disk.ts';
import { finishRecording } from './finish-recording.ts';
import type { RecordingFormat } from './note.ts';
import { fileKeyOf, openRecording } from './open-recording.ts';
import { Recorder } from './recorder.ts';
import { newSeal } from './sealed-writer.ts';
import { openSealed } from './sound-file.ts';
import { verifyRecording } from './verify-recording.ts';
import { readWavHeader } from './wav-header.ts';

const KEY = Buffer.alloc(32, 5);
let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'vats-verify-'));
});

afterEach(() => rmSync(directory, { recursive: true }));

async function recorded(name: string, format: RecordingFormat = 'wav'): Promise<string> {
  const clock = new FakeClock();
  const files = new KilledFiles(clock, Number.POSITIVE_INFINITY, 1);
  const path = join(directory, name);
  const recorder = new Recorder({
    ...{ path, call: 'one', format, minimumMs: 0, files, clock, ended: () => {} },
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
  const finished = await finishRecording({ path, key: KEY });
  return finished.path;
}

const keyOf = (path: string) => (path.endsWith('.vrec') ? fileKeyOf(path, KEY) : undefined);
const problems = (path: string) => verifyRecording(path, keyOf(path)).problems;

test.each([
  ['one.wav', 'wav'],
  ['one.wav', 'pcm'],
  ['one.wav', 'mp3'],
  ['one.wav', 'ogg'],
  ['one.wav', 'opus'],
  ['one.vrec', 'wav'],
  ['one.vrec', 'pcm'],
  ['one.vrec', 'mp3'],
  ['one.vrec', 'opus'],
] as const)('%s made %s is good as it was finished', async (name, format) => {
  expect(problems(await recorded(name, format))).toEqual([]);
});

test('what was changed, cut off or lost is named', async () => {
  const path = await recorded('one.wav');
  const whole = readFileSync(path);
  whole[500]! ^= 1;
  writeFileSync(path, whole);
  expect(problems(path)).toEqual(['its SHA-256 is not that of its manifest: it was changed']);
  appendFileSync(path, Buffer.alloc(16_000));
  expect(problems(path)).toEqual(['it has 32058 octets, and 16058 in its manifest']);
  writeFileSync(join(directory, 'one.json'), '{"manifest":1,"file":"../../etc/passwd","sha256":""}');
  expect(problems(path)).toEqual(['the manifest can not be read']);
  rmSync(join(directory, 'one.json'));
  expect(problems(path)).toEqual(['the manifest is missing']);
  writeFileSync(join(directory, 'one.journal'), '');
  expect(problems(path)).toEqual(['it is not finished: it is being recorded, or waits for that']);
  rmSync(path);
  expect(problems(path)[0]).toBe('the sound file is missing');
});

test('an encrypted file that was cut off is known by itself, whatever its manifest says', async () => {
  const path = await recorded('one.vrec');
  truncateSync(path, 48 + 2 * 4_020);
  expect(problems(path)).toContain('its end is missing: it was cut off');
  expect(verifyRecording(path, undefined).problems).toContain('there is no key for it');
});

test('an encrypted file that was cut off, and ended anew with its key, is known by its manifest', async () => {
  const path = await recorded('one.vrec');
  truncateSync(path, 48 + 2 * 4_020);
  openSealed(DISK, path, KEY);
  expect(problems(path)).toContain('it was cut off, and its manifest says nothing of it');
});

test('an encrypted recording plays as a WAV with a true header', async () => {
  const path = await recorded('one.vrec');
  const opened = openRecording(path, keyOf(path));
  const wav = Buffer.concat([...opened.octets()].map((octets) => Buffer.from(octets)));
  expect([opened.extension, opened.end]).toEqual(['.wav', 'end']);
  expect(readWavHeader(wav)).toEqual({ law: 'PCMA', frames: 8_000 });
  expect(wav[58 + 2 * 160 * 7]).toBe(7);
  expect(DISK.exists(join(directory, 'one.wav'))).toBe(false);
});

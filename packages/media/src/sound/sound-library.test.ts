import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeClock } from '@vats/kernel/testing';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { DiskSoundFiles } from './disk-sound-files.ts';
import { type Clip, SoundFault, SoundLibrary } from './sound-library.ts';
import { makeWav, octetsOf } from './testing/make-wav.ts';
import { MemorySounds } from './testing/memory-sounds.ts';

let clock: FakeClock;
let files: MemorySounds;
let library: SoundLibrary;
let answers: (Clip | SoundFault)[];

beforeEach(() => {
  clock = new FakeClock();
  files = new MemorySounds(clock);
  library = new SoundLibrary({ files, clock, keep: 1_000, largestFile: 100_000 });
  answers = [];
});

function get(path: string, rate: 8_000 | 16_000 = 8_000): Clip | SoundFault {
  library.get(path, rate, (answer) => answers.push(answer));
  clock.advance(100);
  return answers.at(-1)!;
}

test('a file is decoded once and shared', () => {
  files.put('a', 100);
  const clip = get('a');
  expect(clip).toHaveLength(100);
  expect(get('a')).toBe(clip);
  expect(files.reads).toBe(1);
  expect(get('a', 16_000)).toHaveLength(200);
  expect(library.octets).toBe(600);
});

test('who asks while a file is read hears with the others', () => {
  files.put('a', 100);
  for (let i = 0; i < 50; i++) library.get('a', 8_000, (answer) => answers.push(answer));
  clock.advance(100);
  expect(answers).toHaveLength(50);
  expect(new Set(answers).size).toBe(1);
  expect(files.reads).toBe(1);
});

test('a changed file is read again', () => {
  files.put('a', 100);
  get('a');
  files.put('a', 90, 2);
  expect(get('a')).toHaveLength(90);
  expect(library.octets).toBe(180);
});

test('a file that changed and is as long as before is read again, too', () => {
  files.put('a', 100);
  get('a');
  files.put('a', 100, 2);
  get('a');
  expect(files.reads).toBe(2);
  expect(library.octets).toBe(200);
});

test('what is kept is bounded: what was not asked for longest goes', () => {
  for (const name of ['a', 'b', 'c']) {
    files.put(name, 160);
    get(name);
  }
  get('a');
  files.put('d', 160);
  get('d');
  expect(library.octets).toBe(960);
  expect(files.reads).toBe(4);
  get('a');
  expect(files.reads).toBe(4);
  get('b');
  expect(files.reads).toBe(5);
});

test('a clip larger than all that is kept is played but not kept', () => {
  files.put('a', 501);
  expect(get('a')).toHaveLength(501);
  expect(library.octets).toBe(0);
});

test('faults name the file, the reason and the remedy, and are not kept', () => {
  expect((get('a') as SoundFault).detail).toBe("a can't be read: ENOENT");
  files.files.set('a', { changed: 1, octets: Buffer.from('ID3 an MP3 file') });
  expect((get('a') as SoundFault).detail).toMatch(/^a: the file is not a WAV: .*vats prompts import/);
  files.files.set('a', { changed: 1, octets: Buffer.alloc(100_001) });
  expect((get('a') as SoundFault).detail).toMatch(/larger than 0 MiB/);
  files.put('a', 10);
  expect(get('a')).toHaveLength(10);
});

test('a file that goes between the look and the reading is a fault', () => {
  files.put('a', 10);
  library.get('a', 8_000, (answer) => answers.push(answer));
  clock.advance(1);
  files.files.delete('a');
  clock.advance(10);
  expect(answers[0]).toBeInstanceOf(SoundFault);
});

test('four files at once, the others after them, and beyond 256 a caller hears so', () => {
  for (let i = 0; i < 300; i++) {
    files.put(`f${i}`, 10);
    library.get(`f${i}`, 8_000, (answer) => answers.push(answer));
  }
  expect(files.asked).toHaveLength(4);
  clock.advance(2_000);
  expect(answers).toHaveLength(300);
  expect(answers.filter((answer) => answer instanceof SoundFault)).toHaveLength(44);
  expect(files.asked).toHaveLength(256);
});

test('a long file is decoded in portions, between which others have their turn', () => {
  files.put('long', 40_000);
  library.get('long', 8_000, (answer) => answers.push(answer));
  const after = vi.spyOn(clock, 'after');
  clock.advance(100);
  expect(answers).toHaveLength(1);
  expect(after.mock.calls.filter(([milliseconds]) => milliseconds === 0)).toHaveLength(4);
});

let folder: string | undefined;
afterEach(() => {
  if (folder !== undefined) rmSync(folder, { recursive: true });
  folder = undefined;
});

test('the disk itself: a file, none, and a folder', async () => {
  folder = mkdtempSync(join(tmpdir(), 'vats-sounds-'));
  writeFileSync(join(folder, 'a.wav'), makeWav({ data: octetsOf(new Int16Array(10)) }));
  const disk = new DiskSoundFiles();
  const look = (path: string) => new Promise<unknown>((done) => disk.look(path, done));
  expect(await look(join(folder, 'a.wav'))).toMatchObject({ size: 64 });
  expect(await look(join(folder, 'none'))).toBeInstanceOf(Error);
  expect(await look(folder)).toBeInstanceOf(Error);
  const read = (path: string) => new Promise<unknown>((done) => disk.read(path, done));
  expect(await read(join(folder, 'a.wav'))).toHaveLength(64);
  expect(await read(join(folder, 'none'))).toBeInstanceOf(Error);
});

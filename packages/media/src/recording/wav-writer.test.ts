import { FakeClock } from '@vats/kernel/testing';
import { beforeEach, expect, test } from 'vitest';
import { MemoryFiles } from '../testing/memory-files.ts';
import { soundBlocks } from './sound-blocks.ts';
import type { SoundOutcome } from './sound-writer.ts';
import { readWavHeader, WAV_HEADER_OCTETS } from './wav-header.ts';
import { WavWriter } from './wav-writer.ts';

const PATH = '/recordings/one.wav';

let clock: FakeClock;
let files: MemoryFiles;
let outcomes: SoundOutcome[];

beforeEach(() => {
  clock = new FakeClock();
  files = new MemoryFiles(clock);
  outcomes = [];
});

function writer(): WavWriter {
  return new WavWriter({ path: PATH, files, clock, ended: (outcome) => outcomes.push(outcome) });
}

function file(): Buffer {
  return files.contents.get(PATH)!;
}

function framesSaid(): number | undefined {
  return readWavHeader(file())?.frames;
}

test('header, sound, true header at the end', () => {
  const wav = writer();
  wav.write(0, Buffer.alloc(8, 1));
  wav.write(4, Buffer.alloc(8, 2));
  wav.finish();
  clock.advance(0);
  expect([...file().subarray(WAV_HEADER_OCTETS)]).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2]);
  expect(framesSaid()).toBe(8);
  expect(outcomes).toEqual([{ fault: undefined, detail: '', frames: 8, octets: WAV_HEADER_OCTETS + 16 }]);
  expect([files.open, clock.pending]).toEqual([0, 0]);
});

test('the header comes with the first sound, and says the true size about each second', () => {
  const wav = writer();
  clock.advance(0);
  expect(file()).toHaveLength(0);
  for (let i = 0; i < 10; i++) {
    wav.write(i * 4000, Buffer.alloc(8000));
    clock.advance(500);
    expect((i + 1) * 4000 - framesSaid()!).toBeLessThanOrEqual(8000);
  }
});

test('the law may be told until there is sound', () => {
  const wav = writer();
  clock.advance(0);
  wav.law = 'PCMU';
  wav.writeSilence(100_000);
  wav.finish();
  clock.advance(0);
  expect(readWavHeader(file())).toEqual({ law: 'PCMU', frames: 100_000 });
  expect(file().subarray(WAV_HEADER_OCTETS).equals(Buffer.alloc(200_000, 0xff))).toBe(true);
});

test('memory of sound is not used again before the disk has taken it', () => {
  files.latency = 100;
  const wav = writer();
  const blocks = Array.from({ length: 5 }, () => soundBlocks.take(8_000));
  for (const [i, block] of blocks.entries()) {
    wav.write(i * 4_000, block.fill(i + 1));
    // Somebody else's sound, meanwhile.
    soundBlocks.take(8_000).fill(99);
    clock.advance(30);
  }
  clock.advance(2_000);
  const sound = file().subarray(WAV_HEADER_OCTETS);
  expect(blocks.map((_, i) => sound[i * 8_000])).toEqual([1, 2, 3, 4, 5]);
  expect(sound.includes(99)).toBe(false);
  const again = blocks.map(() => soundBlocks.take(8_000).buffer);
  expect(new Set(again)).toEqual(new Set(blocks.map(({ buffer }) => buffer)));
});

test('one operation is under way at a time, however slow the disk', () => {
  files.latency = 100;
  const wav = writer();
  for (let i = 0; i < 5; i++) wav.write(i, Buffer.from([i, i]));
  wav.finish();
  expect(clock.pending).toBe(1);
  clock.advance(10_000);
  expect([...file().subarray(WAV_HEADER_OCTETS)]).toEqual([0, 0, 1, 1, 2, 2, 3, 3, 4, 4]);
  expect(outcomes).toHaveLength(1);
});

test.each([
  ['EACCES', 'unwritable'],
  ['EROFS', 'unwritable'],
  ['ENOTDIR', 'unwritable'],
  ['EEXIST', 'exists'],
  ['ENOSPC', 'no-space'],
  ['EIO', 'failed'],
])('a file that cannot be made: %s is %s', (code, fault) => {
  files.refusal = code;
  const wav = writer();
  wav.write(0, Buffer.alloc(8));
  clock.advance(0);
  wav.write(4, Buffer.alloc(8));
  wav.finish();
  clock.advance(0);
  expect(outcomes).toMatchObject([{ fault, frames: 0, octets: 0 }]);
});

test('a disk that fills up: what was written before stays, under a true header', () => {
  files.capacity = WAV_HEADER_OCTETS + 20;
  const wav = writer();
  wav.write(0, Buffer.alloc(16, 7));
  wav.write(8, Buffer.alloc(16, 7));
  clock.advance(0);
  expect(outcomes).toMatchObject([{ fault: 'no-space', frames: 8, octets: WAV_HEADER_OCTETS + 16 }]);
  expect(framesSaid()).toBe(8);
  expect(files.open).toBe(0);
  wav.write(16, Buffer.alloc(16));
  wav.finish();
  clock.advance(0);
  expect(outcomes).toHaveLength(1);
});

test('a disk that has no room for a header', () => {
  files.capacity = 10;
  const wav = writer();
  wav.write(0, Buffer.alloc(16, 7));
  clock.advance(0);
  expect(outcomes).toMatchObject([{ fault: 'no-space', frames: 0, octets: 0 }]);
  expect(files.open).toBe(0);
});

test('a disk that falls a minute behind ends the recording, not the memory', () => {
  files.latency = 1e9;
  const wav = writer();
  for (let i = 0; i < 200; i++) wav.write(i * 4000, Buffer.alloc(8000));
  clock.advance(1e12);
  expect(outcomes).toMatchObject([{ fault: 'too-slow' }]);
  expect(files.open).toBe(0);
});

test('a disk that keeps up is given as much as there is', () => {
  const wav = writer();
  for (let i = 0; i < 300; i++) {
    wav.write(i * 4000, Buffer.alloc(8000));
    clock.advance(0);
  }
  wav.finish();
  clock.advance(0);
  expect(outcomes).toMatchObject([{ fault: undefined, frames: 1_200_000 }]);
});

import { FakeClock } from '@vats/kernel/testing';
import { beforeEach, expect, test } from 'vitest';
import { MemoryFiles } from '../testing/memory-files.ts';
import { Recorder, type RecordingOutcome, type Side } from './recorder.ts';
import { readWavHeader, WAV_HEADER_OCTETS } from './wav-header.ts';

const SILENCE = 0xd5;

let clock: FakeClock;
let files: MemoryFiles;
let recorder: Recorder;
let outcomes: RecordingOutcome[];

beforeEach(() => {
  clock = new FakeClock();
  files = new MemoryFiles(clock);
  outcomes = [];
  recorder = new Recorder({ path: 'one.wav', files, clock, ended: (outcome) => outcomes.push(outcome) });
});

function rtp(ssrc: number, timestamp: number, value: number, frames = 160): Buffer {
  const packet = Buffer.alloc(12 + frames, value);
  packet[0] = 0x80;
  packet[1] = 8;
  packet.writeUInt32BE(timestamp % 2 ** 32, 4);
  packet.writeUInt32BE(ssrc, 8);
  return packet;
}

function hear(side: Side, packet: Buffer, law: 'PCMA' | 'PCMU' = 'PCMA'): void {
  recorder.hear(side, law, packet, 12, packet.length);
}

/** Lets time pass as the worker does, ticking four times a second. */
function pass(milliseconds: number): void {
  for (let left = milliseconds; left > 0; left -= 250) {
    clock.advance(Math.min(250, left));
    recorder.tick();
  }
}

/** 20 ms of sound at a time, for so long. */
function speak(side: Side, milliseconds: number, value: number, ssrc = 1, timestamp = 0): void {
  for (let i = 0; i * 20 < milliseconds; i++) {
    hear(side, rtp(ssrc, timestamp + i * 160, value));
    clock.advance(20);
    recorder.tick();
  }
}

function finish(): { left: number[]; right: number[] } {
  recorder.finish();
  return sound();
}

function sound(): { left: number[]; right: number[] } {
  clock.advance(0);
  const data = files.contents.get('one.wav')!.subarray(WAV_HEADER_OCTETS);
  return { left: [...data].filter((_, i) => i % 2 === 0), right: [...data].filter((_, i) => i % 2 === 1) };
}

/** Runs of equal octets: [octet, milliseconds]. */
function runs(channel: readonly number[]): [octet: number, milliseconds: number][] {
  const found: [number, number][] = [];
  for (const octet of channel) {
    const last = found.at(-1);
    if (last?.[0] === octet) last[1] += 1 / 8;
    else found.push([octet, 1 / 8]);
  }
  return found;
}

test('the caller is on the left, the callee on the right, each where it was heard', () => {
  clock.advance(100);
  speak('left', 200, 1);
  speak('right', 100, 2, 9);
  clock.advance(60);
  const { left, right } = finish();
  expect(runs(left)).toEqual([
    [SILENCE, 100],
    [1, 200],
    [SILENCE, 160],
  ]);
  expect(runs(right)).toEqual([
    [SILENCE, 300],
    [2, 100],
    [SILENCE, 60],
  ]);
  expect(outcomes).toEqual([
    { path: 'one.wav', law: 'PCMA', durationMs: 460, octets: 58 + 460 * 16, fault: undefined, detail: '' },
  ]);
});

test('both speak at once, and the jitter of one is not heard in the other', () => {
  for (let i = 0; i < 10; i++) {
    hear('left', rtp(1, i * 160, 1));
    clock.advance(i % 2 === 0 ? 5 : 15);
    hear('right', rtp(9, 70_000 + i * 160, 2));
    clock.advance(i % 2 === 0 ? 15 : 5);
  }
  const { left, right } = finish();
  expect(runs(left)).toEqual([
    [1, 200],
    [SILENCE, 5],
  ]);
  expect(runs(right)).toEqual([
    [SILENCE, 5],
    [2, 200],
  ]);
});

test('a leg alone with its echo is on both sides', () => {
  speak('both', 40, 5);
  const { left, right } = finish();
  expect([runs(left), runs(right)]).toEqual([[[5, 40]], [[5, 40]]]);
});

test("the file is in the law of the first sound, the other side's law is converted", () => {
  pass(1_000);
  hear('left', rtp(1, 0, 0x80), 'PCMU');
  hear('right', rtp(2, 0, 0xaa), 'PCMA');
  clock.advance(20);
  const { left, right } = finish();
  expect(readWavHeader(files.contents.get('one.wav')!)).toEqual({ law: 'PCMU', frames: 8_160 });
  const both = [
    [0xff, 1_000],
    [0x80, 20],
  ];
  expect([runs(left), runs(right)]).toEqual([both, both]);
  expect(outcomes[0]).toMatchObject({ law: 'PCMU' });
});

test('loss is silence, a late packet is put in its place, also when that is on disk already', () => {
  hear('left', rtp(1, 0, 1));
  clock.advance(40);
  hear('left', rtp(1, 320, 3));
  pass(500);
  expect(runs(sound().left).slice(0, 3)).toEqual([
    [1, 20],
    [SILENCE, 20],
    [3, 20],
  ]);
  hear('left', rtp(1, 160, 2));
  const { left } = finish();
  expect(runs(left)).toEqual([
    [1, 20],
    [2, 20],
    [3, 20],
    [SILENCE, 480],
  ]);
});

test('hold and another source: silence between, anchored where it came', () => {
  speak('left', 100, 1);
  pass(10_000);
  speak('left', 100, 2, 77, 123_456);
  expect(runs(finish().left)).toEqual([
    [1, 100],
    [SILENCE, 10_000],
    [2, 100],
  ]);
});

test('a call in which nobody spoke is silence of its length', () => {
  pass(2_000);
  expect(runs(finish().left)).toEqual([[SILENCE, 2_000]]);
  expect(readWavHeader(files.contents.get('one.wav')!)).toEqual({ law: 'PCMA', frames: 16_000 });
});

test('what is on disk is never more than a second behind, for a process that is killed', () => {
  for (let second = 1; second <= 5; second++) {
    speak('left', 1_000, second);
    expect(second * 8000 - sound().left.length).toBeLessThanOrEqual(8000);
    expect(second * 8000 - readWavHeader(files.contents.get('one.wav')!)!.frames).toBeLessThanOrEqual(16_000);
  }
});

test('a worker that stood still for a minute loses nothing of what came before', () => {
  speak('left', 100, 1);
  clock.advance(60_000);
  speak('left', 100, 2, 1, 800 + 60_000 * 8);
  expect(runs(finish().left)).toEqual([
    [1, 100],
    [SILENCE, 60_000],
    [2, 100],
  ]);
});

test('payloads that are no sound of a call are left out', () => {
  hear('left', rtp(1, 0, 1, 0));
  hear('left', rtp(1, 0, 1, 8_001));
  clock.advance(10);
  expect(runs(finish().left)).toEqual([[SILENCE, 10]]);
});

test('a failure is told once, and what comes after it is ignored', () => {
  files.capacity = 20_000;
  speak('left', 3_000, 1);
  expect(outcomes).toMatchObject([{ fault: 'no-space', law: 'PCMA' }]);
  expect(outcomes[0]!.durationMs).toBeGreaterThan(500);
  recorder.finish();
  clock.advance(0);
  expect(outcomes).toHaveLength(1);
  expect([files.open, clock.pending]).toEqual([0, 0]);
});

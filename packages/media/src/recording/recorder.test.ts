import { FakeClock } from '@vats/kernel/testing';
import { beforeEach, describe, expect, test } from 'vitest';
import { MemoryFiles } from '../testing/memory-files.ts';
import { type Manifest, manifestOf } from './manifest.ts';
import { readNotes } from './note.ts';
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
  recorder = new Recorder({
    ...{ path: 'one.wav', call: 'one', format: 'wav', minimumMs: 0, files, clock },
    ended: (outcome) => outcomes.push(outcome),
  });
  recorder.from('left', { leg: 'a', party: { number: '201', name: 'Anna' } });
  recorder.from('right', { leg: 'b1', party: { number: '202' } });
});

function rtp(ssrc: number, timestamp: number, value: number, frames = 160, sequence = timestamp / 160): Buffer {
  const packet = Buffer.alloc(12 + frames, value);
  packet[0] = 0x80;
  packet[1] = 8;
  packet.writeUInt16BE(Math.floor(sequence) & 0xffff, 2);
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
    {
      path: 'one.wav',
      law: 'PCMA',
      durationMs: 460,
      octets: 58 + 460 * 16,
      why: 'call-ended',
      fault: undefined,
      detail: '',
    },
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

describe('a recording that ends by itself', () => {
  beforeEach(() => {
    recorder = new Recorder({
      ...{ path: 'two.wav', call: 'one', format: 'wav', minimumMs: 0, quietMs: 5_000, files, clock },
      ended: (outcome) => outcomes.push(outcome),
    });
  });

  test('does so when nothing was heard for so long, and keeps a breath of that', () => {
    speak('left', 2_000, 1);
    pass(4_500);
    expect(outcomes).toEqual([]);
    pass(1_000);
    expect(outcomes).toMatchObject([{ why: 'quiet', fault: undefined, durationMs: 2_500 }]);
    expect(readWavHeader(files.contents.get('two.wav')!)).toEqual({ law: 'PCMA', frames: 20_000 });
  });

  test('waits anew from each sound, and keeps the silence between two', () => {
    speak('left', 1_000, 1);
    pass(4_000);
    speak('left', 1_000, 2, 1, 40_000);
    recorder.finish();
    clock.advance(0);
    expect(outcomes).toMatchObject([{ why: 'call-ended', durationMs: 6_000 }]);
  });

  test('holds nothing where nobody spoke', () => {
    pass(6_000);
    expect(outcomes).toMatchObject([{ why: 'quiet', durationMs: 0 }]);
  });

  test('does not while it pauses', () => {
    recorder.pause();
    pass(20_000);
    expect(outcomes).toEqual([]);
    recorder.finish();
  });
});

/** What the manifest will say, of the journal as it is on disk. */
function manifest(): Manifest {
  clock.advance(0);
  const notes = readNotes(files.contents.get('one.journal')!.toString());
  const { law, frames } = readWavHeader(files.contents.get('one.wav')!)!;
  const sound = { file: 'one.wav', format: 'wav-g711', law, encrypted: false, octets: 0, sha256: '' } as const;
  return manifestOf(notes, { ...sound, durationMs: frames / 8 }, { call: '', at: 0 });
}

const ANNA = { leg: 'a', party: { number: '201', name: 'Anna' } };
const BORIS = { leg: 'b1', party: { number: '202' } };
const VERA = { leg: 'b2', party: { number: '203' } };

describe('what is noted', () => {
  test('who spoke on which channel from when to when', () => {
    speak('left', 200, 1);
    pass(3_000);
    speak('right', 500, 2, 9);
    recorder.finish();
    expect(manifest()).toMatchObject({
      call: 'one',
      state: 'complete',
      end: 'call-ended',
      durationMs: 3_700,
      startedAt: new Date(clock.now() - 3_700).toISOString(),
      endedAt: new Date(clock.now()).toISOString(),
      parties: [
        { channel: 'left', ...ANNA, fromMs: 0, toMs: 3_700 },
        { channel: 'right', ...BORIS, fromMs: 0, toMs: 3_700 },
      ],
      heard: [
        { channel: 'left', ...ANNA, fromMs: 0, toMs: 200 },
        { channel: 'right', ...BORIS, fromMs: 3_200, toMs: 3_700 },
      ],
      gaps: [],
      pauses: [],
      codecs: [
        { channel: 'left', atMs: 0, codec: 'PCMA' },
        { channel: 'right', atMs: 3_200, codec: 'PCMA' },
      ],
    });
  });

  test('the peer behind a channel changes: one file, the other goes on, each is named for its time', () => {
    speak('right', 200, 1);
    recorder.from('right', undefined);
    pass(300);
    recorder.from('right', VERA);
    // Of the same source: a timestamp that goes on from the one before is not put there.
    speak('right', 200, 2, 1, 1_600);
    const { right } = finish();
    expect(runs(right)).toEqual([
      [1, 200],
      [SILENCE, 300],
      [2, 200],
    ]);
    expect(manifest().heard).toEqual([
      { channel: 'right', ...BORIS, fromMs: 0, toMs: 200 },
      { channel: 'right', ...VERA, fromMs: 500, toMs: 700 },
    ]);
    expect(manifest().parties.map(({ leg, fromMs, toMs }) => [leg, fromMs, toMs])).toEqual([
      ['b1', 0, 200],
      ['a', 0, 700],
      ['b2', 500, 700],
    ]);
  });

  test('another law in the middle of the call: one file, and where it changed', () => {
    speak('left', 100, 0xd5);
    hear('left', rtp(1, 800, 0xff), 'PCMU');
    clock.advance(20);
    expect(runs(finish().left)).toEqual([[0xd5, 120]]);
    expect(manifest().codecs).toEqual([
      { channel: 'left', atMs: 0, codec: 'PCMA' },
      { channel: 'left', atMs: 100, codec: 'PCMU' },
    ]);
  });

  test('what was lost is a gap, but not three packets, what came late, or a silence that the sender made', () => {
    const at = (index: number, wait: number): void => {
      hear('left', rtp(1, index * 160, 1));
      clock.advance(wait);
    };
    for (let i = 0; i < 10; i++) at(i, 20);
    at(10, 80); // 11, 12, 13 are lost: 60 ms
    at(14, 60); // 15, 16 are lost
    at(17, 120); // 18 to 22 come late
    at(23, 20);
    for (let i = 18; i < 23; i++) at(i, 0);
    // A pause within the talk, by timestamps alone: sequence numbers go on.
    hear('left', rtp(1, 60 * 160, 1, 160, 24));
    pass(3_000);
    recorder.finish();
    expect(manifest().gaps).toEqual([{ channel: 'left', fromMs: 220, toMs: 280, packets: 3 }]);
  });

  test('notes that would be without end are counted instead', () => {
    for (let i = 0; i < 6_000; i++) {
      hear('left', rtp(i + 1, 0, 1), i % 2 === 0 ? 'PCMA' : 'PCMU');
      clock.advance(20);
      recorder.tick();
    }
    recorder.finish();
    expect(manifest().leftOut).toBeGreaterThan(900);
    expect(files.contents.get('one.journal')!.length).toBeLessThan(400_000);
  });
});

describe('a pause', () => {
  test('is silence, nothing of the sound is kept, and it is marked', () => {
    speak('left', 200, 1);
    recorder.pause();
    recorder.pause();
    speak('left', 400, 2, 1, 1_600);
    recorder.resume();
    recorder.resume();
    speak('left', 100, 3, 1, 4_800);
    expect(runs(finish().left)).toEqual([
      [1, 200],
      [SILENCE, 400],
      [3, 100],
    ]);
    expect(manifest()).toMatchObject({
      pauses: [{ fromMs: 200, toMs: 600 }],
      heard: [
        { fromMs: 0, toMs: 200 },
        { fromMs: 600, toMs: 700 },
      ],
      gaps: [],
    });
  });

  test('keeps nothing either of what was said in it and came after it, out of its order', () => {
    speak('left', 200, 1);
    recorder.pause();
    speak('left', 400, 2, 1, 1_600);
    recorder.resume();
    hear('left', rtp(1, 4_800, 3));
    hear('left', rtp(1, 4_640, 2));
    clock.advance(20);
    expect(finish().left).not.toContain(2);
  });

  test('begins where it was asked for, though the first packet was late and all others are put behind it', () => {
    hear('left', rtp(1, 0, 1));
    for (const timestamp of [160, 320, 480]) hear('left', rtp(1, timestamp, 1));
    clock.advance(20);
    recorder.tick();
    recorder.pause();
    pass(580);
    recorder.resume();
    speak('left', 100, 3, 1, 4_800);
    expect(runs(finish().left)).toEqual([
      [1, 20],
      [SILENCE, 580],
      [3, 100],
    ]);
    expect(manifest().heard).toMatchObject([
      { fromMs: 0, toMs: 20 },
      { fromMs: 600, toMs: 700 },
    ]);
  });

  test('that the call ends in lasts to the end of the file', () => {
    speak('left', 200, 1);
    recorder.pause();
    pass(1_000);
    recorder.finish();
    expect(manifest()).toMatchObject({ pauses: [{ fromMs: 200, toMs: 1_200 }], durationMs: 1_200 });
  });
});

test('a journal that cannot be written ends the recording, with what was written before', () => {
  files.refusal = 'EACCES';
  speak('left', 1_000, 1);
  expect(outcomes).toMatchObject([{ fault: 'unwritable', why: 'unwritable' }]);
  recorder.finish();
  clock.advance(0);
  expect(outcomes).toHaveLength(1);
  expect(files.open).toBe(0);
});

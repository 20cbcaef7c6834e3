import { FakeClock } from '@vats/kernel/testing';
import { beforeEach, expect, test } from 'vitest';
import { MemoryFiles } from '../testing/memory-files.ts';
import { type Manifest, manifestOf } from './manifest.ts';
import { type Note, readNotes } from './note.ts';
import { Recorder } from './recorder.ts';
import type { RoomNotes } from './room-notes.ts';

let clock: FakeClock;
let files: MemoryFiles;
let recorder: Recorder;
let notes: RoomNotes;

beforeEach(() => {
  clock = new FakeClock();
  files = new MemoryFiles(clock);
  recorder = new Recorder({
    ...{ path: 'one.wav', call: 'one', format: 'wav', minimumMs: 0, files, clock },
    ended: () => {},
  });
  recorder.from('left', { room: 'r' });
  recorder.from('right', { room: 'r' });
  notes = recorder.noteRoom('mix');
});

/** Some talk for so long, others don't. */
function pass(milliseconds: number, ...talking: string[]): void {
  for (let ms = 0; ms < milliseconds; ms += 20) {
    for (const leg of talking) notes.talks(leg, 20);
    clock.advance(20);
    recorder.tick();
  }
}

function journal(): Note[] {
  return readNotes(files.contents.get('one.journal')!.toString());
}

function manifest(of = journal()): Manifest {
  const sound = { file: 'one.wav', format: 'wav-g711', encrypted: false, octets: 1, sha256: '' } as const;
  return manifestOf(of, { ...sound, durationMs: clock.monotonic() }, { call: '', at: 0 });
}

const mix = { channel: 'mix' } as const;
const ANNA = { number: '201', name: 'Anna' };
const BORIS = { number: '202' };

test('who was there from when to when, and who talked when', () => {
  notes.joined('anna', ANNA);
  pass(1_000, 'anna');
  notes.joined('boris', BORIS);
  // Each pauses for half a second between sentences, which is not told; then Boris for longer.
  pass(500, 'anna', 'boris');
  pass(500);
  pass(500, 'anna', 'boris');
  pass(3_000, 'anna');
  pass(500, 'boris');
  notes.left('anna');
  pass(1_000);
  recorder.finish();
  clock.advance(0);
  const { parties, heard } = manifest();
  expect(parties).toEqual([
    { ...mix, leg: 'anna', party: ANNA, fromMs: 0, toMs: 6_000 },
    { ...mix, leg: 'boris', party: BORIS, fromMs: 1_000, toMs: 7_000 },
  ]);
  expect(heard).toEqual([
    { ...mix, leg: 'boris', party: BORIS, fromMs: 1_000, toMs: 2_500 },
    { ...mix, leg: 'anna', party: ANNA, fromMs: 0, toMs: 5_500 },
    { ...mix, leg: 'boris', party: BORIS, fromMs: 5_500, toMs: 6_000 },
  ]);
});

test('what is said in a pause is not told, and talk goes on after it', () => {
  notes.joined('anna', ANNA);
  pass(1_000, 'anna');
  recorder.pause();
  pass(1_000);
  recorder.resume();
  pass(1_000, 'anna');
  recorder.finish();
  clock.advance(0);
  expect(manifest().heard.map(({ fromMs, toMs }) => [fromMs, toMs])).toEqual([
    [0, 1_000],
    [2_000, 3_000],
  ]);
  expect(manifest().pauses).toEqual([{ fromMs: 1_000, toMs: 2_000 }]);
});

test('a kill: whoever was there and talked did so to the end of the sound', () => {
  notes.joined('anna', ANNA);
  notes.joined('boris', BORIS);
  pass(1_000, 'anna');
  const { state, parties, heard } = manifest(journal());
  expect(state).toBe('repaired');
  expect(parties.map(({ leg, toMs }) => [leg, toMs])).toEqual([
    ['anna', 1_000],
    ['boris', 1_000],
  ]);
  expect(heard).toEqual([{ ...mix, leg: 'anna', party: ANNA, fromMs: 0, toMs: 1_000 }]);
});

test('a room that is recorded no more has no parties left; what is told of strangers is void', () => {
  notes.joined('anna', ANNA);
  notes.joined('anna', BORIS);
  notes.talks('nobody', 20);
  notes.left('nobody');
  pass(500, 'anna');
  notes.close();
  recorder.from('left', { leg: 'a', party: BORIS });
  pass(500);
  recorder.finish();
  clock.advance(0);
  expect(manifest().parties.map(({ channel, leg, fromMs, toMs }) => [channel, leg, fromMs, toMs])).toEqual([
    ['mix', 'anna', 0, 500],
    ['left', 'a', 500, 1_000],
  ]);
  expect(journal().filter(({ note }) => note === 'joined')).toHaveLength(1);
});

test('a party that comes and goes without end leaves a journal that is bounded', () => {
  for (let i = 0; i < 10_000; i++) {
    notes.joined('anna', ANNA);
    notes.talks('anna', 20);
    notes.left('anna');
  }
  recorder.finish();
  clock.advance(0);
  expect(journal().length).toBeLessThan(10_010);
  expect(manifest().leftOut).toBeGreaterThan(10_000);
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import alawmulaw from 'alawmulaw';
import { beforeEach, expect, test, vi } from 'vitest';
import { DISK } from '../recording/disk.ts';
import { finishRecording } from '../recording/finish-recording.ts';
import { type Manifest, manifestOf } from '../recording/manifest.ts';
import { readNotes } from '../recording/note.ts';
import { Recorder } from '../recording/recorder.ts';
import { repairRecordings } from '../recording/repair-recordings.ts';
import { fileKey } from '../recording/sealed-format.ts';
import { openSealed, openWav } from '../recording/sound-file.ts';
import { WAV_HEADER_OCTETS } from '../recording/wav-header.ts';
import { rtpTimestamp } from '../rtp/packet.ts';
import { strength } from '../sound/testing/tones.ts';
import { KilledFiles } from '../testing/killed-files.ts';
import { MemoryFiles } from '../testing/memory-files.ts';
import { RoomVoice } from './room-voice.ts';
import { RoomsHere, type Speaker } from './testing/rooms-here.ts';

const HERTZ = { anna: 500, boris: 900, vera: 1_400 };

let here: RoomsHere;
let files: MemoryFiles;
let recorder: Recorder;
let anna: Speaker;
let boris: Speaker;
let vera: Speaker;

beforeEach(() => {
  here = new RoomsHere();
  files = new MemoryFiles(here.clock);
  recorder = new Recorder({
    ...{ path: 'one.wav', call: 'one', format: 'wav', minimumMs: 0, files, clock: here.clock },
    ended: () => {},
  });
});

function enter(as: keyof typeof HERTZ, encoding?: string): Speaker {
  const speaker = here.enter(as, encoding, { party: { number: HERTZ[as].toString(), name: as } })!;
  speaker.hertz = HERTZ[as];
  return speaker;
}

function voice(without?: string): RoomVoice {
  return new RoomVoice({ rooms: here.rooms, room: 'r', without, random: here.random });
}

/** Records the room on both channels from now on. */
function recordMix(): RoomVoice {
  const mix = voice();
  recorder.from('left', { room: 'r' });
  recorder.from('right', { room: 'r' });
  mix.record(recorder, 'both');
  return mix;
}

async function run(milliseconds: number): Promise<void> {
  await here.run(milliseconds, () => recorder.tick());
}

function finish(): { left: Int16Array; right: Int16Array; manifest: Manifest } {
  recorder.finish();
  here.clock.advance(0);
  const data = files.contents.get('one.wav')!.subarray(WAV_HEADER_OCTETS);
  const channel = (at: number) => alawmulaw.alaw.decode(data.filter((_, i) => i % 2 === at));
  const sound = { file: 'one.wav', format: 'wav-g711', encrypted: false, octets: 1, sha256: '' } as const;
  const notes = readNotes(files.contents.get('one.journal')!.toString());
  const manifest = manifestOf(notes, { ...sound, durationMs: data.length / 16 }, { call: '', at: 0 });
  return { left: channel(0), right: channel(1), manifest };
}

/** Who is in a stretch of a channel, in milliseconds. */
function who(channel: Int16Array, from: number, to: number): string[] {
  const sound = channel.subarray(8 * from, 8 * to);
  return Object.entries(HERTZ).flatMap(([as, hertz]) => (strength(sound, 8_000, hertz) > 3_000 ? [as] : []));
}

test('holds all who talk to everybody, on both channels, and its manifest says who did when', async () => {
  recordMix();
  anna = enter('anna');
  boris = enter('boris', 'g722/8000/1');
  await run(2_000);
  vera = enter('vera');
  await run(2_000);
  anna.leave();
  await run(2_000);
  const { left, right, manifest } = finish();
  expect(left).toEqual(right);
  expect(who(left, 300, 1_900)).toEqual(['anna', 'boris']);
  expect(who(left, 2_300, 3_900)).toEqual(['anna', 'boris', 'vera']);
  expect(who(left, 4_300, 5_900)).toEqual(['boris', 'vera']);
  expect(
    manifest.parties.map(({ channel, leg, party, fromMs, toMs }) => [channel, leg, party.name, fromMs, toMs]),
  ).toEqual([
    ['mix', 'anna', 'anna', 0, 4_000],
    ['mix', 'boris', 'boris', 0, 6_020],
    ['mix', 'vera', 'vera', 2_000, 6_020],
  ]);
  for (const { leg, fromMs, toMs } of manifest.heard) {
    const begins = leg === 'vera' ? 2_000 : 0;
    expect([leg, Math.abs(fromMs - begins) < 100]).toEqual([leg, true]);
    expect([leg, Math.abs(toMs - (leg === 'anna' ? 4_000 : 6_000)) < 100]).toEqual([leg, true]);
  }
  expect(manifest.heard).toHaveLength(3);
});

test('holds nothing of who whispers, listens, is muted or holds the line', async () => {
  recordMix();
  anna = enter('anna');
  boris = enter('boris');
  vera = enter('vera');
  vera.member!.change({ presence: { whisperTo: ['anna'] } });
  await run(1_000);
  vera.member!.change({ presence: 'listen' });
  boris.member!.change({ muted: true });
  await run(1_000);
  vera.member!.change({ presence: 'talk' });
  anna.held = true;
  await run(1_000);
  const { left, manifest } = finish();
  expect(who(left, 300, 900)).toEqual(['anna', 'boris']);
  expect(who(left, 1_300, 1_900)).toEqual(['anna']);
  expect(who(left, 2_300, 2_900)).toEqual(['vera']);
  expect(manifest.heard.filter(({ leg }) => leg === 'vera').every(({ fromMs }) => fromMs >= 1_990)).toBe(true);
});

test('all but one: what that one hears, beside their own sound', async () => {
  anna = enter('anna');
  boris = enter('boris');
  const others = voice('anna');
  recorder.from('right', { room: 'r' });
  others.record(recorder, 'right');
  await run(1_000);
  vera = enter('vera');
  await run(1_000);
  others.record(undefined, 'right');
  recorder.from('right', undefined);
  await run(500);
  const { left, right, manifest } = finish();
  expect(who(left, 0, 2_400)).toEqual([]);
  expect(who(right, 300, 900)).toEqual(['boris']);
  expect(who(right, 1_300, 1_900)).toEqual(['boris', 'vera']);
  expect(who(right, 2_100, 2_400)).toEqual([]);
  expect(manifest.parties.map(({ channel, leg, toMs }) => [channel, leg, toMs])).toEqual([
    ['right', 'boris', 2_000],
    ['right', 'vera', 2_000],
  ]);
});

test('a pause keeps nothing; a room that was empty for a while is recorded on', async () => {
  const mix = recordMix();
  anna = enter('anna');
  await run(1_000);
  recorder.pause();
  await run(1_000);
  recorder.resume();
  await run(1_000);
  anna.leave();
  expect(here.rooms.size).toBe(0);
  here.clock.advance(1_000);
  boris = enter('boris');
  await run(1_000);
  mix.record(undefined, 'both');
  const { left, manifest } = finish();
  expect([300, 1_300, 2_300, 3_300, 4_300].map((from) => who(left, from, from + 600))).toEqual([
    ['anna'],
    [],
    ['anna'],
    [],
    ['boris'],
  ]);
  expect(manifest.pauses).toEqual([{ fromMs: 1_000, toMs: 2_000 }]);
});

test.each([false, true])(
  'a kill at any moment: what got to the disk opens, and tells who was there; encrypted: %s',
  async (encrypted) => {
    const domainKey = Buffer.alloc(32, 7);
    const salt = Buffer.alloc(32, 9);
    for (let killAt = 2; killAt < 60; killAt += 7) {
      const directory = mkdtempSync(join(tmpdir(), 'vats-room-'));
      try {
        here = new RoomsHere();
        const path = join(directory, encrypted ? 'one.vrec' : 'one.wav');
        recorder = new Recorder({
          ...{ path, call: 'one', domain: 'd1', format: 'wav', minimumMs: 0, clock: here.clock },
          files: new KilledFiles(here.clock, killAt, 1),
          ...(encrypted && { seal: { key: fileKey(domainKey, salt), salt } }),
          ended: () => {},
        });
        recordMix();
        anna = enter('anna');
        boris = enter('boris');
        await run(8_000);
        // The process is gone here; what is left is mended at the next start.
        const { unfinished } = await repairRecordings(directory);
        const [done] = await Promise.all(
          unfinished.map((each) => finishRecording({ path: each, ...(encrypted && { key: domainKey }) })),
        );
        if (done?.what !== 'kept') {
          expect(killAt).toBeLessThan(10);
          continue;
        }
        const { manifest } = done;
        expect(manifest.state).toBe('repaired');
        const opened = encrypted ? openSealed(DISK, path, domainKey) : openWav(DISK, path);
        expect(opened!.frames / 8).toBe(manifest.durationMs);
        if (manifest.durationMs < 1_000) continue;
        expect(manifest.parties.map(({ leg }) => leg)).toEqual(['anna', 'boris']);
        for (const { fromMs, toMs } of manifest.heard) {
          expect(fromMs).toBeLessThan(100);
          expect(Math.abs(toMs - manifest.durationMs)).toBeLessThan(100);
        }
        expect(manifest.heard).toHaveLength(2);
      } finally {
        rmSync(directory, { recursive: true });
      }
    }
  },
);

test('behind turns that the thread missed it goes on in time with the clock', async () => {
  const at: number[] = [];
  vi.spyOn(recorder, 'hear').mockImplementation((_side, _law, packet) => void at.push(rtpTimestamp(packet)));
  recordMix();
  anna = enter('anna');
  await run(1_000);
  const after = here.clock.after.bind(here.clock);
  const late = vi.spyOn(here.clock, 'after').mockImplementation((ms, fire) => after(ms === 0 ? 0 : ms + 400, fire));
  anna.hertz = 0;
  await run(20);
  late.mockRestore();
  await run(1_000);
  anna.hertz = HERTZ.anna;
  await run(1_000);
  const first = at[0]!;
  const last = (at.at(-1)! - first) / 8;
  expect(Math.abs(last - 3_000)).toBeLessThan(100);
});

import { FakeClock } from '@vats/kernel/testing';
import type { SpokenFormat } from '@vats/media';
import { FakeMediaPlane } from '@vats/media/testing';
import { beforeEach, expect, test } from 'vitest';
import type { Leg } from './leg.ts';
import { type SaidEnd, Speaker } from './speaker.ts';

const PCMA: SpokenFormat = { payloadType: 8, encoding: 'pcma/8000/1', ptime: 20 };
const SOUND = { items: [{ file: '/a.wav' }], afterMs: 300 };

let clock: FakeClock;
let plane: FakeMediaPlane;
let speaker: Speaker;
let format: SpokenFormat | undefined;
let ends: SaidEnd[];
let leg: Leg;

beforeEach(() => {
  clock = new FakeClock();
  plane = new FakeMediaPlane({ clock });
  const media = plane.openCall('x1', (event) => {
    if (event.kind === 'played') speaker.told(event);
  })!;
  speaker = new Speaker({ legs: { media }, parts: { clock } } as never);
  format = PCMA;
  ends = [];
  const sdp = { spoken: () => format };
  leg = { name: 'a', media: media.openLeg('a', { family: 4, signalling: '192.0.2.1' }), sdp } as unknown as Leg;
});

const orders = () => plane.call('x1').commands.flatMap((command) => (command.do === 'play' ? [command.order] : []));
const played = (play: number, why: 'ended' | 'stopped' = 'ended'): void =>
  plane.call('x1').emit({ kind: 'played', leg: 'a', play, why, playedMs: 5 });
const say = (sound = SOUND): void => speaker.say(leg, sound, (end) => ends.push(end));

test('what is said is told to have ended once', () => {
  say();
  expect(speaker.saying(leg)).toBe(SOUND);
  played(1);
  played(1);
  expect(ends).toEqual([{ why: 'ended', playedMs: 5 }]);
  expect(speaker.saying(leg)).toBeUndefined();
});

test('what gives way to something else, or is hushed, tells nothing', () => {
  say();
  speaker.say(leg, { items: [{ silenceMs: 20 }] });
  played(1, 'stopped');
  speaker.hush(leg);
  played(2, 'stopped');
  expect(ends).toEqual([]);
  expect(plane.call('x1').commands.at(-1)).toEqual({ do: 'stop-playing', leg: 'a' });
  speaker.hush(leg);
  expect(plane.call('x1').commands.filter(({ do: what }) => what === 'stop-playing')).toHaveLength(1);
});

test('a leg whose codec can’t be made here hears nothing, and that is told', () => {
  format = undefined;
  say();
  expect(ends).toEqual([{ why: 'no-codec', playedMs: 0 }]);
  expect(orders()).toEqual([]);
  expect(speaker.canSayTo(leg)).toBe(false);
});

test.each([
  [100, { fromMs: 0, afterMs: 200 }],
  [1_300, { fromMs: 1_000, afterMs: 0 }],
])('another codec after %i ms: it goes on from where it was', (passed, where) => {
  say();
  clock.advance(passed);
  speaker.changed(leg);
  expect(orders()).toHaveLength(1);
  format = { ...PCMA, payloadType: 0, encoding: 'pcmu/8000/1' };
  speaker.changed(leg);
  expect(orders().at(-1)).toMatchObject({ ...where, format });
  played(1, 'stopped');
  expect(ends).toEqual([]);
  played(2);
  expect(ends).toHaveLength(1);
});

test('a codec that can’t be made here any more ends it', () => {
  say();
  format = undefined;
  speaker.changed(leg);
  expect(ends).toEqual([{ why: 'no-codec', playedMs: 0 }]);
  expect(plane.call('x1').commands.at(-1)).toEqual({ do: 'stop-playing', leg: 'a' });
});

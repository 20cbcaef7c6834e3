import { FakeClock, SeededRandom } from '@vats/kernel/testing';
import { beforeEach, expect, test, vi } from 'vitest';
import { rtpMarker, rtpTimestamp } from '../rtp/packet.ts';
import { Pacer } from '../sound/pacer.ts';
import { MixedRooms } from './mixed-room.ts';
import type { Member } from './room-member.ts';
import type { RoomLeg, RoomOrder } from './room-order.ts';

let clock: FakeClock;
let rooms: MixedRooms;
let pacer: Pacer;
let faults: unknown[];
let sent: number;
let timestamps: number[];
let markers: boolean[];

beforeEach(() => {
  clock = new FakeClock();
  pacer = new Pacer(clock);
  rooms = new MixedRooms({ random: new SeededRandom(1), pacer });
  faults = [];
  sent = 0;
  timestamps = [];
  markers = [];
});

function enter(room: string, as: string, { yielding = false, held = false } = {}): Member | undefined {
  const leg: RoomLeg = {
    output: {
      say: (packet) => {
        sent++;
        timestamps.push(rtpTimestamp(packet));
        markers.push(rtpMarker(packet));
      },
      hasLeft: true,
      receives: true,
      yielding,
    },
    heardAt: 0,
    held,
    onFault: (error) => void faults.push(error),
  };
  const order: RoomOrder = {
    room,
    as,
    presence: 'talk',
    format: { payloadType: 8, encoding: 'pcma/8000/1', ptime: 20 },
    sources: [],
    events: [],
  };
  return rooms.enter(leg, order, undefined, () => {});
}

test('a room is there from its first party to its last, and none of it stays', () => {
  const [a, b] = [enter('r', 'a')!, enter('r', 'b')!];
  expect([rooms.size, pacer.size]).toEqual([1, 1]);
  clock.advance(1_000);
  expect(sent).toBe(100);
  a.close();
  a.close();
  expect(rooms.size).toBe(1);
  b.close();
  expect([rooms.size, pacer.size, clock.pending]).toEqual([0, 0, 0]);
});

test('no more rooms than a worker takes, and not more parties than a room', () => {
  for (let i = 0; i < 1_000; i++) expect(enter(`r${i}`, 'a')).toBeDefined();
  expect(enter('one more', 'a')).toBeUndefined();
  expect(rooms.size).toBe(1_000);
  for (let i = 1; i < 100; i++) enter('r0', `p${i}`);
  expect(enter('r0', 'one more')).toBeUndefined();
  expect(rooms.size).toBe(1_000);
});

test('a room that fails is told to all its parties', () => {
  const member = enter('r', 'a')!;
  enter('r', 'b');
  member.hears = () => {
    throw new Error('broken');
  };
  clock.advance(100);
  expect(faults).toHaveLength(2);
  expect(String(faults[0])).toMatch(/the room r failed: Error: broken/);
});

test('after a stop of the thread a room goes on behind a gap as long as what is not made up for', () => {
  const member = enter('r', 'a')!;
  const after = clock.after.bind(clock);
  clock.advance(100);
  vi.spyOn(clock, 'after').mockImplementationOnce((milliseconds, fire) => after(milliseconds + 200, fire));
  clock.advance(400);
  const steps = timestamps.slice(1).map((timestamp, i) => (timestamp - timestamps[i]!) >>> 0);
  // Of 11 turns that were due at once five were made up for.
  expect(steps.filter((step) => step !== 160)).toEqual([160 * 7]);
  expect(markers.findLastIndex((marker) => marker)).toBe(steps.indexOf(160 * 7) + 1);
  member.close();
});

test('whom music on hold is played to is sent nothing while nobody speaks', () => {
  enter('r', 'a');
  enter('r', 'b', { yielding: true });
  clock.advance(1_000);
  expect(sent).toBe(50);
});

test('who holds the line, or is held, is not heard, and so not recorded', () => {
  const a = enter('r', 'a')!;
  expect(a.isUnheard).toBe(true);
  enter('r', 'c');
  expect(a.isUnheard).toBe(false);
  expect(enter('r', 'b', { held: true })?.isUnheard).toBe(true);
});

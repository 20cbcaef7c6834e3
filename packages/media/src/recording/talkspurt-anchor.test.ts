import { beforeEach, expect, test } from 'vitest';
import { TalkspurtAnchor } from './talkspurt-anchor.ts';

/** 20 ms of G.711. */
const PACKET = 160;

let anchor: TalkspurtAnchor;

beforeEach(() => {
  anchor = new TalkspurtAnchor();
});

function place(timestamp: number, arrival: number, { ssrc = 1, marker = false } = {}): number {
  return anchor.place(ssrc, timestamp, marker, PACKET, arrival);
}

test('the first packet is anchored on its arrival, those after it by their timestamps', () => {
  expect(place(5_000, 800)).toBe(800);
  expect(place(5_160, 1_100)).toBe(960); // 17 ms late
  expect(place(5_320, 1_101)).toBe(1_120);
});

test('loss leaves a gap, reordering and duplicates change nothing', () => {
  place(0, 0);
  expect(place(480, 480)).toBe(480);
  expect(place(160, 490)).toBe(160);
  expect(place(480, 500)).toBe(480);
  expect(place(640, 640)).toBe(640);
});

test('timestamps wrap', () => {
  place(2 ** 32 - 160, 0);
  expect(place(0, 160)).toBe(160);
  expect(place(160, 320)).toBe(320);
});

test('another SSRC is anchored on its arrival', () => {
  place(0, 0);
  expect(place(77_777, 4_000, { ssrc: 2 })).toBe(4_000);
  expect(place(77_937, 4_160, { ssrc: 2 })).toBe(4_160);
});

test('a talkspurt is anchored on its arrival, but never over what was said before', () => {
  place(0, 0);
  expect(place(8_000, 8_200, { marker: true })).toBe(8_200);
  expect(place(8_160, 8_300)).toBe(8_360);
  expect(place(8_640, 8_400, { marker: true })).toBe(8_520); // its arrival would be inside the last packet
});

test('a marker on every packet is no talkspurt', () => {
  place(0, 0);
  expect(place(160, 180, { marker: true })).toBe(160);
  expect(place(320, 300, { marker: true })).toBe(320);
});

test('a stall of the network and the burst behind it leave every sample in its place', () => {
  for (let i = 0; i < 10; i++) place(i * PACKET, i * PACKET);
  // 400 ms of silence on the wire, then all of it within 20 ms.
  for (let i = 10; i < 30; i++) expect(place(i * PACKET, 30 * PACKET + (i - 10) * 8)).toBe(i * PACKET);
  expect(place(30 * PACKET, 31 * PACKET)).toBe(30 * PACKET);
});

test('200 ms of jitter move nothing once the quickest packet has come', () => {
  let seed = 5;
  const delay = (): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((seed / 2 ** 31) * 1_600);
  };
  const packets = Array.from({ length: 5_000 }, (_, i) => ({ i, arrival: i * PACKET + (i === 0 ? 0 : delay()) }));
  packets.sort((one, other) => one.arrival - other.arrival);
  for (const { i, arrival } of packets) expect(place(i * PACKET, arrival)).toBe(i * PACKET);
});

test('a pause that the timestamps do not tell is noticed in jitter, too', () => {
  const jitter = [0, 1_000, 300, 1_500, 700];
  for (let i = 0; i < 100; i++) place(i * PACKET, i * PACKET + jitter[i % 5]!);
  let at = 0;
  for (let i = 100; i < 400; i++) at = place(i * PACKET, 3_200 + i * PACKET + jitter[i % 5]!) - i * PACKET;
  expect(at).toBe(3_200);
});

test('a source that paused without saying so in its timestamps is anchored anew after 100 ms', () => {
  place(0, 0);
  const places = [0, 1, 2, 3, 4, 5, 6].map((i) => place(160 + i * PACKET, 4_000 + i * PACKET));
  expect(places).toEqual([160, 320, 480, 640, 800, 4_800, 4_960]);
});

test('what arrives 60 ms before its time was anchored too late: it is moved', () => {
  place(0, 1_600); // 200 ms late, the others are not
  expect(place(160, 160)).toBe(160);
  expect(place(320, 320)).toBe(320);
});

test('timestamps that jump are anchored on arrival at once', () => {
  place(0, 0);
  expect(place(900_000, 160)).toBe(160);
  expect(place(40, 320)).toBe(320);
  expect(place(2 ** 31 + 40, 480)).toBe(480);
});

test.each([
  ['fast', 1 - 100e-6],
  ['slow', 1 + 100e-6],
])('an hour of a clock that is 100 ppm too %s stays within 60 ms and a packet', (_, pace) => {
  let worst = 0;
  for (let i = 0; i < 180_000; i++) {
    const arrival = Math.floor(i * PACKET * pace);
    worst = Math.max(worst, Math.abs(place(i * PACKET, arrival) - arrival));
  }
  expect(worst).toBeGreaterThan(400);
  expect(worst).toBeLessThanOrEqual(480 + 1);
});

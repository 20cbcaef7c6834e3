import { FakeClock } from '@vats/kernel/testing';
import { expect, test } from 'vitest';
import { EventConverter } from './event-converter.ts';

interface Told {
  readonly timestamp: number;
  readonly duration: number;
  readonly marker: boolean;
  readonly ends: boolean;
}

function converter(arrivingRate: number, leavingRate: number) {
  const told: Told[] = [];
  const clock = new FakeClock();
  const events = new EventConverter({
    arrivingRate,
    leavingRate,
    clock,
    send: (timestamp, marker, payload) => {
      const duration = (payload[2]! << 8) | payload[3]!;
      told.push({ timestamp, duration, marker, ends: payload[1]! >= 0x80 });
    },
  });
  const hear = (timestamp: number, duration: number, ends = false, code = 1, begins = 1_000_000) => {
    const packet = Uint8Array.of(...new Uint8Array(12), code, ends ? 0x8a : 10, duration >> 8, duration & 0xff);
    return events.hear(packet, 12, 42, timestamp, begins);
  };
  return { told, hear, clock };
}

test('a key that is held for long needs segments in a faster clock', () => {
  const { told, hear } = converter(8_000, 48_000);
  hear(500, 8_000);
  hear(500, 16_000);
  hear(500, 24_000, true);
  expect(told).toEqual([
    { timestamp: 1_000_000, duration: 48_000, marker: true, ends: false },
    { timestamp: 1_000_000, duration: 65_535, marker: false, ends: false },
    { timestamp: 1_065_535, duration: 96_000 - 65_535, marker: false, ends: false },
    { timestamp: 1_065_535, duration: 65_535, marker: false, ends: false },
    { timestamp: 1_131_070, duration: 144_000 - 131_070, marker: false, ends: true },
  ]);
});

test('and segments of a faster clock are one event in a slower', () => {
  const { told, hear } = converter(48_000, 8_000);
  hear(500, 48_000);
  hear(500, 65_535);
  hear(66_035, 30_465, true);
  expect(told.map(({ timestamp, duration }) => [timestamp, duration])).toEqual([
    [1_000_000, 8_000],
    [1_000_000, 10_923],
    [1_000_000, 16_000],
  ]);
  expect(told.map(({ ends }) => ends)).toEqual([false, false, true]);
});

test('each press is told apart, also of the same key; what is left of an older one is not told again', () => {
  const { told, hear } = converter(8_000, 8_000);
  hear(500, 800, true);
  hear(2_500, 160, false, 1, 1_002_000);
  hear(500, 800, true);
  hear(2_500, 320, false, 2, 1_004_000);
  expect(told.map(({ timestamp, marker }) => [timestamp, marker])).toEqual([
    [1_000_000, true],
    [1_002_000, true],
    [1_004_000, true],
  ]);
});

test('a clock that has jumped back begins a new event; what is too short is none', () => {
  const { told, hear } = converter(8_000, 8_000);
  hear(9_000_000, 800, true);
  hear(500, 160, false, 1, 1_002_000);
  expect(told).toHaveLength(2);
  expect(
    new EventConverter({ arrivingRate: 8_000, leavingRate: 8_000, clock: new FakeClock(), send: () => {} }).hear(
      new Uint8Array(14),
      12,
      1,
      1,
      1,
    ),
  ).toBe(false);
});

test('one packet makes no more than seven new segments, whatever the clocks say, and the next ones catch up', () => {
  const { told, hear, clock } = converter(8_000, 160_000);
  hear(500, 65_535);
  expect(told).toHaveLength(8);
  clock.advance(60_000);
  hear(500, 65_535);
  expect(told).toHaveLength(16);
  for (const { duration } of told) expect(duration).toBeLessThanOrEqual(65_535);
});

test('an event of a clock of one tick a second makes no flood', () => {
  const { told, hear, clock } = converter(1, 48_000);
  for (let i = 0; i < 1_000; i++) {
    clock.advance(1);
    hear(500 + 100_000 * i, 65_535);
  }
  expect(told.length).toBeGreaterThanOrEqual(1_000);
  expect(told.length).toBeLessThanOrEqual(1_010);
});

test('a key that is held for 20 seconds is told as long as it is, in packets that come in time', () => {
  const { told, hear, clock } = converter(8_000, 48_000);
  for (let lasted = 160; lasted <= 160_000; lasted += 160) {
    clock.advance(20);
    const before = Math.floor((lasted - 1) / 65_535) * 65_535;
    if (before > 0 && lasted - before <= 160) hear(500 + before - 65_535, 65_535);
    hear(500 + before, lasted - before, lasted === 160_000);
  }
  const end = told.at(-1)!;
  expect(end.timestamp + end.duration - 1_000_000).toBe(960_000);
  expect(end.ends).toBe(true);
});

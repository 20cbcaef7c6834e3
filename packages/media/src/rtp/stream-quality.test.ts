import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { StreamQuality } from './stream-quality.ts';

function hearing(sequences: readonly number[], ssrc = 1, quality = new StreamQuality()): StreamQuality {
  for (const [i, sequence] of sequences.entries()) quality.saw(ssrc, sequence, i * 160, 8_000, i * 20);
  return quality;
}

test.each([
  [[], 0],
  [[7, 8, 9], 0],
  [[7, 9, 12], 3],
  [[65_534, 65_535, 0, 1], 0],
  [[65_534, 2], 3],
  [[10, 12, 11, 13], 0],
  [[10, 10, 11, 11], 0],
  [[10, 10, 12], 1],
  [[10, 11, 30_000, 30_001], 0],
  [[10, 12, 30_000, 30_002], 2],
])('sequence numbers %j: %i lost', (sequences, lost) => {
  expect(hearing(sequences).lost).toBe(lost);
});

test('another SSRC counts anew, and what the former lost stays counted', () => {
  const quality = hearing([1, 3]);
  expect(hearing([40_000, 40_003], 2, quality).lost).toBe(3);
});

test('what came twice and what came late are told apart', () => {
  const { duplicates, reordered, lost } = hearing([10, 12, 12, 11, 11, 14, 13, 15]);
  expect({ duplicates, reordered, lost }).toEqual({ duplicates: 2, reordered: 2, lost: 0 });
});

test('any packets in any order within the last 32, some twice: lost, late and doubled ones are what they are', () => {
  const shuffled = fc.array(
    fc.record({ late: fc.integer({ min: 0, max: 15 }), copies: fc.integer({ min: 0, max: 2 }) }),
    {
      minLength: 2,
      maxLength: 200,
    },
  );
  fc.assert(
    fc.property(shuffled, fc.nat(0xffff), (packets, first) => {
      const sent = packets
        .flatMap(({ late, copies }, i) => Array.from({ length: copies }, (_, copy) => ({ i, at: i + late + copy / 4 })))
        .sort((a, b) => a.at - b.at);
      fc.pre(sent.length > 0);
      const quality = hearing(sent.map(({ i }) => (first + i) & 0xffff));
      const came = new Set(sent.map(({ i }) => i));
      const [from, to] = [sent[0]!.i, Math.max(...came)];
      const before = [...came].filter((i) => i < from).length;
      expect(quality.duplicates).toBe(sent.length - came.size);
      // What comes late from before the first one heard was never expected.
      expect(quality.lost).toBe(Math.max(0, to - from + 1 - came.size));
      expect(quality.reordered).toBeGreaterThanOrEqual(before);
    }),
  );
});

describe('jitter', () => {
  function arriving(lateness: readonly number[], step = 160, clockRate = 8_000): StreamQuality {
    const quality = new StreamQuality();
    for (const [i, late] of lateness.entries()) quality.saw(1, i, (i * step) >>> 0, clockRate, 1_000 + i * 20 + late);
    return quality;
  }

  test('of packets that come as they were sent there is none, in any clock', () => {
    expect(arriving(Array.from({ length: 50 }, () => 5)).jitterMs).toBe(0);
    expect(
      arriving(
        Array.from({ length: 50 }, () => 5),
        960,
        48_000,
      ).jitterMs,
    ).toBe(0);
  });

  test('of packets that are early and late by turns it nears their distance; the greatest is kept', () => {
    const quality = arriving(Array.from({ length: 400 }, (_, i) => (i < 200 ? (i % 2) * 30 : 0)));
    expect(quality.greatestJitterMs).toBeGreaterThan(29);
    expect(quality.greatestJitterMs).toBeLessThanOrEqual(30);
    expect(quality.jitterMs).toBeLessThan(0.1);
  });

  test('a clock that is set anew, another clock rate and the updates of one event are none', () => {
    const quality = new StreamQuality();
    quality.saw(1, 1, 1_000, 8_000, 0);
    quality.saw(1, 2, 900_000_000, 8_000, 20);
    quality.saw(1, 3, 900_000_160, 8_000, 40);
    quality.saw(1, 4, 5, 48_000, 60);
    for (let i = 0; i < 5; i++) quality.saw(1, 5 + i, 965, 48_000, 80 + 50 * i);
    expect(quality.jitterMs).toBe(0);
  });
});

test('a report tells what was lost since the one before it, and the numbers with their turns', () => {
  const quality = new StreamQuality();
  expect(quality.report()).toBeUndefined();
  hearing([65_533, 65_535, 1], 7, quality);
  expect(quality.report()).toEqual({
    ssrc: 7,
    fractionLost: Math.floor((256 * 2) / 5),
    lost: 2,
    highest: 0x1_0001,
    jitter: 0,
  });
  quality.saw(7, 2, 480, 8_000, 60);
  expect(quality.report()).toMatchObject({ fractionLost: 0, lost: 2, highest: 0x1_0002 });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { callTone } from './call-tones.ts';
import { type Piece, Player, type PlayerOptions } from './player.ts';
import { Tone } from './tone.ts';

const A = Int16Array.from({ length: 300 }, (_, i) => i + 1);
const B = Int16Array.from({ length: 500 }, (_, i) => 10_000 + i);

/** All that it plays, pulled so many samples at a time; at most 5,000. */
function play(options: Omit<PlayerOptions, 'rate'>, frame = 160): number[] {
  const player = new Player({ rate: 8_000, ...options });
  const out = new Int16Array(frame);
  const played: number[] = [];
  for (;;) {
    const count = player.read(out);
    played.push(...out.subarray(0, count));
    if (out.subarray(count).some((sample) => sample !== 0)) throw new Error('no silence behind the end');
    if (count < frame || played.length > 5_000) return played;
  }
}

test('pieces are joined without a gap', () => {
  expect(play({ pieces: [{ clip: A }, { clip: B }] })).toEqual([...A, ...B]);
  expect(play({ pieces: [{ clip: A }, { silenceMs: 10 }, { clip: B }] })).toEqual([
    ...A,
    ...new Array(80).fill(0),
    ...B,
  ]);
});

test('a part of a clip, silence before, and loops', () => {
  expect(play({ pieces: [{ clip: A, from: 10, to: 20 }], times: 2 })).toEqual([
    ...A.subarray(10, 20),
    ...A.subarray(10, 20),
  ]);
  expect(play({ pieces: [{ clip: A }], afterMs: 5 })).toEqual([...new Array(40).fill(0), ...A]);
  expect(play({ pieces: [{ clip: A }], times: Number.POSITIVE_INFINITY }).length).toBeGreaterThan(5_000);
});

test('where it begins, also beyond the first round', () => {
  expect(play({ pieces: [{ clip: A }, { clip: B }], fromMs: 50 })).toEqual([...B.subarray(100)]);
  expect(play({ pieces: [{ clip: A }, { clip: B }], fromMs: 105, times: 2 })).toEqual([...A.subarray(40), ...B]);
  expect(play({ pieces: [{ clip: A }], fromMs: 50 })).toEqual([]);
});

test('sources: until they end, or for a time', () => {
  const beep = (): Piece => ({ source: new Tone(callTone('beep'), 8_000, 1) });
  expect(play({ pieces: [beep(), { clip: A }] })).toHaveLength(2_000 + 300);
  expect(play({ pieces: [{ ...beep(), milliseconds: 30 } as Piece, { clip: A }] }).slice(240)).toEqual([...A]);
  expect(() => new Player({ rate: 16_000, pieces: [beep()] })).toThrow(RangeError);
});

test('nothing to play ends at once, and empty pieces are not gone through for ever', () => {
  expect(play({ pieces: [] })).toEqual([]);
  const empty = [{ silenceMs: 0 }, { clip: new Int16Array(0) }];
  expect(play({ pieces: empty, times: Number.POSITIVE_INFINITY })).toEqual([]);
  expect(
    play({
      pieces: [
        { clip: A, from: 400 },
        { clip: A, to: -5 },
      ],
      times: 3,
    }),
  ).toEqual([]);
  expect(play({ pieces: [{ source: new Tone([], 8_000) }], times: Number.POSITIVE_INFINITY })).toEqual([]);
});

describe('loudness', () => {
  const FLAT = new Int16Array(1_600).fill(10_000);

  test('in decibels, and cut at full scale', () => {
    expect(play({ pieces: [{ clip: FLAT }], volume: -6 })[0]).toBe(Math.round(10_000 * 10 ** -0.3));
    expect(play({ pieces: [{ clip: FLAT }], volume: 20 })[0]).toBe(32_767);
  });

  test('it swells up', () => {
    const sound = play({ pieces: [{ clip: FLAT }], fadeInMs: 100 });
    expect(sound[0]).toBeLessThan(20);
    expect(sound[400]).toBeCloseTo(5_000, -2);
    expect(sound[900]).toBe(10_000);
  });

  test('a change takes 20 ms', () => {
    const player = new Player({ rate: 8_000, pieces: [{ clip: FLAT }] });
    const out = new Int16Array(160);
    player.setVolume(-20);
    player.read(out);
    for (let i = 1; i < 160; i++) expect(out[i - 1]! - out[i]!).toBeLessThan(60);
    player.read(out);
    expect(out[0]).toBe(1_000);
    player.setVolume(0);
    player.read(out);
    player.read(out);
    expect(out[0]).toBe(10_000);
  });

  test('stopped, it fades and ends; a second time changes nothing', () => {
    const player = new Player({ rate: 8_000, pieces: [{ clip: FLAT }], times: Number.POSITIVE_INFINITY });
    const out = new Int16Array(160);
    player.read(out);
    expect(player.playedMs).toBe(20);
    player.stop();
    player.setVolume(0);
    player.stop(5_000);
    const count = player.read(out);
    expect(count).toBeGreaterThan(70);
    expect(count).toBeLessThan(82);
    expect(Math.abs(out[count - 1]!)).toBeLessThan(300);
    expect(player.ended).toBe(true);
    expect(player.read(out)).toBe(0);
  });

  test('stopped in the silence before it, it ends', () => {
    const player = new Player({ rate: 8_000, pieces: [{ clip: FLAT }], afterMs: 5_000 });
    player.stop();
    player.read(new Int16Array(160));
    expect(player.ended).toBe(true);
  });
});

test('how it is pulled makes no difference', () => {
  const piece = fc.oneof(
    fc.record({ clip: fc.constantFrom(A, B), from: fc.nat(600), to: fc.nat(600) }),
    fc.record({ silenceMs: fc.nat(30) }),
  );
  const options = fc.record({
    pieces: fc.array(piece, { maxLength: 5 }),
    times: fc.integer({ min: 0, max: 3 }),
    volume: fc.integer({ min: -20, max: 6 }),
    afterMs: fc.nat(30),
    fromMs: fc.nat(200),
    fadeInMs: fc.nat(50),
  });
  fc.assert(
    fc.property(options, fc.integer({ min: 1, max: 500 }), (options, frame) => {
      expect(play(options, frame).slice(0, 5_000).join()).toBe(play(options, 6_000).slice(0, 5_000).join());
    }),
    { numRuns: 300 },
  );
});

test('a ring of titles is entered at any moment, softly, and does not end', () => {
  const title = Int16Array.from({ length: 8_000 }, (_, i) => i);
  const at = (fromMs: number): number => {
    const player = new Player({
      rate: 8_000,
      pieces: [{ clip: title }, { clip: title }],
      times: Number.POSITIVE_INFINITY,
      fromMs,
      fadeInMs: 200,
    });
    const out = new Int16Array(1_760);
    expect(player.read(out)).toBe(out.length);
    expect(Math.abs(out[1]!)).toBeLessThan(50);
    return out[1_700]! - 1_700;
  };
  expect([at(0), at(250), at(60_250), at(3_600_250)]).toEqual([0, 2_000, 2_000, 2_000]);
});

test('plain stretches passed over are what would have been read, and never anything else', () => {
  const piece = fc.oneof(
    fc.record({ clip: fc.constantFrom(A, B), from: fc.nat(200), to: fc.integer({ min: 200, max: 600 }) }),
    fc.record({ silenceMs: fc.nat(50) }),
  );
  const options = fc.record({
    pieces: fc.array(piece, { maxLength: 4 }),
    times: fc.integer({ min: 1, max: 3 }),
    volume: fc.constantFrom(0, 0, -6),
    afterMs: fc.constantFrom(0, 7),
    fromMs: fc.constantFrom(0, 30, 200),
    fadeInMs: fc.constantFrom(0, 25),
  });
  fc.assert(
    fc.property(options, fc.integer({ min: 1, max: 200 }), fc.nat(40), (made, frame, stopAt) => {
      const [one, other] = [made, made].map((options) => new Player({ rate: 8_000, ...options }));
      const [read, out] = [new Int16Array(frame), new Int16Array(frame)];
      for (let turn = 0; turn < 50; turn++) {
        if (turn === stopAt) for (const player of [one!, other!]) player.stop();
        const count = one!.read(read);
        if (other!.isPlain(frame)) {
          const at = other!.clipAt;
          out.set(other!.clip.subarray(at, at + frame));
          other!.pass(frame);
          expect(count).toBe(frame);
        } else expect(other!.read(out)).toBe(count);
        expect(out).toEqual(read);
        expect(other!.playedMs).toBe(one!.playedMs);
      }
      expect([other!.ended, other!.stopped]).toEqual([one!.ended, one!.stopped]);
    }),
  );
});

test('plain is what lies in one clip to its end, and not a sample more', () => {
  const player = new Player({ rate: 8_000, pieces: [{ clip: A, from: 10, to: 200 }, { clip: B }] });
  expect([player.isPlain(190), player.isPlain(191)]).toEqual([true, false]);
  player.pass(190);
  expect([player.clip, player.clipAt, player.isPlain(500), player.isPlain(501)]).toEqual([B, 0, true, false]);
  player.pass(500);
  expect(player.isPlain(1)).toBe(false);
  expect(player.read(new Int16Array(10))).toBe(0);
});

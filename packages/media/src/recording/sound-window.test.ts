import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SoundWindow, WINDOW_FRAMES } from './sound-window.ts';

const SILENCE = 0xd5;

function channel(octets: Buffer, which: 0 | 1): number[] {
  return [...octets].filter((_, i) => i % 2 === which);
}

function packet(frames: number, value: number): Uint8Array {
  return new Uint8Array(frames).fill(value);
}

test('two channels are interleaved, silence where nothing was written', () => {
  const window = new SoundWindow('PCMA', 0);
  window.write(0, 2, packet(3, 1), 0, 3, 'PCMA');
  window.write(1, 4, packet(3, 2), 1, 3, 'PCMA');
  const taken = window.take()!;
  expect(taken.frame).toBe(0);
  expect(channel(taken.octets, 0)).toEqual([SILENCE, SILENCE, 1, 1, 1, SILENCE]);
  expect(channel(taken.octets, 1)).toEqual([SILENCE, SILENCE, SILENCE, SILENCE, 2, 2]);
  expect(window.take()).toBeUndefined();
});

test('a late packet has the part that it changes taken again', () => {
  const window = new SoundWindow('PCMA', 0);
  window.write(0, 0, packet(4, 1), 0, 4, 'PCMA');
  window.write(0, 8, packet(4, 3), 0, 4, 'PCMA');
  window.take();
  window.write(0, 4, packet(4, 2), 0, 4, 'PCMA');
  const taken = window.take()!;
  expect(taken.frame).toBe(4);
  expect(channel(taken.octets, 0)).toEqual([2, 2, 2, 2, 3, 3, 3, 3]);
});

test('the other law is converted', () => {
  const window = new SoundWindow('PCMA', 0);
  window.write(1, 0, Uint8Array.of(0xff, 0x80), 0, 2, 'PCMU');
  expect(channel(window.take()!.octets, 1)).toEqual([0xd5, 0xaa]);
});

test('what lies before the window is left out, what reaches into it is cut', () => {
  const window = new SoundWindow('PCMA', 100);
  window.write(0, 0, packet(50, 1), 0, 50, 'PCMA');
  expect(window.take()).toBeUndefined();
  window.write(0, 96, packet(8, 1), 0, 8, 'PCMA');
  expect(window.take()).toEqual({ frame: 100, octets: Buffer.from([1, SILENCE, 1, SILENCE, 1, SILENCE, 1, SILENCE]) });
  window.extend(WINDOW_FRAMES);
  window.take();
  window.extend(WINDOW_FRAMES + 200);
  window.take();
  window.write(0, 196, packet(8, 7), 0, 8, 'PCMA');
  expect(channel(window.take()!.octets, 0).slice(0, 5)).toEqual([7, 7, 7, 7, SILENCE]);
});

test('nothing is overwritten before it was taken', () => {
  const window = new SoundWindow('PCMA', 0);
  window.extend(WINDOW_FRAMES);
  expect(() => window.extend(WINDOW_FRAMES + 1)).toThrow(RangeError);
});

test('sound that is taken back is silence, also where one channel goes on alone', () => {
  const window = new SoundWindow('PCMA', 0);
  window.write(0, 0, packet(6, 1), 0, 6, 'PCMA');
  window.write(1, 0, packet(8, 2), 0, 8, 'PCMA');
  window.take();
  window.silence(4);
  window.write(1, 6, packet(4, 3), 0, 4, 'PCMA');
  const taken = window.take()!;
  expect(taken.frame).toBe(4);
  expect(channel(taken.octets, 0)).toEqual([SILENCE, SILENCE, SILENCE, SILENCE, SILENCE, SILENCE]);
  expect(channel(taken.octets, 1)).toEqual([SILENCE, SILENCE, 3, 3, 3, 3]);
});

test('what is taken in pieces is what one long buffer would hold', () => {
  const step = fc.record({
    channel: fc.constantFrom(0 as const, 1 as const),
    back: fc.nat(3000),
    frames: fc.nat(400),
    isTaken: fc.boolean(),
    cutBack: fc.option(fc.nat(1000), { freq: 10 }),
  });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 200 }), (steps) => {
      const window = new SoundWindow('PCMA', 0);
      const expected = Buffer.alloc(400_000, SILENCE);
      const file = Buffer.alloc(400_000, SILENCE);
      const take = (): void => {
        const taken = window.take();
        taken?.octets.copy(file, taken.frame * 2);
      };
      steps.forEach(({ channel: which, back, frames, isTaken, cutBack }, i) => {
        const frame = Math.max(0, window.end + 200 - back);
        window.write(which, frame, packet(frames, i & 0x7f), 0, frames, 'PCMA');
        for (let at = frame; at < frame + frames; at++) expected[at * 2 + which] = i & 0x7f;
        if (cutBack !== null) {
          const from = Math.max(0, window.end - cutBack);
          window.silence(from);
          expected.fill(SILENCE, from * 2);
        }
        if (isTaken || window.end - window.changedFrom > WINDOW_FRAMES / 2) take();
      });
      take();
      expect(file.equals(expected)).toBe(true);
    }),
    { numRuns: 50 },
  );
});

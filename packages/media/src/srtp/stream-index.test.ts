import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NO_INDEX, REPLAY_WINDOW, StreamIndex } from './stream-index.ts';

function after(...indexes: number[]): StreamIndex {
  const stream = new StreamIndex();
  for (const index of indexes) stream.note(index);
  return stream;
}

test('the first packet counts from its own number, wherever that is', () => {
  expect([new StreamIndex().guess(0), new StreamIndex().guess(65_535)]).toEqual([0, 65_535]);
});

test.each([
  ['the next one', 5, 6, 6],
  ['one that is late', 500, 400, 400],
  ['beyond the last number', 65_535, 0, 65_536],
  ['far beyond it', 65_000, 900, 66_436],
  ['late from before the roll-over', 65_540, 65_530, 65_530],
  ['from before the first that there can be', 3, 65_530, NO_INDEX],
  ['after the last roll-over that there can be', 2 ** 48 - 1, 0, NO_INDEX],
])('%s: highest %d, sequence %d', (_, highest, sequence, index) => {
  expect(after(highest).guess(sequence)).toBe(index);
});

test('each packet once, and none that is older than the window', () => {
  const stream = after(1_000);
  expect([stream.has(1_000), stream.has(999), stream.has(1_001)]).toEqual([true, false, false]);
  stream.note(999);
  expect(stream.has(999)).toBe(true);
  expect(stream.has(1_000 - REPLAY_WINDOW + 1)).toBe(false);
  expect(stream.has(1_000 - REPLAY_WINDOW)).toBe(true);
  stream.note(1_000 + 3 * REPLAY_WINDOW);
  expect(stream.has(1_000)).toBe(true);
  expect(stream.has(1_000 + 3 * REPLAY_WINDOW - 1)).toBe(false);
});

test('a reordered, duplicated, lossy stream of many roll-overs: every packet is known by its number, and taken once', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 65_535 }),
      fc.array(fc.record({ step: fc.integer({ min: 1, max: 9_000 }), back: fc.integer({ min: 0, max: 200 }) }), {
        maxLength: 120,
      }),
      (first, moves) => {
        const stream = after(first);
        const taken = new Set([first]);
        let highest = first;
        for (const { step, back } of moves) {
          const index = Math.max(0, highest + step - (back > 0 ? step + back : 0));
          expect(stream.guess(index % 65_536)).toBe(index);
          const old = index <= highest - REPLAY_WINDOW;
          expect(stream.has(index)).toBe(old || taken.has(index));
          if (stream.has(index)) continue;
          stream.note(index);
          taken.add(index);
          highest = Math.max(highest, index);
        }
      },
    ),
  );
});

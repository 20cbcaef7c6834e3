import { expect, test } from 'vitest';
import { keysOf, milliseconds, pressesOf } from './dtmf-presses.ts';

test('every key is pressed, some twice in a row, at a pace that people and diallers have', () => {
  for (const seed of [1, 2, 3, 4, 5]) {
    const presses = pressesOf(seed, 200);
    const keys = keysOf(presses);
    expect(new Set(keys).size).toBe(16);
    expect([...keys].filter((key, i) => key === keys[i - 1]).length).toBeGreaterThan(20);
    for (const { on, off } of presses) expect([60, 80, 100]).toEqual(expect.arrayContaining([on, off]));
    expect(milliseconds(presses)).toBeGreaterThan(200 * 150);
  }
});

test('a seed is one order of keys', () => {
  expect(pressesOf(3, 50)).toEqual(pressesOf(3, 50));
  expect(keysOf(pressesOf(3, 50))).not.toBe(keysOf(pressesOf(4, 50)));
});

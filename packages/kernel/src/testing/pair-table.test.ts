import { expect, test } from 'vitest';
import { everyPair } from './pair-table.ts';

test('a table has a line for each pair, and no other', () => {
  expect(everyPair(['on', 'off'], ['push'], 'on | push | off\noff | push | on')).toEqual([
    ['on', 'push', 'off'],
    ['off', 'push', 'on'],
  ]);
  expect(() => everyPair(['on', 'off'], ['push'], 'on | push | off')).toThrow('no line: off | push');
  expect(() => everyPair(['on'], ['push', 'pull'], 'on | push | off')).toThrow('no line: on | pull');
  expect(() => everyPair(['on'], ['push'], 'on | push | off\non | push | on')).toThrow('two lines: on | push');
  expect(() => everyPair(['on'], ['push'], 'on | push | off\nof | push | on')).toThrow('no such pair: of | push');
});

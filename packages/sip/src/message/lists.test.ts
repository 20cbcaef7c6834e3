import { expect, test } from 'vitest';
import { LIMITS } from './limits.ts';
import { parseList, splitList } from './lists.ts';
import { readVia } from './via.ts';

test.each([
  ['', []],
  [' , ,', []],
  ['INVITE,ACK , BYE', ['INVITE', 'ACK', 'BYE']],
  ['"a, b", c', ['"a, b"', 'c']],
  ['"a \\", b", c', ['"a \\", b"', 'c']],
  ['<sip:a,b@h>, x', ['<sip:a,b@h>', 'x']],
  ['"open, to the end', ['"open, to the end']],
  ['a\tb', ['a\tb']],
])('%j splits into %j', (text, values) => {
  expect(splitList(text)).toEqual(values);
});

test('a list has an end', () => {
  const vias = (count: number): string => new Array(count).fill('SIP/2.0/UDP h').join();
  expect(parseList(vias(LIMITS.valuesPerHeader), readVia).ok).toBe(true);
  expect(parseList(vias(LIMITS.valuesPerHeader + 1), readVia)).toMatchObject({ error: { code: 'too-many' } });
});

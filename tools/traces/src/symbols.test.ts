import { expect, test } from 'vitest';
import { Symbols } from './symbols.ts';

test('the same value keeps its name; another kind counts for itself', () => {
  const symbols = new Symbols();
  expect(['a', 'b', 'a'].map((value) => symbols.of('tag', value))).toEqual(['{tag-1}', '{tag-2}', '{tag-1}']);
  expect(symbols.of('branch', 'a')).toBe('{branch-1}');
});

test('numbers are counted from the first of their series', () => {
  const symbols = new Symbols();
  expect([8_201, 8_202, 8_201, 8_205].map((value) => symbols.relative('cseq', value))).toEqual([1, 2, 1, 5]);
  expect(symbols.relative('another', 7)).toBe(1);
});

const PLACES = new Map([
  ['127.0.0.6:5060', 'switch'],
  ['127.0.0.61:5060', 'alice'],
  ['127.0.0.62:5060', 'bob'],
  ['127.0.0.1:40001', 'bob'],
  ['127.0.0.1:40002', 'carol'],
  ['[::1]:5060', 'six'],
  ['127.0.0.9:5060', 'standard'],
  ['127.0.0.9:5062', 'other'],
]);

test.each([
  ['sip:bob@127.0.0.62:5060;lr', 'sip:bob@{bob};lr'],
  ['sip:bob@127.0.0.62', 'sip:bob@{bob}'],
  ['<sip:127.0.0.6:5060>', '<sip:{switch}>'],
  ['SIP/2.0/UDP 127.0.0.61;branch=x', 'SIP/2.0/UDP {alice};branch=x'],
  ['received=127.0.0.61', 'received={alice}'],
  ['127.0.0.61:46200', '{alice}:46200'],
  ['127.0.0.62:50601', '{bob}:50601'],
  ['c=IN IP4 127.0.0.61', 'c=IN IP4 {alice}'],
  ['127.0.0.1:40001 127.0.0.1:40002', '{bob} {carol}'],
  ['127.0.0.1', '127.0.0.1'],
  ['127.0.0.611 1127.0.0.61 127.0.0.6.1', '127.0.0.611 1127.0.0.61 127.0.0.6.1'],
  ['sip:x@[::1]:5060', 'sip:x@{six}'],
  ['sip:x@[::1]', 'sip:x@{six}'],
  ['sip:x@[::1]:5070', 'sip:x@[::1]:5070'],
  ['c=IN IP6 ::1', 'c=IN IP6 {six}'],
  ['sip:x@127.0.0.9;lr sip:127.0.0.9 127.0.0.9', 'sip:x@{standard};lr sip:{standard} 127.0.0.9'],
  ['sip:x@127.0.0.9:5062 sip:x@127.0.0.9:5064', 'sip:x@{other} sip:x@127.0.0.9:5064'],
  ['fd00::1 ::12', 'fd00::1 ::12'],
])('places in %s', (text, named) => {
  expect(new Symbols(PLACES).places(text)).toBe(named);
});

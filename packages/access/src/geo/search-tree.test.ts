import { expect, test } from 'vitest';
import { SearchTree } from './search-tree.ts';

test.each([
  [24, 'abcdef fedcba', 0xabcdef, 0xfedcba],
  [28, 'bcdefa 95 876543', 0x9bcdefa, 0x5876543],
  [32, 'fabcdef0 8fedcba9', 0xfabcdef0, 0x8fedcba9],
])('a node of two records of %i bits', (recordSize, hex, left, right) => {
  const octets = Buffer.from(hex.replaceAll(' ', ''), 'hex');
  const tree = new SearchTree(octets, { nodeCount: 1, recordSize, ipVersion: 4 });
  expect([tree.find(0), tree.find(2 ** 31 - 1)]).toEqual([left, left]);
  expect([tree.find(2 ** 31), tree.find(2 ** 32 - 1)]).toEqual([right, right]);
  expect([...tree.records()]).toEqual([left, right]);
  expect([tree.prefixLength(0), tree.prefixLength(2 ** 31)]).toEqual([1, 1]);
});

test('no record is no record', () => {
  const tree = new SearchTree(Buffer.from('000001000007', 'hex'), { nodeCount: 1, recordSize: 24, ipVersion: 4 });
  expect([tree.find(1), tree.find(2 ** 31)]).toEqual([undefined, 7]);
});

test('a record that many networks lead to is met once', () => {
  const tree = new SearchTree(Buffer.from('000009000009', 'hex'), { nodeCount: 1, recordSize: 24, ipVersion: 6 });
  expect([...tree.records()]).toEqual([9]);
});

test.each([4, 6])('a broken tree of IPv%i that leads in circles comes to an end', (ipVersion) => {
  const tree = new SearchTree(Buffer.from('000000000000', 'hex'), { nodeCount: 1, recordSize: 24, ipVersion });
  expect([tree.find(0), tree.find(2 ** 32 - 1), tree.find(1n << 127n)]).toEqual([undefined, undefined, undefined]);
  expect([...tree.records()]).toEqual([]);
  expect(tree.prefixLength(0)).toBe(32);
  expect(tree.prefixLength(1n)).toBe(ipVersion === 6 ? 128 : undefined);
});

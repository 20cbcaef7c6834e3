import { expect, test } from 'vitest';
import { BLOCK_OCTETS, SoundBlocks } from './sound-blocks.ts';

test('what was given back last is used again first, whatever its length was', () => {
  const blocks = new SoundBlocks();
  const [first, second] = [blocks.take(100), blocks.take(8_000)];
  expect(first.buffer).not.toBe(second.buffer);
  blocks.giveBack(first);
  blocks.giveBack(second);
  expect(blocks.take(4_000).buffer).toBe(second.buffer);
  expect(blocks.take(BLOCK_OCTETS).buffer).toBe(first.buffer);
});

test('what is longer than a block, and what is no block, is not kept', () => {
  const blocks = new SoundBlocks();
  const long = blocks.take(BLOCK_OCTETS + 1);
  expect(long.length).toBe(BLOCK_OCTETS + 1);
  blocks.giveBack(long);
  blocks.giveBack(Buffer.from('of a pool'));
  expect(blocks.take(10).buffer.byteLength).toBe(BLOCK_OCTETS);
});

test('a burst leaves no more than 64 behind', () => {
  const blocks = new SoundBlocks();
  const burst = Array.from({ length: 100 }, () => blocks.take(10));
  for (const block of burst) blocks.giveBack(block);
  const before = new Set(burst.map(({ buffer }) => buffer));
  const again = Array.from({ length: 100 }, () => blocks.take(10));
  expect(again.filter(({ buffer }) => before.has(buffer))).toHaveLength(64);
});

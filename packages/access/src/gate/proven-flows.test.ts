import { FakeClock } from '@vats/kernel/testing';
import { expect, test } from 'vitest';
import { ProvenFlows } from './proven-flows.ts';

test('a far end is proven for its time, by address and port', () => {
  const clock = new FakeClock();
  const proven = new ProvenFlows(clock);
  proven.prove('192.0.2.1', 5060, 1_000);
  expect(proven.has('192.0.2.1', 5060)).toBe(true);
  expect(proven.has('192.0.2.1', 5061)).toBe(false);
  expect(proven.has('192.0.2.2', 5060)).toBe(false);
  clock.advance(1_000);
  expect(proven.has('192.0.2.1', 5060)).toBe(false);
  expect(proven.size).toBe(0);
});

test('a shorter proof takes nothing from a longer one', () => {
  const clock = new FakeClock();
  const proven = new ProvenFlows(clock);
  proven.prove('192.0.2.1', 5060, 10_000);
  proven.prove('192.0.2.1', 5060, 1_000);
  clock.advance(9_999);
  expect(proven.has('192.0.2.1', 5060)).toBe(true);
});

test('it holds so many and no more, and those whose time is over go first', () => {
  const clock = new FakeClock();
  const proven = new ProvenFlows(clock);
  for (let i = 0; i < 100_000; i++)
    proven.prove(`10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`, 5060, i < 10 ? 1_000 : 9_000);
  clock.advance(1_000);
  proven.prove('192.0.2.1', 5060, 9_000);
  expect(proven.size).toBe(100_000 - 10 + 1);
  expect(proven.has('10.0.0.10', 5060)).toBe(true);
  for (let i = 0; i < 20; i++) proven.prove(`192.0.3.${i}`, 5060, 9_000);
  expect(proven.size).toBeLessThanOrEqual(100_000);
  expect(proven.has('192.0.3.19', 5060)).toBe(true);
});

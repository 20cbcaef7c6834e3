import { expect, test } from 'vitest';
import { FairShares } from './fair-shares.ts';

/** Rounds of a tenth of a second in which each asks so often; which share each was let in of, in the last. */
function settled(asks: Readonly<Record<string, number>>, share: number, rounds = 60): Record<string, number> {
  const shares = new FairShares(7);
  const last: Record<string, number> = {};
  for (let round = 0; round < rounds; round++) {
    for (const [who, count] of Object.entries(asks)) for (let i = 0; i < count; i++) last[who] = shares.ask(who);
    shares.fits(share);
  }
  return last;
}

test('where all fits everybody has all', () => {
  expect(settled({ anna: 1, trunk: 100 }, 1)).toEqual({ anna: 1, trunk: 1 });
});

test('who asks for little gets all of it, and whoever asks for everything the rest', () => {
  const { anna, boris, flooder } = settled({ anna: 1, boris: 2, flooder: 97 }, 0.5);
  expect([anna, boris]).toEqual([1, 1]);
  expect(flooder).toBeCloseTo(47 / 97, 2);
});

test('those who ask for much share alike', () => {
  const { anna, one, other } = settled({ anna: 10, one: 45, other: 45 }, 0.3);
  expect([anna, one, other].map((share) => Number(share!.toFixed(2)))).toEqual([1, 0.22, 0.22]);
});

test('where not even a little fits, all have the same', () => {
  const asks = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`phone ${i}`, 5]));
  for (const share of Object.values(settled(asks, 0.4))) expect(share).toBeCloseTo(0.4, 1);
});

test('any number of names needs the same memory, and a new one begins with all', () => {
  const shares = new FairShares(7);
  for (let i = 0; i < 100_000; i++) shares.ask(`name ${i}`);
  shares.fits(0.5);
  expect(shares.ask('name 5')).toBeLessThan(0.6);
  shares.shuffle(8, 0.4);
  expect(shares.ask('name 5')).toBe(0.4);
  shares.fits(0.4);
  expect(shares.ask('somebody')).toBeGreaterThan(0.39);
});

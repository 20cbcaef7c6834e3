import { FakeClock } from '@vats/kernel/testing';
import { beforeEach, expect, test } from 'vitest';
import { PinGuesses, type PinTry } from './pin-guesses.ts';

const HOUR_MS = 60 * 60_000;
const stranger = (who: string): PinTry => ({ what: 'd1 conference 700', who, known: false });
const ANNA: PinTry = { what: 'd1 conference 700', who: '201', known: true };

let clock: FakeClock;
let guesses: PinGuesses;

beforeEach(() => {
  clock = new FakeClock();
  guesses = new PinGuesses(clock);
});

const wrong = (tried: PinTry, times: number): void => {
  for (let nth = 0; nth < times; nth++) guesses.wrong(tried);
};

test('who was wrong ten times may not try for an hour after the last', () => {
  wrong(stranger('+74957654321'), 9);
  expect(guesses.allows(stranger('+74957654321'))).toBe(true);
  clock.advance(HOUR_MS - 1);
  wrong(stranger('+74957654321'), 1);
  expect(guesses.allows(stranger('+74957654321'))).toBe(false);
  expect(guesses.allows(stranger('+74957654322'))).toBe(true);
  expect(guesses.allows({ ...stranger('+74957654321'), what: 'd1 conference 701' })).toBe(true);
  clock.advance(HOUR_MS - 1);
  expect(guesses.allows(stranger('+74957654321'))).toBe(false);
  clock.advance(1);
  expect(guesses.allows(stranger('+74957654321'))).toBe(true);
});

test('the right PIN makes good for one’s own wrong ones', () => {
  wrong(ANNA, 9);
  guesses.right(ANNA);
  wrong(ANNA, 9);
  expect(guesses.allows(ANNA)).toBe(true);
});

test('strangers with ever other numbers are counted together, and shut out nobody who was authenticated', () => {
  for (let nth = 0; nth < 100; nth++) {
    clock.advance(30_000);
    guesses.wrong(stranger(`+7495000${nth}`));
    guesses.right(stranger(`+7495000${nth}`));
  }
  expect(guesses.allows(stranger('+74957654321'))).toBe(false);
  expect(guesses.allows(ANNA)).toBe(true);
  // An hour after the first of them.
  clock.advance(HOUR_MS - 99 * 30_000);
  expect(guesses.allows(stranger('+74957654321'))).toBe(true);
});

test('a number that a stranger shows is not the extension of that name', () => {
  wrong(stranger('201'), 10);
  expect(guesses.allows(ANNA)).toBe(true);
});

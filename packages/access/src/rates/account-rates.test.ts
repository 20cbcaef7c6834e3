import { FakeClock } from '@vats/kernel/testing';
import { expect, test } from 'vitest';
import { AccountRates } from './account-rates.ts';

test('each account is tried so often, whoever tries', () => {
  const clock = new FakeClock();
  const rates = new AccountRates({ clock, perAccount: 1, burst: 2 });
  expect([rates.take('anna'), rates.take('anna'), rates.take('anna')]).toEqual([true, true, false]);
  expect(rates.take('boris')).toBe(true);
  clock.advance(1000);
  expect([rates.take('anna'), rates.take('anna')]).toEqual([true, false]);
  clock.advance(2000);
  rates.sweep();
  expect(rates.size).toBe(0);
});

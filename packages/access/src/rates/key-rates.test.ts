import { FakeClock } from '@vats/kernel/testing';
import { expect, test } from 'vitest';
import { KeyRates } from './key-rates.ts';

test('each key is used so often', () => {
  const clock = new FakeClock();
  const rates = new KeyRates({ clock, perKey: 1, burst: 2 });
  expect([rates.take('anna'), rates.take('anna'), rates.take('anna')]).toEqual([true, true, false]);
  expect(rates.take('boris')).toBe(true);
  clock.advance(1000);
  expect([rates.take('anna'), rates.take('anna')]).toEqual([true, false]);
  clock.advance(2000);
  rates.sweep();
  expect(rates.size).toBe(0);
});

test('another rate holds for keys that are not in use', () => {
  const clock = new FakeClock();
  const rates = new KeyRates({ clock, perKey: 1, burst: 1 });
  rates.take('anna');
  rates.use({ perKey: 1, burst: 2 });
  expect([rates.take('anna'), rates.take('boris'), rates.take('boris'), rates.take('boris')]).toEqual([
    ...[false, true, true, false],
  ]);
});

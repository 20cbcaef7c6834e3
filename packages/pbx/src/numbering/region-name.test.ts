import { expect, test } from 'vitest';
import { isInRegion } from './number-place.ts';
import { regionKey } from './region-name.ts';

test.each([
  ['г. Москва', 'москва'],
  ['г.Москва', 'МОСКВА'],
  ['Город Москва', ' москва '],
  ['Тверская обл.', 'тверская область'],
  ['Республика Татарстан', 'Татарстан'],
  ['Орёл', 'орел'],
  ['Ханты - Мансийский - Югра АО', 'ханты-мансийский-югра автономный округ'],
  ['Республика Саха /Якутия/', 'Саха (Якутия)'],
])('%s and %s are one name', (one, other) => {
  expect(regionKey(one)).toBe(regionKey(other));
});

test.each([
  ['Москва', 'Московская область'],
  ['Тверь', 'Тверская область'],
  ['Краснодар', 'Краснодарский край'],
])('%s and %s are two', (one, other) => {
  expect(regionKey(one)).not.toBe(regionKey(other));
});

test('a place is in each region that its text names, and in no other', () => {
  const place = (region: string, territory?: string) => ({ region, operator: '', ...(territory && { territory }) });
  const tver = place('г.о. Тверь|Тверская обл.');
  for (const name of ['Тверь', 'тверская область', 'Тверская обл.', 'г.о. Тверь|Тверская обл.']) {
    expect(isInRegion(tver, name), name).toBe(true);
  }
  expect(isInRegion(tver, 'Тверская')).toBe(false);
  const moscow = place('г. Москва и Московская область');
  expect(isInRegion(moscow, 'Москва')).toBe(true);
  expect(isInRegion(moscow, 'Московская область')).toBe(true);
  expect(isInRegion(moscow, 'Тверская область')).toBe(false);
  expect(isInRegion(place('Кемеровская область - Кузбасс обл.'), 'Кемеровская область')).toBe(true);
  expect(isInRegion(place('Moscow region zone', 'Город Москва'), 'Москва')).toBe(true);
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findRegion, readRegionPart } from './region.ts';

test.each([
  ['+7495*', '+74951234567', true],
  ['+7495*', '+74991234567', false],
  ['+79160000000-+79161999999', '+79160000000', true],
  ['+79160000000-+79161999999', '+79161999999', true],
  ['+79160000000 - +79161999999', '+79162000000', false],
  // A longer number is another one, though its text lies between.
  ['+79160000000-+79161999999', '+791600000001', false],
])('%s holds %s: %s', (part, number, holds) => {
  expect(readRegionPart(part)?.(number)).toBe(holds);
});

test.each([
  '',
  '+7(',
  '+79161999999-+79160000000',
  '+7916-+791600000000',
  '+79160000000-+791619999990',
  '1-+79160000000',
])('%j is no part of a region', (part) => {
  expect(readRegionPart(part)).toBeUndefined();
});

test('a range holds exactly the numbers from one end to the other', () => {
  const number = fc.integer({ min: 79_000_000_000, max: 79_999_999_999 });
  fc.assert(
    fc.property(number, number, number, (a, b, asked) => {
      const [from, to] = [Math.min(a, b), Math.max(a, b)];
      expect(readRegionPart(`+${from}-+${to}`)?.(`+${asked}`)).toBe(from <= asked && asked <= to);
    }),
  );
});

test('a region is found whatever the case of its name', () => {
  expect(findRegion({ 'Санкт-Петербург': ['+7812*'] }, 'санкт-петербург')).toEqual(['+7812*']);
  expect(findRegion({ Moscow: ['+7495*'] }, 'Tver')).toBeUndefined();
  expect(findRegion(undefined, 'Tver')).toBeUndefined();
});

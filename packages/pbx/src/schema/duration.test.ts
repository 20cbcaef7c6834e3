import fc from 'fast-check';
import { expect, test } from 'vitest';
import { duration, formatDuration, parseDuration } from './duration.ts';

test.each([
  ['250ms', 250],
  ['20s', 20_000],
  ['10m', 600_000],
  ['1h', 3_600_000],
  ['1h30m', 5_400_000],
  ['365d', 31_536_000_000],
  ['1m500ms', 60_500],
  ['0s', 0],
])('%s is %i ms', (text, milliseconds) => {
  expect(parseDuration(text)).toBe(milliseconds);
});

test.each(['', '5', '5 s', 's', '1.5h', '-1s', '5S', '1s1m', '1s1s', '1h30', '20sec', '٥s', '99999999d', '4000d'])(
  '%j is no duration',
  (text) => {
    expect(parseDuration(text)).toBeUndefined();
  },
);

test('whatever is formatted reads back the same', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 3_650 * 86_400_000 }), (milliseconds) => {
      expect(parseDuration(formatDuration(milliseconds))).toBe(milliseconds);
    }),
  );
});

test('the bounds of a setting are themselves allowed, one millisecond outside is not', () => {
  const schema = duration('1s', '1m');
  expect(schema.decode('1s')).toBe(1_000);
  expect(schema.decode('1m')).toBe(60_000);
  expect(schema.safeDecode('999ms').success).toBe(false);
  expect(schema.safeDecode('1m1ms').success).toBe(false);
});

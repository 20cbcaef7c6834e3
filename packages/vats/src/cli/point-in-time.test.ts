import { expect, test } from 'vitest';
import { pointInTime } from './point-in-time.ts';

const NOW = Date.UTC(2026, 10, 27, 12);

test('a date is the day of whoever asks, from its beginning to its end', () => {
  expect(pointInTime('2026-11-20', NOW, 'begin')).toBe(new Date(2026, 10, 20).getTime());
  expect(pointInTime('2026-12-31', NOW, 'end')).toBe(new Date(2027, 0, 1).getTime());
});

test.each([
  ['2d', NOW - 2 * 86_400_000],
  ['1h30m', NOW - 5_400_000],
  ['2026-11-20T09:30:00Z', Date.UTC(2026, 10, 20, 9, 30)],
  ['2026-11-20 09:30:00+03:00', Date.UTC(2026, 10, 20, 6, 30)],
  ['2026-11-20T09:30', new Date(2026, 10, 20, 9, 30).getTime()],
])('%s', (text, at) => {
  expect(pointInTime(text, NOW, 'end')).toBe(at);
});

test.each(['', 'yesterday', '2026-02-30', '2026-13-01', '2026-11-20T25:00', '20.11.2026', '2026-11-20x', '5', '٢d'])(
  '%j is no point in time',
  (text) => {
    expect(pointInTime(text, NOW, 'begin')).toBeUndefined();
  },
);

import { expect, test } from 'vitest';
import { modelOf, onlyDomain } from '../testing/model-of.ts';
import { calendarEnd } from './calendar-end.ts';

const endOf = (more: string, now: number) => calendarEnd(onlyDomain(modelOf(`domain: acme.example\n${more}`)), now);
const NOON = Date.UTC(2026, 10, 27, 12);

test.each([
  ['calendar: { "2026-01-01": off, "2025-01-01": off }', NOON, { until: 2026, daysLeft: 34, isUsed: false }],
  ['calendar: { "2025-12-31": off }', NOON, { until: 2025, daysLeft: -331, isUsed: false }],
  // The year ends where the company is.
  ['calendar: { "2026-01-01": off }', Date.UTC(2026, 11, 31, 20), { until: 2026, daysLeft: 0, isUsed: false }],
  ['calendar: { "2026-01-01": off }', Date.UTC(2026, 11, 31, 22), { until: 2026, daysLeft: -1, isUsed: false }],
  ['', NOON, { isUsed: false }],
  ['hours: { mon-fri: "09:00-18:00", holidays: closed }', NOON, { isUsed: true }],
  [
    'schemes: [{ name: main, hours: { short: "09:00-17:00" }, open: [{ hangup: busy }], closed: [{ hangup: busy }] }]',
    NOON,
    { isUsed: true },
  ],
])('%s', (more, now, end) => {
  expect(endOf(more, now)).toEqual(end);
});

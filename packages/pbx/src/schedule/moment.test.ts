import fc from 'fast-check';
import { expect, test } from 'vitest';
import { localDate, momentText, readMoment } from './moment.ts';

function utc(text: string, timezone = 'Europe/Moscow'): string {
  const read = readMoment(text, timezone);
  return read.ok ? new Date(read.at).toISOString() : read.message;
}

test.each([
  ['2026-12-31 13:00', '2026-12-31T10:00:00.000Z'],
  ['2026-12-31T13:00', '2026-12-31T10:00:00.000Z'],
  ['2026-12-31 13:00:05', '2026-12-31T10:00:05.000Z'],
  [' 2026-12-31 13:00 ', '2026-12-31T10:00:00.000Z'],
  ['2026-12-31T13:00:00Z', '2026-12-31T13:00:00.000Z'],
  ['2026-12-31t13:00z', '2026-12-31T13:00:00.000Z'],
  ['2026-12-31T13:00:00.25+05:30', '2026-12-31T07:30:00.250Z'],
  ['2026-12-31 13:00 -0800', '2026-12-31T21:00:00.000Z'],
  ['2026-12-31T13:00+07', '2026-12-31T06:00:00.000Z'],
])('%j in Moscow is %s', (text, moment) => {
  expect(utc(text)).toBe(moment);
});

test.each([
  ['', '"" is not a date and time'],
  ['13:00', '"13:00" is not a date and time'],
  ['2026-12-31', '"2026-12-31" is not a date and time'],
  ['2026-12-31 24:00', '"2026-12-31 24:00" is not a date and time'],
  ['2026-12-31 13:60', '"2026-12-31 13:60" is not a date and time'],
  ['2026-12-31 13:00+25:00', '"2026-12-31 13:00+25:00" is not a date and time'],
  ['31.12.2026 13:00', '"31.12.2026 13:00" is not a date and time'],
  ['2026-02-29 13:00', 'there is no day 2026-02-29'],
  ['2026-13-01 13:00', 'there is no day 2026-13-01'],
  ['٢٠٢٦-12-31 13:00', '"٢٠٢٦-12-31 13:00" is not a date and time'],
])('%j is refused: %s', (text, message) => {
  const read = readMoment(text, 'Europe/Moscow');
  expect(read).toMatchObject({ ok: false, message, remedy: expect.stringContaining('write a local date and time') });
});

test('a time that comes twice is the first, one that is skipped is as long after the jump', () => {
  expect(utc('2027-10-31 02:30', 'Europe/Berlin')).toBe('2027-10-31T00:30:00.000Z');
  expect(utc('2027-10-31 03:00', 'Europe/Berlin')).toBe('2027-10-31T02:00:00.000Z');
  expect(utc('2027-03-28 02:30', 'Europe/Berlin')).toBe('2027-03-28T01:30:00.000Z');
  expect(utc('2027-03-28 03:00', 'Europe/Berlin')).toBe('2027-03-28T01:00:00.000Z');
  expect(utc('2026-09-06 00:30', 'America/Santiago')).toBe('2026-09-06T04:30:00.000Z');
  expect(utc('2026-04-04 23:30', 'America/Santiago')).toBe('2026-04-05T02:30:00.000Z');
});

test('a moment is shown as the clocks of its zone show it', () => {
  const at = Date.UTC(2026, 11, 31, 23, 59, 59);
  expect(momentText(at, 'Europe/Moscow')).toBe('fri 2027-01-01 02:59');
  expect(momentText(at, 'America/New_York')).toBe('thu 2026-12-31 18:59');
  expect(localDate(at, 'Asia/Kolkata')).toBe('2027-01-01');
});

test('what is shown is read back, but for the second of two equal times', () => {
  const zones = fc.constantFrom(
    'Europe/Moscow',
    'Europe/Berlin',
    'America/Santiago',
    'Asia/Beirut',
    'Australia/Lord_Howe',
  );
  const minutes = fc.integer({ min: Date.UTC(2020, 0, 1) / 60_000, max: Date.UTC(2030, 0, 1) / 60_000 });
  fc.assert(
    fc.property(minutes, zones, (minute, timezone) => {
      const shown = momentText(minute * 60_000, timezone);
      const read = readMoment(shown.slice(4), timezone);
      if (!read.ok) throw new Error(read.message);
      expect(read.at).toBeLessThanOrEqual(minute * 60_000);
      expect(momentText(read.at, timezone)).toBe(shown);
    }),
    { numRuns: 2_000 },
  );
});

test('no text makes it throw', () => {
  fc.assert(fc.property(fc.string(), (text) => void readMoment(text, 'Europe/Moscow')));
});

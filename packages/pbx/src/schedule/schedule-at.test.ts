import { describe, expect, test } from 'vitest';
import type { Calendar } from '../schema/calendar.ts';
import { type Hours, hours } from '../schema/hours.ts';
import { momentText, readMoment } from './moment.ts';
import { type Schedule, scheduleAt } from './schedule-at.ts';

function at(text: string, timezone: string): number {
  const read = readMoment(text, timezone);
  if (!read.ok) throw new Error(read.message);
  return read.at;
}

/** Asks at a local time or one with an offset; `until` comes back as the zone's clocks show it. */
function asking(written: object, timezone = 'Europe/Moscow', calendar: Calendar = {}) {
  const read: Hours = hours.parse(written);
  const ask = (text: string): Schedule => scheduleAt(read, { timezone, calendar }, at(text, timezone));
  const isOpen = (text: string): boolean => ask(text).open;
  const until = (text: string): string | undefined => {
    const moment = ask(text).until;
    return moment === undefined ? undefined : momentText(moment, timezone);
  };
  return { ask, isOpen, until };
}

const OFFICE = {
  'mon-fri': '09:00-18:00',
  except: { '2026-12-31': '09:00-14:00', '2027-01-01': 'closed' },
};

describe('days of the week and exceptions', () => {
  test.each([
    ['2026-12-30 08:59', false, 'wed 2026-12-30 09:00', 'mon-fri says 09:00-18:00'],
    ['2026-12-30 09:00', true, 'wed 2026-12-30 18:00', 'mon-fri says 09:00-18:00'],
    ['2026-12-30 17:59:59.999', true, 'wed 2026-12-30 18:00', 'mon-fri says 09:00-18:00'],
    ['2026-12-30 18:00', false, 'thu 2026-12-31 09:00', 'mon-fri says 09:00-18:00'],
    ['2026-12-31 13:00', true, 'thu 2026-12-31 14:00', 'except says 09:00-14:00 on 2026-12-31'],
    ['2026-12-31 15:00', false, 'mon 2027-01-04 09:00', 'except says 09:00-14:00 on 2026-12-31'],
    ['2027-01-01 10:00', false, 'mon 2027-01-04 09:00', 'except says closed on 2027-01-01'],
    ['2027-01-02 10:00', false, 'mon 2027-01-04 09:00', 'no key of hours names sat'],
  ])('the office at %s: %s until %s, because %s', (text, open, until, because) => {
    const office = asking(OFFICE);
    expect(office.ask(text)).toMatchObject({ open, because: expect.stringContaining(because) });
    expect(office.until(text)).toBe(until);
  });

  test('the reason says what the clocks show, so that a wrong zone is seen', () => {
    expect(asking(OFFICE, 'Asia/Kolkata').ask('2026-12-30T12:00Z').because).toBe(
      'it is wed 2026-12-30 17:30, and mon-fri says 09:00-18:00',
    );
  });

  test('several ranges a day, in any order; such as touch are one to a caller', () => {
    const shop = asking({ mon: ['14:00-18:00', '09:00-13:00'], tue: ['09:00-13:00', '13:00-18:00'] });
    expect(shop.until('2026-12-28 10:00')).toBe('mon 2026-12-28 13:00');
    expect(shop.until('2026-12-28 13:30')).toBe('mon 2026-12-28 14:00');
    expect(shop.until('2026-12-29 10:00')).toBe('tue 2026-12-29 18:00');
  });

  test('whole days are open without a gap at midnight', () => {
    const always = asking({ 'mon-sun': '00:00-24:00', except: { '2027-01-01': 'closed' } });
    expect(always.until('2026-12-28 10:00')).toBe('fri 2027-01-01 00:00');
    expect(always.until('2027-01-01 00:00')).toBe('sat 2027-01-02 00:00');
    expect(always.ask('2027-01-02 00:00')).not.toHaveProperty('until');
  });

  test('what follows later is not told, and the answer does not depend on what was asked before', () => {
    const written = { 'mon-fri': 'closed', except: { '2027-01-31': '10:00-11:00' } } as const;
    const rare = asking(written);
    expect(rare.until('2027-01-15 09:59')).toBeUndefined();
    expect(rare.until('2027-01-15 10:00')).toBe('sun 2027-01-31 10:00');
    expect(rare.until('2027-01-15 09:59')).toBeUndefined();
    expect(rare.until('2027-01-31 10:30')).toBe('sun 2027-01-31 11:00');
    expect(rare.until('2027-01-31 11:00')).toBeUndefined();
    expect(asking(written).until('2027-01-15 10:00')).toBe('sun 2027-01-31 10:00');
  });
});

describe('across midnight', () => {
  const night = asking({ 'mon-thu': '22:00-06:00', fri: '22:00-00:00', except: { '2026-12-30': 'closed' } });

  test('a range belongs to the day on which it begins, whatever holds on the next', () => {
    expect(night.ask('2026-12-30 05:59')).toMatchObject({
      open: true,
      because: 'it is wed 2026-12-30 05:59, and mon-thu says 22:00-06:00 since tue 2026-12-29',
    });
    expect(night.until('2026-12-29 23:00')).toBe('wed 2026-12-30 06:00');
    expect(night.until('2026-12-30 06:00')).toBe('thu 2026-12-31 22:00');
    expect(night.isOpen('2026-12-31 03:00')).toBe(false);
  });

  test('one that ends at midnight does not go on, and one of Sunday goes on into Monday', () => {
    expect(night.until('2027-01-01 22:30')).toBe('sat 2027-01-02 00:00');
    expect(asking({ sun: '22:00-06:00' }).until('2026-12-27 22:00')).toBe('mon 2026-12-28 06:00');
  });
});

describe('the calendar', () => {
  // 2027-02-20 is a Saturday, 2027-02-22 a Monday, 2027-03-05 a Friday, 2027-04-03 a Saturday.
  const calendar: Calendar = {
    '2027-02-20': 'work',
    '2027-02-22': 'off',
    '2027-03-05': 'short',
    '2027-04-03': 'short',
    '2027-04-08': 'work',
    '2027-04-09': 'off',
  };
  const said = (written: object, text: string) => asking(written, 'Europe/Moscow', calendar).ask(text).because;
  const until = (written: object, text: string) => asking(written, 'Europe/Moscow', calendar).until(text);

  test('a day off is closed, unless holidays says otherwise', () => {
    expect(until({ 'mon-fri': '09:00-18:00' }, '2027-02-21 12:00')).toBe('tue 2027-02-23 09:00');
    expect(said({ 'mon-fri': '09:00-18:00' }, '2027-02-22 12:00')).toContain(
      'the calendar says off on 2027-02-22: closed, for hours has no holidays',
    );
    expect(until({ 'mon-fri': '09:00-18:00', holidays: '10:00-15:00' }, '2027-02-22 12:00')).toBe(
      'mon 2027-02-22 15:00',
    );
  });

  test('a moved working day has the hours of the last of Monday to Friday that has some, unless work says otherwise', () => {
    expect(until({ 'mon-thu': '09:00-18:00', fri: '09:00-17:00' }, '2027-02-20 12:00')).toBe('sat 2027-02-20 17:00');
    expect(until({ 'mon-thu': '09:00-18:00', fri: 'closed' }, '2027-02-20 12:00')).toBe('sat 2027-02-20 18:00');
    expect(until({ 'mon-fri': '09:00-18:00', sat: '10:00-13:00' }, '2027-02-20 12:00')).toBe('sat 2027-02-20 18:00');
    expect(until({ 'mon-fri': '09:00-18:00', work: '10:00-14:00' }, '2027-02-20 12:00')).toBe('sat 2027-02-20 14:00');
    expect(until({ sat: '10:00-13:00' }, '2027-02-20 12:00')).toBe('sat 2027-02-20 13:00');
    expect(said({ 'mon-fri': '09:00-18:00', work: 'closed' }, '2027-02-20 12:00')).toContain(
      'the calendar says work on 2027-02-20: work says closed',
    );
    // A Thursday keeps its own.
    expect(until({ wed: '09:00-18:00', thu: '09:00-16:00' }, '2027-04-08 12:00')).toBe('thu 2027-04-08 16:00');
  });

  test('a shortened day ends an hour earlier, unless short says otherwise', () => {
    expect(until({ 'mon-fri': '09:00-18:00' }, '2027-03-05 12:00')).toBe('fri 2027-03-05 17:00');
    expect(said({ 'mon-fri': '09:00-18:00' }, '2027-03-05 17:30')).toContain(
      'the calendar says short on 2027-03-05: mon-fri says 09:00-18:00, an hour less is 09:00-17:00',
    );
    expect(until({ fri: ['14:00-18:00', '09:00-13:00'] }, '2027-03-05 15:00')).toBe('fri 2027-03-05 17:00');
    expect(until({ fri: ['09:00-17:00', '17:30-18:00'] }, '2027-03-05 15:00')).toBe('fri 2027-03-05 17:00');
    expect(until({ fri: '22:00-06:00' }, '2027-03-05 23:00')).toBe('sat 2027-03-06 05:00');
    expect(until({ fri: '22:00-00:30' }, '2027-03-05 23:00')).toBe('fri 2027-03-05 23:30');
    expect(until({ fri: '09:00-18:00', short: '09:00-15:00' }, '2027-03-05 12:00')).toBe('fri 2027-03-05 15:00');
    // Who does not work on Fridays does not work on a shortened one.
    expect(asking({ mon: '09:00-18:00', short: '09:00-15:00' }, 'UTC', calendar).isOpen('2027-03-05 12:00')).toBe(
      false,
    );
    // A shortened Saturday is a moved working day.
    expect(until({ 'mon-fri': '09:00-18:00' }, '2027-04-03 12:00')).toBe('sat 2027-04-03 17:00');
  });

  test('an exception goes before the calendar', () => {
    const written = { 'mon-fri': '09:00-18:00', except: { '2027-02-22': '10:00-12:00' } };
    expect(until(written, '2027-02-22 11:00')).toBe('mon 2027-02-22 12:00');
  });
});

describe('when clocks change', () => {
  test('Europe/Berlin: what begins in the hour that is skipped begins with the jump', () => {
    const early = asking({ sun: '02:30-05:00' }, 'Europe/Berlin');
    expect(early.ask('2027-03-28T00:59:59Z')).toMatchObject({ open: false, until: Date.UTC(2027, 2, 28, 1) });
    expect(early.ask('2027-03-28T01:00:00Z')).toMatchObject({ open: true, until: Date.UTC(2027, 2, 28, 3) });
    // What lies in it altogether does not come.
    expect(asking({ sun: '02:15-02:45' }, 'Europe/Berlin').until('2027-03-28T00:00Z')).toBe('sun 2027-04-04 02:15');
    expect(asking({ sun: '01:00-02:30' }, 'Europe/Berlin').until('2027-03-28T00:30Z')).toBe('sun 2027-03-28 03:00');
  });

  test('Europe/Berlin: in the hour that comes twice a range holds both times', () => {
    const early = asking({ sun: '02:00-03:00' }, 'Europe/Berlin');
    expect(early.ask('2027-10-31T00:00Z')).toMatchObject({ open: true, until: Date.UTC(2027, 9, 31, 2) });
    const half = asking({ sun: '01:00-02:30' }, 'Europe/Berlin');
    expect(half.ask('2027-10-31T00:00Z')).toMatchObject({ open: true, until: Date.UTC(2027, 9, 31, 0, 30) });
    expect(half.ask('2027-10-31T00:30Z')).toMatchObject({ open: false, until: Date.UTC(2027, 9, 31, 1) });
    expect(half.ask('2027-10-31T01:00Z')).toMatchObject({ open: true, until: Date.UTC(2027, 9, 31, 1, 30) });
  });

  test('America/New_York: working hours stay at nine by the wall on both sides of a change', () => {
    const office = asking({ 'mon-fri': '09:00-17:00' }, 'America/New_York');
    expect(office.ask('2027-03-12T22:00Z').until).toBe(Date.UTC(2027, 2, 15, 13));
    expect(office.ask('2027-11-05T21:00Z').until).toBe(Date.UTC(2027, 10, 8, 14));
    expect(asking({ sat: '22:00-06:00' }, 'America/New_York').ask('2027-03-14T04:00Z').until).toBe(
      Date.UTC(2027, 2, 14, 10),
    );
  });

  test('Asia/Kolkata: half an hour is part of the offset', () => {
    expect(asking({ mon: '09:00-18:00' }, 'Asia/Kolkata').ask('2027-01-04T03:29Z').until).toBe(
      Date.UTC(2027, 0, 4, 3, 30),
    );
  });

  test('Europe/Moscow: the change of 2014 is known, and there is none any more', () => {
    const office = asking({ 'mon-sun': '09:00-18:00' });
    expect(office.ask('2014-10-25T15:00Z').until).toBe(Date.UTC(2014, 9, 26, 6));
    expect(office.ask('2027-03-27T16:00Z').until).toBe(Date.UTC(2027, 2, 28, 6));
  });

  test('America/Santiago: the midnight that is skipped, and the hour before midnight that comes twice', () => {
    // In 2026 clocks go from Saturday 24:00 to Sunday 01:00 on 6 September, and from Saturday 24:00 to 23:00 on 5 April.
    const sunday = asking({ sun: '00:00-24:00' }, 'America/Santiago');
    expect(sunday.ask('2026-09-06T03:59Z')).toMatchObject({ open: false, until: Date.UTC(2026, 8, 6, 4) });
    expect(sunday.ask('2026-09-06T04:00Z')).toMatchObject({ open: true, until: Date.UTC(2026, 8, 7, 3) });
    const past = asking({ sat: '22:00-00:30' }, 'America/Santiago');
    expect(past.ask('2026-09-06T03:00Z')).toMatchObject({ open: true, until: Date.UTC(2026, 8, 6, 4) });
    const late = asking({ sat: '23:00-24:00' }, 'America/Santiago');
    expect(late.ask('2026-04-05T02:00Z')).toMatchObject({ open: true, until: Date.UTC(2026, 3, 5, 4) });
  });

  test('Asia/Beirut: a day that begins at one', () => {
    const office = asking({ 'mon-sun': '00:00-08:00' }, 'Asia/Beirut');
    expect(office.ask('2027-03-27T21:59Z')).toMatchObject({ open: false, until: Date.UTC(2027, 2, 27, 22) });
    expect(office.ask('2027-03-27T22:00Z')).toMatchObject({ open: true, until: Date.UTC(2027, 2, 28, 5) });
  });
});

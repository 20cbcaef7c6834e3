import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { clock, data, running, serve, useSwitch, vats } from './testing/served-switch.ts';

const SCHEMES = `
domain: acme.example
schemes:
  - name: main
    hours: { mon-fri: "09:00-18:00", except: { "2026-12-31": "09:00-14:00", "2027-01-01": closed } }
    open: [{ hangup: normal }]
    closed: [{ hangup: busy }]
  - { name: always, open: [{ hangup: normal }] }
`;
/** The year 2027 with a moved Saturday (20 February) and a day off in its place (22 February). */
const YEAR_2027: Readonly<Record<number, string>> = {
  1: '1,2,3,4,5,6,7,8,9,10,16,17,23,24,30,31',
  2: '6,7,13,14,21,22+,23,27,28',
  3: '5*,6,7,8,13,14,20,21,27,28',
  4: '3,4,10,11,17,18,24,25',
  5: '1,2,3,8,9,10,15,16,22,23,29,30',
  6: '5,6,11*,12,13,14,19,20,26,27',
  7: '3,4,10,11,17,18,24,25,31',
  8: '1,7,8,14,15,21,22,28,29',
  9: '4,5,11,12,18,19,25,26',
  10: '2,3,9,10,16,17,23,24,30,31',
  11: '3*,4,5+,6,7,13,14,20,21,27,28',
  12: '4,5,11,12,18,19,25,26,31+',
};

useSwitch();
beforeEach(async () => {
  await serve();
  clock.stepWall(Date.UTC(2026, 10, 27, 9) - clock.now());
  await apply(SCHEMES);
});

async function apply(text: string): Promise<void> {
  const change = await running.model.applyFile({ path: '/acme.yaml', name: 'acme.yaml', text });
  if (!change.ok) throw new Error(JSON.stringify(change.problems));
}

function calendarFile(year: number, months = YEAR_2027): string {
  const path = join(data, `${year}.json`);
  const listed = Object.entries(months).map(([month, days]) => ({ month: Number(month), days }));
  writeFileSync(path, JSON.stringify({ year, months: listed }));
  return path;
}

test('explain hours says whether a scheme is open, why and until when, by the clocks of the domain', async () => {
  expect((await vats('explain', 'hours', 'main')).out).toBe(
    [
      'main is open at fri 2026-11-27 12:00 (Europe/Moscow)',
      'because  it is fri 2026-11-27 12:00, and mon-fri says 09:00-18:00',
      'until    fri 2026-11-27 18:00\n',
    ].join('\n'),
  );
  expect((await vats('explain', 'hours', 'main', '--at', '2026-12-31 13:00')).out).toContain(
    'except says 09:00-14:00 on 2026-12-31\nuntil    thu 2026-12-31 14:00\n',
  );
  const abroad = await vats('explain', 'hours', 'main', '--at', '2027-01-01T10:00:00+07:00', '--json');
  expect(JSON.parse(abroad.out)).toMatchObject({
    open: false,
    at: Date.UTC(2027, 0, 1, 3),
    until: Date.UTC(2027, 0, 4, 6),
    because: 'it is fri 2027-01-01 06:00, and except says closed on 2027-01-01',
  });
  expect((await vats('explain', 'hours', 'always')).out).toMatch(/^always is open .*\nbecause {2}it has no hours/);
});

test.each([
  [['explain', 'hours', 'main', '--at', 'tomorrow'], 2, /"tomorrow" is not a date and time: write a local date/],
  [['explain', 'hours', 'main', '--at', '2027-02-30 10:00'], 2, /there is no day 2027-02-30/],
  [['explain', 'hours', 'mian'], 1, /^vats: there is no scheme mian in acme\.example: main, always\n$/],
  [
    ['explain', 'hours', 'main', '--domain', 'x.example'],
    1,
    /there is no domain x\.example: name one of acme\.example/,
  ],
  [['calendar', 'show', '--year', 'next'], 2, /give a year such as 2027/],
  [['calendar', 'import', '/nowhere.json'], 3, /no such file/],
  [['calendar', 'import', import.meta.filename], 3, /error: this is neither JSON nor CSV/],
])('%j ends with %d', async (argv, code, message) => {
  const said = await vats(...argv);
  expect(said.err).toMatch(message);
  expect(said).toMatchObject({ code, out: '' });
});

test('calendar import takes a year over, says what changed, keeps other years, and hours go by it', async () => {
  await apply(`${SCHEMES}calendar: { "2026-12-30": off, "2027-07-07": off }\n`);
  const { code, out } = await vats('calendar', 'import', calendarFile(2027));
  expect(code).toBe(0);
  expect(out).toContain('+ 2027-02-20 sat work\n+ 2027-02-22 mon off\n');
  expect(out).toContain('- 2027-07-07 wed off\n');
  expect(out).not.toContain('2026-12-30');
  expect(out).toContain('the calendar of acme.example for 2027: 25 days changed\n');
  expect(out).toContain('warning: a PBX file has a calendar too');
  expect((await vats('calendar', 'show', '--year', '2026')).out).toBe('DATE        DAY  IS\n2026-12-30  wed  off\n');
  expect((await vats('explain', 'hours', 'main', '--at', '2027-02-20 17:00')).out).toContain(
    'the calendar says work on 2027-02-20: mon-fri says 09:00-18:00',
  );
  const again = await vats('calendar', 'import', calendarFile(2027));
  expect(again).toEqual({ code: 0, out: 'the calendar of acme.example for 2027 is so already\n', err: '' });
  // What was imported leaves with the export, and the company's file leaves it alone.
  expect((await vats('export')).out).toContain('  2027-02-20: work\n');
  await apply(SCHEMES);
  expect((await vats('calendar', 'show', '--year', '2027')).out).toContain('2027-03-05  fri  short\n');
});

test('a calendar that is wrong changes nothing', async () => {
  const file = calendarFile(2027, { ...YEAR_2027, 2: '6,7,13,14,21,22+,23,27,28,29' });
  const { code, err } = await vats('calendar', 'import', file);
  expect(code).toBe(3);
  expect(err).toMatch(/2027\.json:1:\d+: error: months\[1\]\.days: there is no day 2027-02-29; leave it out\n$/);
  expect((await vats('calendar', 'show')).out).toBe('the calendar of acme.example has no days\n');
});

test('of a file with many years those to come are taken, or the one that is named', async () => {
  const path = join(data, 'years.csv');
  const line = (year: number): string =>
    `${year},${Object.values(YEAR_2027)
      .map((days) => `"${days}"`)
      .join(',')},247\n`;
  // 1999, 2010 and 2100 begin on the same day of the week as 2027 does, and are as long.
  writeFileSync(path, `"Год/Месяц",Январь\n${line(1999)}${line(2010)}${line(2100)}`);
  expect((await vats('calendar', 'import', path)).out).toContain('for 2100: ');
  expect((await vats('calendar', 'import', path, '--year', '2010')).out).toContain('+ 2010-02-20 sat work\n');
  expect((await vats('calendar', 'import', path, '--year', '2011')).err).toContain(
    'it has no year 2011, but 1999 to 2100',
  );
  writeFileSync(path, `${line(1999)}${line(2010)}`);
  expect(await vats('calendar', 'import', path)).toMatchObject({
    code: 3,
    err: expect.stringContaining('it has the years 1999 to 2010, which are past: name one with --year'),
  });
});

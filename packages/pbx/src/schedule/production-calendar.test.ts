import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatProblem } from '../problems/problem.ts';
import { type ProductionCalendar, readProductionCalendar } from './production-calendar.ts';

/** A year that begins on a Friday, by month: 20 February is worked for 22 February. */
const DAYS = [
  '1,2,3,4,5,6,7,8,9,10,16,17,23,24,30,31',
  '6,7,13,14,21,22+,23,27,28',
  '5*,6,7,8,13,14,20,21,27,28',
  '3*,4,10,11,17,18,24,25',
  '1,2,3,8,9,10,15,16,22,23,29,30',
  '5,6,11*,12,13,14,19,20,26,27',
  '3,4,10+,11,17,18,24,25,31',
  '1,7,8,14,15,21,22,28,29',
  '4,5,11,12,18,19,25,26',
  '2,3,9,10,16,17,23,24,30,31',
  '4,6,7,13,14,20,21,27,28',
  '4,5,11,12,18,19,25,26,31',
];

const monthsOf = (days: readonly string[]) => days.map((text, index) => ({ month: index + 1, days: text }));
const json = (year: number, days = DAYS): string =>
  JSON.stringify({ year, months: monthsOf(days), transitions: [], statistic: { workdays: 247 } });
const csv = (year: number, days = DAYS): string =>
  `${year},${days.map((text) => `"${text}"`).join(',')},247,118,1970.4\n`;
const HEADER =
  '"Год/Месяц","Январь","Февраль","Март","Апрель","Май","Июнь","Июль","Август","Сентябрь","Октябрь","Ноябрь","Декабрь","Всего рабочих дней"\n';

function read(text: string): ProductionCalendar {
  const checked = readProductionCalendar(text, 'file');
  if (!checked.ok) throw new Error(checked.problems.map(formatProblem).join('\n'));
  return checked.value;
}

function said(text: string): string[] {
  const checked = readProductionCalendar(text, 'file');
  return checked.ok ? [] : checked.problems.map(formatProblem);
}

test('what differs from an ordinary week comes out', () => {
  const days = read(json(2027)).get(2027);
  expect(days).toMatchObject({
    '2027-01-01': 'off',
    // Public holidays at a weekend are such to those who work at weekends.
    '2027-01-02': 'off',
    '2027-06-12': 'off',
    // A moved day off, and the Saturday that is worked for it.
    '2027-02-22': 'off',
    '2027-02-20': 'work',
    '2027-03-05': 'short',
    // A Saturday that is both worked and shortened.
    '2027-04-03': 'short',
    '2027-07-10': 'off',
    '2027-12-31': 'off',
  });
  // Ordinary weekends and working days are not in it.
  for (const date of ['2027-01-09', '2027-01-16', '2027-08-01', '2027-02-19', '2027-03-04']) {
    expect(days).not.toHaveProperty(date);
  }
  expect(Object.values(days ?? {}).filter((kind) => kind === 'work')).toHaveLength(1);
});

test('both forms say the same, as tools and people write them', () => {
  const days = read(json(2027));
  const semicolons = `${HEADER.replaceAll(',', ';')}${csv(2027).replaceAll('","', '";"').replace('2027,', '2027;').replace(',247,118,', ';247;118;')}`;
  for (const text of [
    JSON.stringify(JSON.parse(json(2027)), null, '\t'),
    `\ufeff${json(2027)}\r\n`,
    `${HEADER}${csv(2027)}`,
    `\ufeff${HEADER}${csv(2027)}`.replaceAll('\n', '\r\n'),
    csv(2027),
    csv(2027).replaceAll(',2', ', 2'),
    `${semicolons.replaceAll('"', '')}\n`,
  ]) {
    expect(read(text)).toEqual(days);
  }
});

test('a CSV file has several years', () => {
  // 2010 and 2021 begin on the same day of the week as 2027 does, and are as long.
  const years = read(`${HEADER}${csv(2010)}${csv(2021)}`);
  expect([...years.keys()]).toEqual([2010, 2021]);
  expect(years.get(2021)?.['2021-02-20']).toBe('work');
});

const without = (month: number) => DAYS.with(month - 1, '');

test.each([
  [json(2027, DAYS.slice(0, 11)), 'error: months: 2027 has no days in month 12; download it again'],
  [json(2027, without(3)), '2027 has no days in month 3'],
  [json(2027, DAYS.with(1, `${DAYS[1]},29`)), 'months[1].days: there is no day 2027-02-29; leave it out'],
  [json(2027, DAYS.with(1, `0,${DAYS[1]}`)), 'there is no day 2027-02-00'],
  [json(2027, DAYS.with(1, `${DAYS[1]},7`)), '2027-02-07 is there twice'],
  [json(2027, DAYS.with(1, `${DAYS[1]},x`)), '"x" is not a day; write such as 1,2,3*,4+'],
  [json(2027, DAYS.with(1, '6,7')), 'month 2 leaves out 6 Saturdays and Sundays, as if they were worked'],
  [json(20_270), '20270 is not a plausible year; give one from 1990 to 2100'],
  [json(2027).replace('"month":3', '"month":13'), 'there is no month 13; write 1 to 12'],
  [json(2027).replace('"month":3', '"month":2'), 'months[2].month: month 2 is there twice'],
  [json(2027).replace('"year":2027', '"year":"2027"'), 'year: "2027" is not a number'],
  ['{}', 'year: the key is missing'],
  ['{', 'error'],
  ['', 'no year is in it'],
  [HEADER, 'is not a year; begin each line with its year'],
  [`${HEADER}${csv(2027)}${csv(2027)}`, 'file:3: error: year 2027 is there twice'],
  [`${HEADER}${csv(2027, without(3))}`, 'file:2: error: 2027, month 3: 2027 has no days in month 3'],
  [`${HEADER}${csv(2027, DAYS.with(1, `${DAYS[1]},30`))}`, 'file:2: error: 2027, month 2: there is no day 2027-02-30'],
  [`${HEADER}2027,"1`, 'error: this is neither JSON nor CSV'],
  ['<calendar year="2027" lang="ru"/>', 'error: this is neither JSON nor CSV'],
  ['x'.repeat(1_000_001), 'this is too long for a production calendar'],
])('a wrong one is refused: case %#', (text, problem) => {
  expect(said(text).join('\n')).toContain(problem);
});

test('a file of something else is told in few lines', () => {
  expect(said('x\n'.repeat(100_000)).length).toBeLessThan(25);
});

test('no text makes it throw', () => {
  const pieces = fc.constantFrom(
    '{',
    '"year":2027',
    '2027',
    ',',
    ';',
    '"',
    '\n',
    '1,2',
    '*',
    '+',
    '"months":[',
    ']',
    '}',
    '\ufeff',
  );
  fc.assert(
    fc.property(
      fc.array(fc.oneof(pieces, fc.string())),
      (parts) => void readProductionCalendar(parts.join(''), 'file'),
    ),
    { numRuns: 500 },
  );
});

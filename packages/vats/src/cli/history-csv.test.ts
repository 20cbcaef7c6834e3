import { expect, test } from 'vitest';
import { csvHead, csvLines } from './history-csv.ts';

const CALL = {
  id: 'c1',
  domain: 'acme.example',
  direction: 'in',
  result: 'answered',
  startedAt: new Date(2026, 10, 27, 9, 5).getTime(),
  endedAt: 0,
  from: { number: '+79161234567', name: 'Иван; "Ваня"\nПетров' },
  dialled: '74951234567',
  waitMs: 4_400,
  talkMs: 60_000,
  outcome: 'caller-hung-up',
  status: 200,
  recordings: [],
};

test('a file begins with what makes Excel read it as UTF-8', () => {
  expect(csvHead()).toMatch(/^\ufeffid;started;direction;.*\r\n$/);
});

test('cells are quoted where they must be, and a telephone number stays what it is', () => {
  expect(csvLines([CALL])).toBe(
    'c1;2026-11-27 09:05:00;in;answered;+79161234567;"Иван; ""Ваня""\nПетров";74951234567;;;;;;4;60;caller-hung-up;200;;acme.example;\r\n',
  );
});

test('an outgoing call has the number that was rung and the trunk that it went by', () => {
  const { from: _, ...rest } = CALL;
  const out = { ...rest, direction: 'out', from: { number: '201' }, dialled: '89161234567' };
  expect(csvLines([{ ...out, called: '+79161234567', trunk: 'itsp' }])).toContain(';89161234567;+79161234567;itsp;');
});

test.each([
  '=1+1',
  '+1+1',
  '+cmd|/c calc',
  '-2',
  '@SUM(A1)',
  '\tx',
  '\rx',
  ' =1',
  '\u00a0=1',
  '＝1',
  '\u0001=1',
  '+',
  `+${'1'.repeat(16)}`,
])('%j is text to a spreadsheet', (name) => {
  const cell = csvLines([{ ...CALL, from: { number: '201', name } }]).slice(
    `c1;2026-11-27 09:05:00;in;answered;201;`.length,
  );
  expect(cell.startsWith(`'${name}`) || cell.startsWith(`"'${name}`)).toBe(true);
});

import { atOnce } from '@vats/kernel';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatProblem } from '../problems/problem.ts';
import { type TableFormat, tableColumn } from './table-format.ts';
import { TableProblems } from './table-problems.ts';
import { readingTable } from './table-reader.ts';
import { CSV_BOM, cellText, csvLine } from './write-csv.ts';

interface Row {
  readonly key: string;
  readonly text: string;
}

const FORMAT: TableFormat<Row> = {
  columns: [
    tableColumn<Row, 'key'>({ key: 'key', names: ['key', 'ключ'], required: true, read: cellText }),
    tableColumn<Row, 'text'>({ key: 'text', names: ['text', 'текст'], read: cellText }),
  ],
  row: 'row',
  isRow: () => false,
  header: 'key;text',
  example: 'a;b',
};

function rowsOf(text: string | Uint8Array): { rows: unknown[]; faults: string[] } {
  const problems = new TableProblems('t.csv');
  const rows: unknown[] = [];
  atOnce(readingTable(text, FORMAT, problems, ({ line, values }) => rows.push([line, values])));
  const outcome = problems.outcome(() => undefined);
  return { rows, faults: (outcome.ok ? outcome.warnings : outcome.problems).map(formatProblem) };
}

const cell = fc
  .oneof(
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.string({
      unit: fc.constantFrom('=', '+', '-', '@', "'", ' ', '\t', '"', ';', ',', '7', '\u00a0', '＝', '\u0001'),
    }),
  )
  .map((text) => text.replace(/[\r\n]/g, ''));

test('what is written is read back to the same, whatever is in a cell', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 10 }), (cells) => {
      const lines = cells.map(([key, text]) => csvLine([`k${key}`, text])).join('');
      const { rows, faults } = rowsOf(CSV_BOM + csvLine(['key', 'text']) + lines);
      expect(faults).toEqual([]);
      expect(rows).toEqual(
        cells.map(([key, text], index) => [index + 2, { key: `k${key}`, ...(text !== '' && { text }) }]),
      );
    }),
    { numRuns: 1_000 },
  );
});

test('no cell that is written is a formula to a spreadsheet, but for a telephone number', () => {
  fc.assert(
    fc.property(cell, (text) => {
      const bare = csvLine([text]).replace(/^"|"?\r\n$/g, '');
      if (/^\+\d{1,15}$/.test(text)) expect(bare).toBe(text);
      else expect(bare).not.toMatch(/^[\s\u0000-\u0020]*[=+\-@＝＋－＠]|^[\t\r\n]/);
    }),
    { numRuns: 1_000 },
  );
});

test.each([
  ['semicolons, BOM and CRLF', '\ufeffkey;text\r\na;b\r\n'],
  ['commas', 'key,text\na,b\n'],
  ['tabs', 'Text\tKey\nb\ta\n'],
  ['Russian headers', 'Ключ;ТЕКСТ\na;b'],
  ['quotes, and the line ends of old Macs', '"key";"text"\r"a";"b"\r'],
  ['empty lines', '\n\nkey;text\n\n\na;b\n\n'],
])('%s are understood', (_, text) => {
  const expected = [[expect.any(Number), { key: 'a', text: 'b' }]];
  expect(rowsOf(text)).toEqual({ rows: expected, faults: [] });
  expect(rowsOf(new TextEncoder().encode(text))).toEqual({ rows: expected, faults: [] });
});

test('octets of any kind never make it throw', () => {
  const octets = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc
      .array(fc.constantFrom(...'key;text\r\n",\t\'=a'), { maxLength: 80 })
      .map((all) => new TextEncoder().encode(all.join(''))),
  );
  fc.assert(
    fc.property(octets, (some) => void rowsOf(some)),
    { numRuns: 2_000 },
  );
});

test('many faults leave the first fifty and a count; an error is among them even behind fifty warnings', () => {
  const problems = new TableProblems('t.csv');
  for (let line = 1; line <= 60; line++) problems.report('warning', line, 1, '', 'odd', 'look');
  problems.report('error', 61, 1, '', 'wrong', 'mend it');
  problems.report('error', 62, 1, '', 'wrong', 'mend it');
  const outcome = problems.outcome(() => 'read');
  expect(outcome.ok).toBe(false);
  const told = outcome.ok ? [] : outcome.problems.map(formatProblem);
  expect(told[0]).toBe('t.csv:61:1: error: wrong; mend it');
  expect(told).toHaveLength(52);
  expect(told.at(-1)).toBe('t.csv: error: 11 more problems are not shown');
});

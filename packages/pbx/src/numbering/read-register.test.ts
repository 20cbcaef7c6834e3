import { atOnce } from '@vats/kernel';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatProblem } from '../problems/problem.ts';
import { disjointRanges } from './disjoint-ranges.ts';
import { NumberRegister } from './number-register.ts';
import { type RegisterSource, readingRegister } from './read-register.ts';

const source = (text: string | Uint8Array, name = 'DEF-9xx.csv'): RegisterSource => ({
  name,
  octets: typeof text === 'string' ? new TextEncoder().encode(text) : text,
});

function read(...sources: RegisterSource[]) {
  const outcome = atOnce(readingRegister(sources));
  if (!outcome.ok) throw new Error(outcome.problems.map(formatProblem).join('\n'));
  return {
    ...outcome.value,
    register: new NumberRegister(outcome.value.table),
    warnings: outcome.warnings.map(formatProblem),
  };
}

function faults(...sources: RegisterSource[]): string[] {
  const outcome = atOnce(readingRegister(sources));
  return (outcome.ok ? outcome.warnings : outcome.problems).map(formatProblem);
}

const LINE = '495;0000000;0009999;10000;ПАО "МТС";г. Москва;7740000076\n';
const HEADER = 'АВС/ DEF;От;До;Емкость;Оператор;Регион;Территория ГАР;ИНН\n';

/** Cyrillic letters and ASCII. */
function windows1251(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => {
    const code = letter.codePointAt(0)!;
    return code < 0x80 ? code : letter === 'ё' ? 0xb8 : code - 0x410 + 0xc0;
  });
}

test('a line says whose a number is, and from where', () => {
  const moscow = { region: 'г. Москва', operator: 'ПАО "МТС"' };
  for (const text of [LINE, `\ufeff${LINE}`, LINE.replace('\n', '\r\n')]) {
    const { register } = read(source(text));
    expect(register.find('+74950000000')).toEqual(moscow);
    expect(register.find('+74950009999')).toEqual(moscow);
    expect(register.find('+74950010000')).toBeUndefined();
  }
  expect(read(source(windows1251(LINE))).register.find('+74950000001')).toEqual(moscow);
});

test('newer files have a header and a territory, in any order; quotes are as spreadsheets write them', () => {
  const text = `${HEADER}301;2110000;2129999;20000;"ПАО ""Ростелеком""";г. Улан-Удэ|Республика Бурятия;Республика Бурятия;7707049388\n`;
  expect(read(source(text)).register.find('+73012110000')).toEqual({
    region: 'г. Улан-Удэ|Республика Бурятия',
    territory: 'Республика Бурятия',
    operator: 'ПАО "Ростелеком"',
  });
  const turned = 'Регион;Оператор;Код;От;До\nТверская обл.;Tele2;952;0;99\n';
  expect(read(source(turned)).register.find('+79520000099')).toEqual({ region: 'Тверская обл.', operator: 'Tele2' });
});

test('files make one register, neighbours of one place and operator one range', () => {
  const first = source('916;0000000;0099999;100000;A;X\n916;0100000;0199999;100000;A;X\n', 'one.csv');
  const second = source('916;0200000;0299999;100000;A;X\n916;0300000;0399999;100000;B;X\n', 'two.csv');
  const { table, files } = read(first, second);
  expect([...table.first]).toEqual([9_160_000_000, 9_160_300_000]);
  expect([...table.last]).toEqual([9_160_299_999, 9_160_399_999]);
  expect(files).toEqual([
    { name: 'one.csv', lines: 2 },
    { name: 'two.csv', lines: 2 },
  ]);
  // The last number of one code and the first of the next are neighbours in nothing but their digits.
  expect(read(source('916;0;9999999;10000000;A;X\n918;0;1;2;A;X\n')).table.first).toHaveLength(2);
});

test('what is wrong is told with file, line, column and remedy, of all files, and nothing is read then', () => {
  const bad = source('49;0;1;2;A;X\n495;5;1;2;A;X\n495;0;x;2;A;X\n495;0;1;2;A;\n', 'ABC-4xx.csv');
  expect(faults(source(LINE, 'good.csv'), bad)).toEqual([
    expect.stringMatching(/^ABC-4xx\.csv:1:1: error: .*neither a range nor a header/),
  ]);
  const good = '495;0;1;2;A;X\n';
  expect(
    faults(source(good, 'g.csv'), source(`${good}49;5;6;2;A;X\n495;5;1;2;A;X\n495;0;x;2;A;X\n495;3;4;2;A;\n`, 'b.csv')),
  ).toEqual([
    'b.csv:2:1: error: code: "49" is not a code; write its three digits, such as 495 or 916',
    'b.csv:3:7: error: to: the range ends at 1, before its beginning 5; write the smaller end first',
    'b.csv:4:7: error: to: "x" is not the end of a range; write the seven digits behind the code',
    'b.csv:5:13: error: region: the cell is empty; write it, or remove the line',
  ]);
  expect(faults(source('')).join()).toContain('DEF-9xx.csv: error: the file holds no range');
  expect(faults(source(Uint8Array.of(0xff, 0xfe, 0x34, 0x00))).join()).toContain(
    'neither in UTF-8 nor in windows-1251',
  );
  expect(faults(source('495;0;1;3;A;X\n')).join()).toContain(
    'DEF-9xx.csv:1:9: warning: capacity: the range has 2 numbers, not 3',
  );
});

test('what is there twice, and what overlaps, is told of; the range that begins later has the numbers', () => {
  const one = source('495;0;99;100;A;X\n495;50;59;10;B;Y\n', 'one.csv');
  const { register, warnings } = read(one, source('495;0;99;100;A;X\n', 'two.csv'));
  expect(warnings).toEqual([
    'one.csv:2:1: warning: +74950000050 to +74950000059 are in two.csv:1 too, of another operator or region; this line is believed',
    'two.csv:1:1: warning: the range is in one.csv:1 already; keep one of the two lines',
  ]);
  expect(register.find('+74950000049')?.operator).toBe('A');
  expect(register.find('+74950000055')?.operator).toBe('B');
  expect(register.find('+74950000060')?.operator).toBe('A');
  expect(register.size).toBe(3);
});

test('ranges made disjoint have just the numbers that they had, each of the one that begins last', () => {
  const range = fc.record({
    first: fc.integer({ min: 0, max: 30 }),
    length: fc.integer({ min: 1, max: 12 }),
    place: fc.integer({ min: 0, max: 2 }),
    operator: fc.constant(0),
  });
  fc.assert(
    fc.property(fc.array(range, { maxLength: 8 }), (some) => {
      const ranges = some.map(({ length, ...each }) => ({ ...each, last: each.first + length - 1 }));
      let overlaps = 0;
      const made = atOnce(disjointRanges(ranges, () => overlaps++));
      for (let number = 0; number < 45; number++) {
        const claims = ranges.filter(({ first, last }) => first <= number && number <= last);
        const best = claims.reduce<(typeof ranges)[number] | undefined>((best, each) => {
          if (best === undefined || each.first > best.first) return each;
          return each.first === best.first && each.last <= best.last ? each : best;
        }, undefined);
        const found = made.filter(({ first, last }) => first <= number && number <= last);
        expect(
          found.map(({ place }) => place),
          `number ${number}`,
        ).toEqual(best === undefined ? [] : [best.place]);
      }
      for (const [index, { first }] of made.entries()) {
        if (index > 0) expect(first).toBeGreaterThan(made[index - 1]!.last);
      }
      const isApart = ranges.every((one, i) =>
        ranges.every((two, j) => i === j || one.last < two.first || two.last < one.first),
      );
      expect(overlaps === 0).toBe(isApart);
    }),
    { numRuns: 500 },
  );
});

test('UTF-8 that was cut within a letter is not taken for windows-1251', () => {
  const whole = new TextEncoder().encode(LINE);
  const cut = whole.slice(0, whole.indexOf(0xd0) + 1);
  expect(faults(source(Uint8Array.from([...whole, ...cut]))).join()).toContain('neither in UTF-8 nor in windows-1251');
});

test('no text makes the reader throw', () => {
  const piece = fc.constantFrom(
    ...[
      '495',
      '0',
      ';',
      ',',
      '"',
      '\n',
      '\r\n',
      '9999999',
      'АВС/ DEF',
      'От',
      'До',
      'Регион',
      '\ufeff',
      ' ',
      'x',
      '\u0000',
    ],
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      atOnce(readingRegister([source(pieces.join(''))]));
    }),
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (octets) => {
      atOnce(readingRegister([source(octets)]));
    }),
  );
});

import { atOnce } from '@vats/kernel';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatProblem } from '../problems/problem.ts';
import { formatMoney, parseMoney } from './money.ts';
import { longestFor, priceOf, type Rate } from './rate.ts';
import { cheapestOf, RateTable } from './rate-table.ts';
import { readRates } from './read-rates.ts';
import { writingRates } from './write-rates.ts';

const rate = (over: Partial<Rate> = {}): Rate => ({
  prefix: '7495',
  perMinute: 12_000,
  connection: 0,
  first: 60,
  next: 60,
  name: '',
  ...over,
});

const anyRate: fc.Arbitrary<Rate> = fc.record({
  prefix: fc.stringMatching(/^[1-9][0-9]{0,6}$/).filter((prefix) => !prefix.startsWith('810')),
  perMinute: fc.integer({ min: 0, max: 1_000_000_000 }),
  connection: fc.integer({ min: 0, max: 1_000_000 }),
  first: fc.constantFrom(1, 6, 30, 60, 3600),
  next: fc.constantFrom(1, 6, 30, 60),
  name: fc
    .oneof(
      fc.string({ unit: 'grapheme', maxLength: 30 }),
      fc.constantFrom('=1+1', '+7', "'=x", '-', '@a', 'a;"b"', ' a '),
    )
    .map((name) => name.replace(/[\u0000-\u001f\u007f\u2028\u2029]/g, '').trim()),
});

function table(text: string | Uint8Array): Rate[] {
  const read = readRates(text, 'rates.csv');
  if (!read.ok) throw new Error(read.problems.map(formatProblem).join('\n'));
  return [...read.value.rates];
}

function written(rates: readonly Rate[]): string {
  return atOnce(writingRates(rates));
}

function faults(text: string | Uint8Array): string[] {
  const read = readRates(text, 'r.csv');
  return (read.ok ? read.warnings : read.problems).map(formatProblem);
}

test('money is read and written without loss, and never as a floating number', () => {
  expect(parseMoney('2,35')).toBe(23_500);
  expect(parseMoney('1 500.5')).toBe(15_005_000);
  expect(parseMoney('0.00010')).toBe(1);
  for (const wrong of ['', '-1', '1e3', '0.00001', '1.2.3', '1 50', '9999999999', '٣', 'NaN']) {
    expect(parseMoney(wrong), wrong).toBeUndefined();
  }
  fc.assert(fc.property(fc.integer({ min: 0, max: 10 ** 12 }), (parts) => parseMoney(formatMoney(parts)) === parts));
});

test('a call pays for begun intervals', () => {
  expect(priceOf(rate(), 0)).toBe(0);
  expect(priceOf(rate(), 1)).toBe(12_000);
  expect(priceOf(rate(), 61)).toBe(24_000);
  expect(priceOf(rate({ first: 1, next: 1 }), 61)).toBe(12_200);
  expect(priceOf(rate({ first: 30, next: 6, connection: 500 }), 31)).toBe(500 + 7200);
  expect(priceOf(rate({ perMinute: 1, first: 1, next: 1 }), 1)).toBe(1);
});

test('prices are those of a slow count, and the longest call for an amount is the longest', () => {
  const slow = ({ perMinute, connection, first, next }: Rate, seconds: number): bigint => {
    if (seconds === 0) return 0n;
    let paid = first;
    while (paid < seconds) paid += next;
    return BigInt(connection) + (BigInt(perMinute) * BigInt(paid) + 59n) / 60n;
  };
  fc.assert(
    fc.property(anyRate, fc.integer({ min: 0, max: 20_000 }), (one, seconds) => {
      const price = priceOf(one, seconds);
      expect(BigInt(price)).toBe(slow(one, seconds));
      const longest = longestFor(one, price);
      if (one.perMinute === 0) {
        expect(longest).toBe(price === 0 && one.connection > 0 ? 0 : Number.POSITIVE_INFINITY);
        return;
      }
      expect(longest).toBeGreaterThanOrEqual(seconds);
      if (longest > 0) expect(priceOf(one, longest)).toBeLessThanOrEqual(price);
      // Nothing is dearer than it was only where the price is too small to tell intervals apart.
      if (longest > 0) expect(priceOf(one, longest + 1)).toBeGreaterThan(price);
    }),
    { numRuns: 500 },
  );
});

test('the longest prefix decides, as a slow search says', () => {
  fc.assert(
    fc.property(fc.array(anyRate, { maxLength: 30 }), fc.stringMatching(/^\+[1-9][0-9]{0,14}$/), (rates, number) => {
      const byPrefix = new Map(rates.map((one) => [one.prefix, one]));
      const slow = [...byPrefix.values()]
        .filter(({ prefix }) => number.startsWith(`+${prefix}`))
        .sort((a, b) => b.prefix.length - a.prefix.length)[0];
      expect(new RateTable(rates).find(number)).toEqual(slow);
    }),
  );
  expect(new RateTable([rate()]).find('7495123')).toBeUndefined();
  const three = new RateTable(['7', '749', '7495'].map((prefix) => rate({ prefix })));
  expect(three.find('+74951234567')?.prefix).toBe('7495');
  expect(three.find('+74991234567')?.prefix).toBe('749');
});

test('the cheapest trunk for an usual call comes first, one without a rate not at all', () => {
  const tables = [
    ['a', new RateTable([rate({ prefix: '7', perMinute: 20_000 })])],
    ['b', new RateTable([rate({ prefix: '7', perMinute: 10_000, connection: 60_000 })])],
    ['c', new RateTable([rate({ prefix: '49' })])],
    ['d', new RateTable([rate({ prefix: '7', perMinute: 20_000 })])],
  ] as const;
  expect(cheapestOf('+74951234567', tables).map(({ trunk }) => trunk)).toEqual(['a', 'd', 'b']);
  expect(cheapestOf('+74951234567', tables, 3600).map(({ trunk }) => trunk)).toEqual(['b', 'a', 'd']);
});

test('what is written is read back', () => {
  const rates = fc.uniqueArray(anyRate, { selector: ({ prefix }) => prefix, minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(rates, (all) => {
      expect(table(written(all))).toEqual(all);
    }),
  );
});

test('no cell of a written file is a formula', () => {
  const text = written([rate({ name: '=HYPERLINK("x")' }), rate({ prefix: '7', name: '+7*2' })]);
  expect(text).toContain(`;"'=HYPERLINK(""x"")"`);
  expect(text).toContain(";'+7*2\r\n");
  for (const sign of ['=', '+', '-', '@'])
    expect(written([rate({ name: `${sign}1*2` })])).toContain(`;'${sign}1*2\r\n`);
});

test('files as spreadsheets and operators write them', () => {
  const moscow = rate({ perMinute: 12_500, connection: 1000, name: 'Москва' });
  const texts = [
    '7495;1,25;0,1;60;60;Москва\n',
    '\ufeffПрефикс;Цена за минуту;Плата за соединение;Первый интервал;Следующий интервал;Направление\r\n+7 495;1,25;0,10;60;60;Москва\r\n',
    'name\tprefix\tprice per minute\tconnection fee\n\nМосква\t7495\t1.25\t0.1\n\n',
    'prefix,price,connection,first,next,name\n7495,"1,25",0.1,60,60,"Москва"\n',
  ];
  for (const text of texts) {
    expect(table(text), text).toEqual([moscow]);
    expect(table(new TextEncoder().encode(text)), text).toEqual([moscow]);
  }
});

test('what is wrong is told with line, column and remedy', () => {
  expect(faults('prefix;price\n7495;1\nabc;1\n7499;x\n;1\n')).toEqual([
    'r.csv:3:1: error: prefix: "abc" is not a prefix; write the digits after the plus, country code first, such as 7495 or 49',
    'r.csv:4:6: error: price per minute: "x" is not an amount of money; write an amount from 0 to 100000, such as 2.35 or 2,35, with at most four decimals',
    'r.csv:5:1: error: prefix: the cell is empty; write it, or remove the line',
  ]);
  expect(faults('7;1\n7;2\n')[0]).toContain('r.csv:2:1: error: prefix: 7 is in line 1 already, at another price');
  expect(faults('7;1\n7;1\n')[0]).toContain('r.csv:2:1: warning: prefix: 7 is in line 1 already');
  expect(faults('7,1,0,60,60,x,y\n')[0]).toContain('r.csv:1:15: error: the line has 7 cells, not 6');
  expect(faults('prefiks;price\n7;1\n').join()).toContain('did you mean "prefix"?');
  expect(faults('7;1;0;60;60;"x\n8;1\n').join()).toContain('r.csv:1:13: error: a quote is not closed');
  expect(faults('81049;1\n').join()).toContain('begins with a code that is dialled');
  expect(faults('7;1;0;0;60\n').join()).toContain('r.csv:1:7: error: first interval: "0" is not an interval');
  expect(faults('').join()).toContain('holds no rate');
  expect(faults(Uint8Array.of(0xcf, 0xf0)).join()).toContain('not in UTF-8');
});

test('of many problems fifty are told', () => {
  const told = faults('7;bad\n'.repeat(500));
  expect(told).toHaveLength(51);
  expect(told.join()).toContain('450 more problems are not shown');
});

test('no text makes the reader throw', () => {
  const piece = fc.constantFrom(
    ...['7', '495', ';', ',', '\t', '"', '\n', '\r\n', '1,2', 'prefix', 'цена', '\ufeff', ' ', 'x', '\u0000'],
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      readRates(pieces.join(''), 'r.csv');
    }),
  );
});

test('a hundred thousand lines are read', () => {
  const lines = Array.from(
    { length: 100_000 },
    (_, index) => `${1_000_000 + index};1,${index % 10_000};0,5;1;1;"Name; ${index}"`,
  );
  const read = readRates(lines.join('\r\n'), 'r.csv');
  const all = read.ok ? [...read.value.rates] : [];
  expect(all).toHaveLength(100_000);
  expect(table(written(all))).toEqual(all);
}, 60_000);

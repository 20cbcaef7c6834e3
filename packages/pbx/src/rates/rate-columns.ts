import type { CellFault, TableColumn } from '../csv/table-format.ts';
import { cellText } from '../csv/write-csv.ts';
import { shown } from '../schema/fault.ts';
import { MONEY_PARTS, parseMoney } from './money.ts';
import type { Rate } from './rate.ts';

/** A column of a rate file. */
export interface RateColumn<Key extends keyof Rate = keyof Rate> extends TableColumn<Rate, Key> {
  write(value: Rate[Key]): string;
}

/** What an empty or missing cell means. Intervals that are not given are the dearest usual ones, so no limit counts too little. */
export const RATE_DEFAULTS = { connection: 0, first: 60, next: 60, name: '' } as const satisfies Partial<Rate>;

const DEAREST = 100_000 * MONEY_PARTS;
const LONGEST_INTERVAL = 3600;

function readPrefix(text: string): string | CellFault {
  const remedy = 'write the digits after the plus, country code first, such as 7495 or 49';
  const digits = text.replace(/^\+|[ ()\u00a0-]/g, '');
  if (!/^[0-9]{1,15}$/.test(digits)) return { message: `${shown(text)} is not a prefix`, remedy };
  // 81 is Japan, where no number goes on with 0: it is the way abroad as it is dialled in Russia.
  if (digits.startsWith('0') || digits.startsWith('810')) {
    return { message: `the prefix ${shown(text)} begins with a code that is dialled, not with a country's`, remedy };
  }
  return digits;
}

function readPrice(text: string): number | CellFault {
  const price = parseMoney(text);
  const remedy = 'write an amount from 0 to 100000, such as 2.35 or 2,35, with at most four decimals';
  if (price === undefined) return { message: `${shown(text)} is not an amount of money`, remedy };
  return price > DEAREST ? { message: `${shown(text)} is too much`, remedy } : price;
}

function readInterval(text: string): number | CellFault {
  const seconds = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (seconds >= 1 && seconds <= LONGEST_INTERVAL) return seconds;
  return { message: `${shown(text)} is not an interval`, remedy: `write whole seconds, 1 to ${LONGEST_INTERVAL}` };
}

const LONGEST_NAME = 128;

function readName(text: string): string | CellFault {
  const name = cellText(text);
  if (name.length <= LONGEST_NAME && !/[\u0000-\u001f\u007f]/.test(name)) return name;
  return { message: `${shown(text)} is not a name`, remedy: `write at most ${LONGEST_NAME} characters` };
}

function column<Key extends keyof Rate>(column: RateColumn<Key>): RateColumn {
  return column as unknown as RateColumn;
}

/** In the order of a file without header. */
export const RATE_COLUMNS: readonly RateColumn[] = [
  column<'prefix'>({
    key: 'prefix',
    names: ['prefix', 'code', 'префикс', 'код', 'код направления'],
    read: readPrefix,
    required: true,
    write: (prefix) => prefix,
  }),
  column<'perMinute'>({
    key: 'perMinute',
    names: [
      ...['price per minute', 'price', 'rate', 'price/min', 'per minute'],
      ...['цена за минуту', 'цена', 'тариф', 'стоимость минуты', 'руб/мин'],
    ],
    required: true,
    read: readPrice,
    write: (price) => writePrice(price),
  }),
  column<'connection'>({
    key: 'connection',
    names: ['connection fee', 'connection', 'setup fee', 'плата за соединение', 'соединение'],
    read: readPrice,
    write: (price) => writePrice(price),
  }),
  column<'first'>({
    key: 'first',
    names: ['first interval', 'first', 'минимум', 'первый интервал', 'первый'],
    read: readInterval,
    write: String,
  }),
  column<'next'>({
    key: 'next',
    names: ['next interval', 'next', 'increment', 'следующий интервал', 'следующий', 'шаг'],
    read: readInterval,
    write: String,
  }),
  column<'name'>({
    key: 'name',
    names: ['name', 'destination', 'название', 'направление', 'имя'],
    read: readName,
    write: (name) => name,
  }),
];

function writePrice(price: number): string {
  const decimals = String(price % MONEY_PARTS).padStart(4, '0');
  return `${Math.trunc(price / MONEY_PARTS)}.${decimals}`;
}

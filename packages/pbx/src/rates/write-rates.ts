import type { Steps } from '@vats/kernel';
import { writingTable } from '../csv/writing-table.ts';
import type { Rate } from './rate.ts';
import { RATE_COLUMNS } from './rate-columns.ts';

/** A rate file that `readingRates` reads back, and that a spreadsheet opens. */
export function writingRates(rates: Iterable<Rate>): Steps<string> {
  const header = RATE_COLUMNS.map(({ names }) => names[0]!);
  return writingTable(header, rates, (rate) => RATE_COLUMNS.map((column) => column.write(rate[column.key])));
}

import { CSV_BOM, csvLine } from '../csv/write-csv.ts';
import type { Rate } from './rate.ts';
import { RATE_COLUMNS } from './rate-columns.ts';

/**
 * A rate file that `readRates` reads back, and that a spreadsheet opens: BOM, header, `;`, CRLF. No cell of it is run as a formula.
 */
export function writeRates(rates: Iterable<Rate>): string {
  const lines = [csvLine(RATE_COLUMNS.map(({ names }) => names[0]!))];
  for (const rate of rates) lines.push(csvLine(RATE_COLUMNS.map((column) => column.write(rate[column.key]))));
  return CSV_BOM + lines.join('');
}

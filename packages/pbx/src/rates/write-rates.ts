import type { Rate } from './rate.ts';
import { RATE_COLUMNS } from './rate-columns.ts';

/**
 * A rate file that `readRates` reads back, and that a spreadsheet opens: BOM, header, `;`, CRLF. No cell of it is run as a formula.
 */
export function writeRates(rates: Iterable<Rate>): string {
  const lines = [RATE_COLUMNS.map(({ names }) => names[0]).join(';')];
  for (const rate of rates) lines.push(RATE_COLUMNS.map((column) => quoted(column.write(rate[column.key]))).join(';'));
  return `\ufeff${lines.join('\r\n')}\r\n`;
}

function quoted(cell: string): string {
  return /[";,]/.test(cell) || cell !== cell.trim() ? `"${cell.replaceAll('"', '""')}"` : cell;
}

import { type CellFault, isCellFault, type TableFormat, tableColumn } from '../csv/table-format.ts';
import { shown } from '../schema/fault.ts';

/** A line of the register as its file has it. */
export interface RegisterLine {
  /** Three digits. */
  readonly code: string;
  /** Of the seven digits behind the code. */
  readonly from: number;
  readonly to: number;
  readonly capacity: number;
  readonly operator: string;
  readonly region: string;
  readonly territory: string;
  readonly inn: string;
}

const LONGEST_TEXT = 400;

function readCode(text: string): string | CellFault {
  if (/^[3-9]\d\d$/.test(text)) return text;
  return { message: `${shown(text)} is not a code`, remedy: 'write its three digits, such as 495 or 916' };
}

function readEnd(text: string): number | CellFault {
  if (/^\d{1,7}$/.test(text)) return Number(text);
  return { message: `${shown(text)} is not the end of a range`, remedy: 'write the seven digits behind the code' };
}

function readCapacity(text: string): number | CellFault {
  if (/^\d{1,8}$/.test(text)) return Number(text);
  return { message: `${shown(text)} is not a capacity`, remedy: 'write how many numbers the range has' };
}

function readText(text: string): string | CellFault {
  const line = text.replace(/\s+/g, ' ').trim();
  if (line.length <= LONGEST_TEXT && !/[\u0000-\u001f\u007f]/.test(line)) return line;
  return { message: 'the cell is no line of text', remedy: `write at most ${LONGEST_TEXT} characters` };
}

/** A file without header may have the tax number where newer ones have the territory. */
function readTerritory(text: string): string | CellFault {
  return /^\d*$/.test(text) ? '' : readText(text);
}

const column = tableColumn<RegisterLine, keyof RegisterLine>;

/** The register as the regulator publishes it. Its codes' header is written with Cyrillic letters, people write it with Latin ones. */
export const REGISTER_FORMAT: TableFormat<RegisterLine> = {
  columns: [
    column({
      key: 'code',
      names: ['code', 'abc/def', 'abc/ def', 'авс/ def', 'авс/def', 'код', 'def', 'abc', 'авс'],
      required: true,
      read: readCode,
    }),
    column({ key: 'from', names: ['from', 'от'], required: true, read: readEnd }),
    column({ key: 'to', names: ['to', 'до'], required: true, read: readEnd }),
    column({ key: 'capacity', names: ['capacity', 'емкость'], read: readCapacity }),
    column({ key: 'operator', names: ['operator', 'оператор'], read: readText }),
    column({ key: 'region', names: ['region', 'регион'], required: true, read: readText }),
    column({
      key: 'territory',
      names: ['gar territory', 'territory', 'территория гар', 'территория'],
      read: readTerritory,
    }),
    column({ key: 'inn', names: ['inn', 'инн'], read: (text) => text }),
  ],
  row: 'range',
  isRow: (cells) => !isCellFault(readCode(cells[0] ?? '')) && /^\d+$/.test(cells[1] ?? ''),
  header: 'ABC/DEF;From;To;Capacity;Operator;Region;INN',
  example: '495;0000000;0009999;10000;ПАО "МТС";г. Москва;7740000076',
  // Operators' names have quotes in the middle of a cell, as they are written on paper.
  looseQuotes: true,
};

import type { z } from 'zod';
import { counted } from '../counted.ts';
import { printable } from '../printable.ts';
import type * as answers from './answers-regions.ts';
import { localTime } from './local-time.ts';
import { listed, table } from './table.ts';

type Imported = z.output<typeof answers.registerImported>;
type Counts = Pick<Imported, 'ranges' | 'numbers' | 'operators' | 'regions' | 'files'>;

export function registerImportedText(read: Imported): string {
  const { came, went, warnings, saved } = read;
  const lines = [
    ...warnings,
    ...(came.size === 0 ? [] : [`${counted(came.size, 'new name')}: ${listedOf(came)}`]),
    ...(went.size === 0 ? [] : [`${counted(went.size, 'name')} gone: ${listedOf(went)}`]),
    countsText(read),
    ...(saved ? [] : ['nothing was changed: this was a dry run']),
  ];
  return `${lines.map(printable).join('\n')}\n`;
}

export function registerText({ register }: z.output<typeof answers.registerAnswer>): string {
  if (register === undefined) return 'there is no numbering register: vats regions import FILE ...\n';
  const files = register.files.map(({ name, lines }) => [name, counted(lines, 'line')]);
  return `${countsText(register)}\nimported ${localTime(register.importedAt)}\n${table(['file', 'lines'], files, '')}`;
}

export function regionNamesText({ size, names }: z.output<typeof answers.regionNames>): string {
  const rows = names.map(({ name, numbers }) => [name, String(numbers)]);
  const shown = table(['region', 'numbers'], rows, 'the numbering register has no such region');
  return rows.length > 0 && rows.length < size ? `${shown}${rows.length} of ${counted(size, 'name')}\n` : shown;
}

export function numberText({ number, imported, place, own }: z.output<typeof answers.numberExplanation>): string {
  const lines =
    place === undefined
      ? [
          imported
            ? `${number} is in no range of the numbering register`
            : `${number}: there is no numbering register (vats regions import)`,
        ]
      : [
          `${number} is from ${place.region}${place.territory === undefined ? '' : ` (${place.territory})`}`,
          `operator: ${place.operator === '' ? 'not named' : place.operator}`,
        ];
  for (const { domain, regions } of own) lines.push(`${domain} has it under regions: ${regions.join(', ')}`);
  return `${lines.map(printable).join('\n')}\n`;
}

function countsText({ ranges, numbers, operators, regions, files }: Counts): string {
  const made = `${counted(ranges, 'range')} of ${counted(numbers, 'number')}`;
  return `${counted(files.length, 'file')}: ${made}, ${counted(operators, 'operator')}, ${counted(regions, 'name')} of regions`;
}

function listedOf({ size, names }: Imported['came']): string {
  const shown = listed(names);
  return names.length < size ? `${shown} ...` : shown;
}

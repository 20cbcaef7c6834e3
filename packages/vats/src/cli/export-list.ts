import { Option } from 'commander';
import { counted } from '../counted.ts';
import { listExported } from './answers-lists.ts';
import { ask, type Print, type Streams, type Where } from './asking.ts';
import { writerTo } from './csv-file.ts';

export function csvOption(): Option {
  return new Option('--csv [file]', 'into this file; standard output by default').conflicts('json');
}

/** Writes what the switch has as a file for spreadsheets to where `--csv` says. @param what one of its lines: `user` */
export async function exportList(
  path: string,
  what: string,
  options: Where & { readonly csv?: string | boolean },
  { err }: Streams,
  print: Print,
): Promise<void> {
  const { read, raw } = await ask(options, 'GET', path, listExported);
  if (typeof options.csv !== 'string' || options.csv === '-') {
    print(options, { read, raw }, ({ text }) => text);
    return;
  }
  const writer = writerTo(options.csv);
  try {
    writer.write(read.text);
  } finally {
    writer.close();
  }
  err(`${counted(read.rows, what)} ${read.rows === 1 ? 'is' : 'are'} in ${options.csv}\n`);
}

import { type Command, Option } from 'commander';
import type { z } from 'zod';
import { askSwitch, ControlFailure } from '../control/control-client.ts';
import { printable } from '../printable.ts';
import { dataDirectory } from './data-directory.ts';

/** Where a command writes. */
export interface Streams {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

/**
 * The same streams, on which nothing steers the terminal that a file, an answer or an argument brought along. A command's own text has
 * line breaks and no other controls, a file those of Windows and a mark at its beginning, and JSON only where our escapes are its own.
 */
export function printableStreams({ out, err }: Streams): Streams {
  const shown = (text: string): string =>
    text
      .split(/(^\ufeff|\r?\n)/)
      .map((part, index) => (index % 2 === 1 ? part : printable(part)))
      .join('');
  return { out: (text) => out(shown(text)), err: (text) => err(shown(text)) };
}

/** What every command that talks to a running switch may be told. */
export interface Where {
  readonly data?: string;
  readonly config?: string;
  readonly json?: boolean;
}

/** Prints an answer: as JSON, which says just what came, or as text. */
export type Print = <T>(options: Where, answer: { raw: unknown; read: T }, text: (read: T) => string) => void;

export function printer({ out }: Streams): Print {
  return (options, answer, text) =>
    out(options.json === true ? `${JSON.stringify(answer.raw, null, 2)}\n` : text(answer.read));
}

/** Options of every command that talks to a running switch. */
export function looking(command: Command): Command {
  return command
    .option('--json', 'as JSON')
    .option('--data <directory>', "the running switch's data directory")
    .addOption(new Option('--config <file>', 'its settings file, to find the data directory'));
}

/** Asks the running switch, and reads its answer. */
export async function ask<T>(
  where: Where,
  method: string,
  path: string,
  schema: z.ZodType<T>,
  body?: unknown,
): Promise<{ raw: unknown; read: T }> {
  const raw = await askSwitch(dataDirectory(where), method, path, body);
  const read = schema.safeParse(raw);
  if (!read.success) {
    throw new ControlFailure(
      `the switch answered ${method} ${path} in a way this version does not know: is it another version?`,
    );
  }
  return { raw, read: read.data };
}

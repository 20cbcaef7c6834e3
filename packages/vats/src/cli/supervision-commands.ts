import type { Command } from 'commander';
import { askSwitch } from '../control/control-client.ts';
import { looking, type Streams, type Where } from './asking.ts';
import { dataDirectory } from './data-directory.ts';

const KINDS = {
  listen: ['hear a call without being heard', 'hears'],
  whisper: ['hear a call and be heard by its employee alone', 'is heard by the employee of'],
  barge: ['hear a call and be heard by both', 'is heard by both sides of'],
} as const;

/** `vats calls listen|whisper|barge`: the extension rings, and whoever answers it is taken into the call's sound. */
export function addSupervisionCommands(calls: Command, { out }: Streams): void {
  for (const [how, [description, said]] of Object.entries(KINDS)) {
    looking(
      calls
        .command(how)
        .description(`${description}: the extension rings, or changes to this where it takes part already`),
    )
      .argument('<id>')
      .requiredOption('--to <extension>', 'whose phones ring')
      .action(async (id: string, options: Where & { to: string }) => {
        const { to } = options;
        await askSwitch(dataDirectory(options), 'POST', `/calls/${encodeURIComponent(id)}/supervision`, { how, to });
        out(`${to} rings, or is there already, and then ${said} call ${id}\n`);
      });
  }
}

import { suggest } from '@vats/pbx';
import type { Command } from 'commander';

/**
 * A command that does something by itself and has subcommands too: a slip in a subcommand's name is told as one, and not as
 * an argument too many.
 */
export function withSubcommands(command: Command): Command {
  return command
    .allowExcessArguments()
    .allowUnknownOption()
    .hook('preAction', (hooked, acting) => {
      const [slip] = hooked.args;
      if (acting !== hooked || slip === undefined) return;
      const isOption = slip.startsWith('-');
      const known = isOption
        ? hooked.options.flatMap(({ long }) => long ?? [])
        : hooked.commands.map((subcommand) => subcommand.name());
      const near = suggest(slip, known);
      const remedy = near === undefined ? `there is ${known.join(', ')}` : `did you mean ${near}?`;
      hooked.error(`error: unknown ${isOption ? 'option' : 'command'} '${slip}': ${remedy}`);
    });
}

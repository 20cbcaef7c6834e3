import type { Command } from 'commander';
import { z } from 'zod';
import { ask, looking, type Print, type Where } from './asking.ts';

const loginAnswer = z.object({
  group: z.string(),
  name: z.string(),
  member: z.string(),
  loggedIn: z.boolean(),
  changed: z.boolean(),
});

interface InDomain extends Where {
  readonly domain?: string;
}

/** The commands about who takes part in a group. */
export function addGroupCommands(vats: Command, print: Print): void {
  const group = vats.command('group').description('who takes part in a group');
  for (const [verb, method, description] of [
    ['login', 'PUT', 'a member takes part: the group rings them'],
    ['logout', 'DELETE', 'a member takes part no more'],
  ] as const) {
    looking(group.command(verb).description(description))
      .argument('<group>', 'its extension')
      .argument('<member>', "the employee's extension")
      .option('--domain <domain>', 'where there are several')
      .action(async (extension: string, member: string, options: InDomain) => {
        const query = options.domain === undefined ? '' : `?${new URLSearchParams({ domain: options.domain })}`;
        const path = `/groups/${encodeURIComponent(extension)}/logins/${encodeURIComponent(member)}${query}`;
        print(options, await ask(options, method, path, loginAnswer), loginText);
      });
  }
}

function loginText({ group, name, member, loggedIn, changed }: z.output<typeof loginAnswer>): string {
  const state = loggedIn ? 'logged in to' : 'logged out of';
  return `${member} is ${changed ? '' : 'already '}${state} group ${group} ${name}\n`;
}

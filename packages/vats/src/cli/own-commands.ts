import type { Command } from 'commander';
import { z } from 'zod';
import { ask, looking, type Print, type Where } from './asking.ts';
import { table } from './table.ts';

const userAnswer = z.object({
  ...{ domain: z.string(), extension: z.string(), name: z.string() },
  devices: z.array(z.object({ login: z.string(), registered: z.boolean() })),
  dnd: z.object({ on: z.boolean(), by: z.string() }),
  forwards: z.array(z.object({ when: z.string(), to: z.string(), by: z.string() })),
});
const resetAnswer = z.object({ extension: z.string(), changed: z.boolean() });

interface InDomain extends Where {
  readonly domain?: string;
}

/** `vats user show` and `vats user reset`: what an employee has set by phone. */
export function addOwnCommands(user: Command, print: Print): void {
  looking(user.command('show').description('what becomes of an employee’s calls, and what of that is set by phone'))
    .argument('<extension>')
    .option('--domain <domain>', 'where there are several')
    .action(async (extension: string, options: InDomain) => {
      const path = `/users/${encodeURIComponent(extension)}${queryOf(options)}`;
      print(options, await ask(options, 'GET', path, userAnswer), userText);
    });
  looking(user.command('reset').description('what an employee has set by phone is again as the PBX file says'))
    .argument('<extension>')
    .option('--domain <domain>', 'where there are several')
    .action(async (extension: string, options: InDomain) => {
      const path = `/users/${encodeURIComponent(extension)}/own${queryOf(options)}`;
      print(options, await ask(options, 'DELETE', path, resetAnswer), resetText);
    });
}

function queryOf({ domain }: InDomain): string {
  return domain === undefined ? '' : `?${new URLSearchParams({ domain })}`;
}

function userText({ extension, name, devices, dnd, forwards }: z.output<typeof userAnswer>): string {
  const phones = devices.map(({ login, registered }) => `${login}${registered ? '' : ' (not registered)'}`);
  const rows = [
    ['do not disturb', dnd.on ? 'on' : 'off', dnd.by],
    ...forwards.map(({ when, to, by }) => [`forward ${when}`, to, by]),
  ];
  return `${extension} ${name}: ${phones.join(', ') || 'no device'}\n${table(['setting', 'value', 'set by'], rows, '')}`;
}

function resetText({ extension, changed }: z.output<typeof resetAnswer>): string {
  return changed ? `all of ${extension} is as the PBX file says\n` : `${extension} had set nothing by phone\n`;
}

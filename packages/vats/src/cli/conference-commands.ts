import type { Command } from 'commander';
import { z } from 'zod';
import { ask, looking, type Print, type Where } from './asking.ts';
import { localTime } from './local-time.ts';
import { table } from './table.ts';

const conferencesAnswer = z.object({
  now: z.number(),
  conferences: z.array(
    z.object({
      domain: z.string(),
      extension: z.string(),
      name: z.string(),
      since: z.number(),
      recorded: z.boolean(),
      people: z.array(z.object({ call: z.string(), number: z.string(), name: z.string().optional() })),
    }),
  ),
});

/** `vats conferences`: those in which somebody is. */
export function addConferenceCommand(vats: Command, print: Print): void {
  looking(vats.command('conferences').description('conferences in which somebody is')).action(
    async (options: Where) => {
      print(options, await ask(options, 'GET', '/conferences', conferencesAnswer), conferencesText);
    },
  );
}

function conferencesText({ conferences }: z.output<typeof conferencesAnswer>): string {
  return table(
    ['conference', 'name', 'since', 'recorded', 'who', 'call'],
    conferences.flatMap(({ extension, name, since, recorded, people }) =>
      people.map((person) => [
        ...[extension, name, localTime(since), recorded ? 'yes' : ''],
        ...[person.name === undefined ? person.number : `${person.number} ${person.name}`, person.call],
      ]),
    ),
    'nobody is in a conference',
  );
}

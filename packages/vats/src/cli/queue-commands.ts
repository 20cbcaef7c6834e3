import type { Command } from 'commander';
import { z } from 'zod';
import { ask, looking, type Print, type Where } from './asking.ts';
import { duration, table } from './table.ts';
import { withSubcommands } from './with-subcommands.ts';

const person = z.object({ number: z.string(), name: z.string().optional() });
const queuesAnswer = z.object({
  now: z.number(),
  queues: z.array(
    z.object({
      ...{ domain: z.string(), group: z.string(), name: z.string() },
      waiting: z.array(
        z.object({ call: z.string(), from: person, since: z.number(), priority: z.number(), rings: z.boolean() }),
      ),
      agents: z.array(z.object({ to: z.string(), name: z.string().optional(), state: z.string() })),
      today: z.object({
        ...{ answered: z.number(), abandoned: z.number(), overflowed: z.number(), meanWaitMs: z.number() },
      }),
    }),
  ),
});

const agentsAnswer = z.object({
  now: z.number(),
  agents: z.array(
    z.object({
      ...{ domain: z.string(), group: z.string(), groupName: z.string(), to: z.string(), state: z.string() },
      name: z.string().optional(),
      until: z.number().optional(),
      pause: z.object({ reason: z.string().optional(), since: z.number() }).optional(),
    }),
  ),
});
const pauseAnswer = z.object({ member: z.string(), paused: z.boolean(), changed: z.boolean() });
const codesAnswer = z.object({
  codes: z.array(z.object({ feature: z.string(), code: z.string(), digits: z.string().optional() })),
});

interface InDomain extends Where {
  readonly domain?: string;
}

/** `vats queues`, `vats agents` and `vats codes`. */
export function addQueueCommands(vats: Command, print: Print): void {
  looking(vats.command('queues').description('who waits in queues, and what their agents do')).action(
    async (options: Where) => {
      print(options, await ask(options, 'GET', '/queues', queuesAnswer), queuesText);
    },
  );
  const agents = vats.command('agents').description('what the members of queues do');
  withSubcommands(looking(agents)).action(async (options: Where) => {
    print(options, await ask(options, 'GET', '/agents', agentsAnswer), agentsText);
  });
  for (const [verb, method, description] of [
    ['pause', 'PUT', 'no group rings the employee, until resume'],
    ['resume', 'DELETE', 'groups ring the employee again'],
  ] as const) {
    const command = looking(agents.command(verb).description(description))
      .argument('<extension>', "the employee's")
      .option('--domain <domain>', 'where there are several');
    if (verb === 'pause') command.option('--reason <words>', 'such as lunch');
    command.action(async (extension: string, options: InDomain & { readonly reason?: string }) => {
      const { domain, reason } = options;
      const query = domain === undefined ? '' : `?${new URLSearchParams({ domain })}`;
      const path = `/agents/${encodeURIComponent(extension)}/pause${query}`;
      const body = method === 'PUT' ? { ...(reason !== undefined && { reason }) } : undefined;
      print(options, await ask(options, method, path, pauseAnswer, body), pauseText);
    });
  }
  looking(vats.command('codes').description('what employees dial to order something'))
    .option('--domain <domain>', 'where there are several')
    .action(async (options: InDomain) => {
      const { domain } = options;
      const query = domain === undefined ? '' : `?${new URLSearchParams({ domain })}`;
      print(options, await ask(options, 'GET', `/codes${query}`, codesAnswer), codesText);
    });
}

function queuesText({ now, queues }: z.output<typeof queuesAnswer>): string {
  const shown = table(
    ['queue', 'name', 'waiting', 'longest', 'free', 'agents', 'answered', 'abandoned', 'overflowed', 'mean wait'],
    queues.map(({ group, name, waiting, agents, today }) => {
      const longest = waiting.length === 0 ? '' : duration(now - Math.min(...waiting.map(({ since }) => since)));
      const free = agents.filter(({ state }) => state === 'free').length;
      const { answered, abandoned, overflowed, meanWaitMs } = today;
      return [
        ...[group, name, String(waiting.length), longest, String(free), String(agents.length)],
        ...[String(answered), String(abandoned), String(overflowed), answered === 0 ? '' : duration(meanWaitMs)],
      ];
    }),
    'no group has a queue',
  );
  const callers = queues.flatMap(({ group, waiting }) =>
    waiting.map(({ call, from, since, priority, rings }, at) => [
      ...[group, String(at + 1), from.name === undefined ? from.number : `${from.number} ${from.name}`],
      ...[duration(now - since), String(priority), rings ? 'rings an agent' : '', call],
    ]),
  );
  if (callers.length === 0) return shown;
  return `${shown}\n${table(['queue', 'place', 'caller', 'waits', 'priority', 'state', 'call'], callers, '')}`;
}

function agentsText({ now, agents }: z.output<typeof agentsAnswer>): string {
  return table(
    ['agent', 'name', 'queue', 'state', 'for', 'reason'],
    agents.map(({ to, name = '', group, groupName, state, until, pause }) => [
      ...[to, name, `${group} ${groupName}`, state],
      until !== undefined ? `${duration(until - now)} more` : pause === undefined ? '' : duration(now - pause.since),
      pause?.reason ?? '',
    ]),
    'no group has a queue',
  );
}

function pauseText({ member, paused, changed }: z.output<typeof pauseAnswer>): string {
  if (paused) return `${member} has ${changed ? 'a pause' : 'a pause already'}\n`;
  return `${member} ${changed ? 'has no pause any more' : 'had no pause'}\n`;
}

const WHAT: Readonly<Record<string, string>> = {
  echo: 'gives you your own sound back',
  login: 'logs you in to your groups, or to the one whose extension follows',
  logout: 'logs you out of your groups, or of the one whose extension follows',
  pause: 'no group rings you from now on',
  resume: 'groups ring you again',
  voicemail: 'opens your mailbox, or that of the extension that follows',
  pickup: 'answers what rings in your groups, or at the extension that follows',
  returnCall: 'calls whoever called you last',
  dnd: 'nothing rings at your phones',
  disturb: 'your phones ring again',
  forward: 'all your calls go on to the number that follows',
  unforward: 'your calls ring at your phones again',
  forwardBusy: 'calls that find you busy go on to the number that follows',
  unforwardBusy: 'and no longer do',
  forwardNoAnswer: 'calls that you do not answer go on to the number that follows',
  unforwardNoAnswer: 'and no longer do',
};

function codesText({ codes }: z.output<typeof codesAnswer>): string {
  return table(
    ['code', 'feature', 'what'],
    codes.map(({ feature, code, digits }) => [
      digits === undefined ? code : `${code}[${digits.toUpperCase()}]`,
      ...[feature, WHAT[feature] ?? ''],
    ]),
    'there is no code',
  );
}

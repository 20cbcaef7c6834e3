import type { Command } from 'commander';
import { z } from 'zod';
import { ask, looking, type Print, type Where } from './asking.ts';
import { duration, table } from './table.ts';

const subscriptionsAnswer = z.object({
  now: z.number(),
  subscriptions: z.array(
    z.object({
      domain: z.string(),
      login: z.string(),
      package: z.string(),
      kind: z.string(),
      watched: z.string(),
      source: z.string(),
      transport: z.string(),
      client: z.string().optional(),
      expiresAt: z.number(),
      documents: z.number(),
    }),
  ),
});

/** `vats subscriptions`: which phone watches whom. */
export function addSubscriptionCommand(vats: Command, print: Print): void {
  looking(
    vats.command('subscriptions').description('which phone watches whom: busy lamps, presence, mailboxes'),
  ).action(async (options: Where) => {
    print(options, await ask(options, 'GET', '/subscriptions', subscriptionsAnswer), subscriptionsText);
  });
}

function subscriptionsText({ subscriptions, now }: z.output<typeof subscriptionsAnswer>): string {
  return table(
    ['login', 'domain', 'watches', 'package', 'from', 'by', 'expires', 'told'],
    subscriptions.map((row) => [
      ...[row.login, row.domain, row.kind === 'employee' ? row.watched : `${row.kind} ${row.watched}`, row.package],
      row.client === undefined ? row.source : `${row.client} via ${row.source.replace(/:\d+$/, '')}`,
      ...[row.transport, duration(Math.max(0, row.expiresAt - now)), `${row.documents}`],
    ]),
    'nobody watches anybody',
  );
}

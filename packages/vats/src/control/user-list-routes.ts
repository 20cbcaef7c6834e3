import type { Random } from '@vats/kernel';
import { exportUsers, makePassword } from '@vats/pbx';
import { z } from 'zod';
import type { Switch } from '../create-switch.ts';
import { bodyOf } from './body-of.ts';
import { changed } from './changed.ts';
import type { ControlRoutes } from './control-server.ts';
import { theDomain } from './the-domain.ts';

const importBody = z.strictObject({
  name: z.string(),
  text: z.string(),
  domain: z.string().optional(),
  generate: z.boolean().default(false),
  dryRun: z.boolean().default(false),
});

/** What the operator's commands may order about many users at once. */
export function userListRoutes({ model }: Pick<Switch, 'model'>, random: Random): ControlRoutes {
  return {
    'PUT /users': async ({ body }) => {
      const { generate, dryRun, domain: named, ...file } = bodyOf(importBody, body);
      const domain = theDomain(model, named).name;
      const makes = generate ? { generate: (login: string) => makePassword(random, login) } : {};
      const imported = await model.importUsers({ ...file, domain, dryRun, ...makes });
      const answer = changed(imported);
      if (!imported.ok) return answer;
      const { passwords, unchanged } = imported;
      // A trial run makes none that anybody could use.
      return { ...answer, domain, unchanged, passwords: dryRun ? [] : passwords };
    },
    'GET /users.csv': ({ query }) => {
      const domain = theDomain(model, query.get('domain') ?? undefined);
      return { text: exportUsers(domain), rows: domain.users.length };
    },
  };
}

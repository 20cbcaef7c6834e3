import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Random } from '@vats/kernel';
import { addByValue, makePassword } from '@vats/pbx';
import type { PbxModel } from './pbx-model.ts';

/** The domain that a switch without any configuration serves. Every call in it is recorded: it is there to be tried. */
const DEMO_DOMAIN = 'demo.vats';
const DEMO_USERS = ['201', '202'] as const;

export interface DemoAccount {
  readonly login: string;
  readonly password: string;
}

/** Where the demo accounts' passwords are kept for the person who closed the terminal too early; 0600. */
export function firstStartFile(data: string): string {
  return join(data, 'first-start.txt');
}

/**
 * Gives a switch that has no domain at all a first one with two users to call each other. The passwords are made here,
 * shown once, and left in a file for their owner; the store has only their digests.
 *
 * @returns the accounts made now; undefined when there was a domain already
 */
export async function makeDemoDomain(
  model: PbxModel,
  random: Random,
  data: string,
): Promise<readonly DemoAccount[] | undefined> {
  if (model.directory.model.domains.length > 0) return undefined;
  const accounts = DEMO_USERS.map((login) => ({ login, password: makePassword(random, login) }));
  const file = {
    domain: DEMO_DOMAIN,
    recording: { mode: 'all' },
    users: accounts.map(({ login, password }) => ({
      extension: login,
      name: `Demo ${login}`,
      devices: [{ login, password }],
    })),
  };
  const change = await model.edit((current) => addByValue(current, file, 'cli'));
  if (!change.ok) throw new Error(`the demo domain was refused: ${change.problems[0]?.message}`);
  const lines = accounts.map(({ login, password }) => `${login} ${password}\n`);
  writeFileSync(firstStartFile(data), `login password\n${lines.join('')}`, { mode: 0o600 });
  return accounts;
}

import type { Ban, BanStore } from '@vats/access';
import type { DatabaseClient } from './database-client.ts';
import type { GroupCommit } from './group-commit.ts';
import type { Tables } from './worker/tables.ts';

/** Bans, oldest first. */
export class SqliteBans implements BanStore {
  readonly #client: DatabaseClient;
  readonly #writer: GroupCommit;

  constructor(client: DatabaseClient, writer: GroupCommit) {
    this.#client = client;
    this.#writer = writer;
  }

  async load(): Promise<readonly Ban[]> {
    await this.#writer.flush();
    const rows = await this.#client.read({ read: 'bans' });
    return rows.map(banOf);
  }

  save(ban: Ban): Promise<void> {
    const { id, network, user = null, since, until = null, offence, by, reason } = ban;
    const row = { id, network, user, since, until, offence, made_by: by, reason };
    return this.#writer.write([{ do: 'put-ban', row }]);
  }

  remove(ids: readonly string[]): Promise<void> {
    return this.#writer.write(ids.map((id) => ({ do: 'remove-ban', id })));
  }
}

function banOf({ id, network, user, since, until, offence, made_by, reason }: Tables['bans']): Ban {
  return {
    id,
    network,
    ...(user === null ? {} : { user }),
    since,
    ...(until === null ? {} : { until }),
    offence,
    by: made_by as Ban['by'],
    reason,
  };
}

import type { Binding, BindingChange, BindingStore } from '@vats/registrar';
import type { DatabaseClient } from './database-client.ts';
import type { GroupCommit } from './group-commit.ts';
import type { Write } from './worker/messages.ts';

/** Registrations. A binding is kept as the registrar describes it; only what a look-up may want has columns. */
export class SqliteBindings implements BindingStore {
  readonly #client: DatabaseClient;
  readonly #writer: GroupCommit;

  constructor(client: DatabaseClient, writer: GroupCommit) {
    this.#client = client;
    this.#writer = writer;
  }

  async load(): Promise<readonly Binding[]> {
    await this.#writer.flush();
    const rows = await this.#client.read({ read: 'bindings' });
    return rows.map(({ document }) => JSON.parse(document) as Binding);
  }

  write({ save, remove }: BindingChange): Promise<void> {
    const writes: Write[] = remove.map((id) => ({ do: 'remove-binding', id }));
    for (const binding of save) {
      const { id, domain, login, expiresAt } = binding;
      writes.push({
        do: 'put-binding',
        row: { id, domain, login, expires_at: expiresAt, document: JSON.stringify(binding) },
      });
    }
    return this.#writer.write(writes);
  }
}

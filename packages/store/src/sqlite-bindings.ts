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
    return rows.map(({ document }) => bindingOf(JSON.parse(document)));
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

/** Once a proxy's client stood in three keys: bindings of that time are read, and written anew when their phone registers again. */
interface OlderBinding extends Omit<Binding, 'client'> {
  readonly client: string;
  readonly clientPort?: number;
  readonly clientTransport?: string;
}

function bindingOf(stored: Binding | OlderBinding): Binding {
  if (typeof stored.client !== 'string') return stored as Binding;
  const {
    client: address,
    clientPort: port = 0,
    clientTransport: transport = 'proxy',
    ...rest
  } = stored as OlderBinding;
  return { ...rest, client: { address, port, transport } };
}

import { inTurns, type Steps } from '@vats/kernel';
import type { Contact, ContactChange, ContactStore } from '@vats/pbx';
import type { DatabaseClient } from './database-client.ts';
import type { GroupCommit } from './group-commit.ts';
import type { ContactRow, Write } from './worker/messages.ts';

/** Contacts in one message between the threads: a millisecond of work or two. */
const PAGE = 2_000;

/** Who has which number outside. */
export class SqliteContacts implements ContactStore {
  readonly #client: DatabaseClient;
  readonly #writer: GroupCommit;

  constructor(client: DatabaseClient, writer: GroupCommit) {
    this.#client = client;
    this.#writer = writer;
  }

  async *load(): AsyncGenerator<(Contact & { domain: string })[]> {
    await this.#writer.flush();
    let after: { domain: string; number: string } | undefined;
    for (;;) {
      const rows = await this.#client.read({ read: 'contacts', limit: PAGE, ...(after !== undefined && { after }) });
      yield rows.map(({ domain, number, name, extension }) => ({
        domain,
        number,
        ...(name !== '' && { name }),
        ...(extension !== '' && { extension }),
      }));
      after = rows.at(-1);
      if (rows.length < PAGE || after === undefined) return;
    }
  }

  async save(change: ContactChange): Promise<void> {
    await this.#writer.write(await inTurns(writesOf(change)));
  }
}

function* writesOf({ domain, clear = false, remove = [], put = [] }: ContactChange): Steps<Write[]> {
  const writes: Write[] = clear ? [{ do: 'remove-contacts', domain }] : [];
  for (const number of remove) writes.push({ do: 'remove-contact', domain, number });
  for (let at = 0; at < put.length; at += PAGE) {
    const rows = put.slice(at, at + PAGE).map(({ number, name = '', extension = '' }): ContactRow => {
      return [number, name, extension];
    });
    writes.push({ do: 'put-contacts', domain, rows: JSON.stringify(rows) });
    yield;
  }
  return writes;
}

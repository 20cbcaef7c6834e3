import type { HeldByCall, SpendingChange, SpendingStore, SpentInMinute } from '@vats/pbx';
import type { DatabaseClient } from './database-client.ts';
import type { GroupCommit } from './group-commit.ts';
import type { Write } from './worker/messages.ts';

/** What calls outside used: a row for each subject and minute, and one for each call that may use more. */
export class SqliteSpending implements SpendingStore {
  readonly #client: DatabaseClient;
  readonly #writer: GroupCommit;

  constructor(client: DatabaseClient, writer: GroupCommit) {
    this.#client = client;
    this.#writer = writer;
  }

  async save(changes: readonly SpendingChange[]): Promise<void> {
    await Promise.all(changes.map((change) => this.#writer.write(writesOf(change))));
  }

  async load(since: number): Promise<{ spent: SpentInMinute[]; held: HeldByCall[] }> {
    await this.#writer.flush();
    const spent = await this.#client.read({ read: 'spent', since });
    const held = await this.#client.read({ read: 'held' });
    return {
      spent: spent.map(({ costly, talk_ms, ...row }) => ({ ...row, costly: costly !== 0, talkMs: talk_ms })),
      held: held.map(({ costly, talk_ms, subjects, ...row }) => ({
        ...row,
        subjects: JSON.parse(subjects) as string[],
        costly: costly !== 0,
        talkMs: talk_ms,
      })),
    };
  }

  forget(before: number): Promise<void> {
    return this.#writer.write([{ do: 'forget-spent', before }]);
  }
}

function writesOf({ spent, released, held }: SpendingChange): Write[] {
  const writes = spent.map(({ subject, costly, minute, calls, talkMs, money }): Write => {
    return { do: 'add-spent', row: { subject, costly: Number(costly), minute, calls, talk_ms: talkMs, money } };
  });
  if (released !== undefined) writes.push({ do: 'remove-held', call: released });
  if (held !== undefined) {
    const { call, subjects, costly, talkMs, money } = held;
    const row = { call, subjects: JSON.stringify(subjects), costly: Number(costly), talk_ms: talkMs, money };
    writes.push({ do: 'put-held', row });
  }
  return writes;
}

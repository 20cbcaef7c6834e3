import type { MailboxEntry, VoiceMessage, VoicemailStore } from '@vats/pbx';
import type { DatabaseClient } from './database-client.ts';
import type { GroupCommit } from './group-commit.ts';

/** Mailboxes and the messages in them. */
export class SqliteVoicemail implements VoicemailStore {
  readonly #client: DatabaseClient;
  readonly #writer: GroupCommit;

  constructor(client: DatabaseClient, writer: GroupCommit) {
    this.#client = client;
    this.#writer = writer;
  }

  async load(): Promise<{ readonly messages: readonly VoiceMessage[]; readonly boxes: readonly MailboxEntry[] }> {
    await this.#writer.flush();
    const { messages, boxes } = await this.#client.read({ read: 'voicemail' });
    return {
      messages: messages.map(({ document }) => JSON.parse(document)),
      boxes: boxes.map(({ document }) => JSON.parse(document)),
    };
  }

  put(message: VoiceMessage): Promise<void> {
    return this.#writer.write([{ do: 'put-message', row: { id: message.id, document: JSON.stringify(message) } }]);
  }

  async remove(ids: readonly string[]): Promise<void> {
    if (ids.length > 0) await this.#writer.write(ids.map((id) => ({ do: 'remove-message', id })));
  }

  putBox(entry: MailboxEntry): Promise<void> {
    const { domain, box } = entry;
    return this.#writer.write([{ do: 'put-mailbox', row: { domain, box, document: JSON.stringify(entry) } }]);
  }
}

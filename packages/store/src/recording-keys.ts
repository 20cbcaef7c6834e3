import { randomBytes } from 'node:crypto';
import type { GroupCommit } from './group-commit.ts';
import { KEY_OCTETS, type SecretBox } from './secret-box.ts';
import type { Tables } from './worker/tables.ts';

/** The keys that recordings are encrypted with, one a domain. They stay when their domain goes: its recordings may be there yet. */
export interface RecordingKeys {
  /** 32 octets; undefined where none was made, or none that the key file opens. @param domain `Domain.id` */
  of(domain: string): Buffer | undefined;
  /** Makes the key of a domain that has none; resolves when it is durable, and is in use from then on. */
  make(domain: string): Promise<void>;
}

const NAME = 'recording-key:';

/** Keys in the database, each sealed with the data directory's key for its domain. */
export class SqliteRecordingKeys implements RecordingKeys {
  readonly #writer: GroupCommit;
  readonly #box: SecretBox;
  readonly #keys = new Map<string, Buffer>();
  readonly #making = new Map<string, Promise<void>>();

  constructor(writer: GroupCommit, box: SecretBox, meta: readonly Tables['meta'][]) {
    this.#writer = writer;
    this.#box = box;
    for (const { name, value } of meta) {
      if (!name.startsWith(NAME)) continue;
      const text = box.open(value, name);
      const key = text === undefined ? undefined : Buffer.from(text, 'base64');
      if (key?.length === KEY_OCTETS) this.#keys.set(name.slice(NAME.length), key);
    }
  }

  of(domain: string): Buffer | undefined {
    return this.#keys.get(domain);
  }

  make(domain: string): Promise<void> {
    if (this.#keys.has(domain)) return Promise.resolve();
    const making = this.#making.get(domain) ?? this.#make(domain);
    this.#making.set(domain, making);
    return making;
  }

  async #make(domain: string): Promise<void> {
    const key = randomBytes(KEY_OCTETS);
    const name = NAME + domain;
    try {
      const value = this.#box.seal(key.toString('base64'), name);
      await this.#writer.write([{ do: 'put-meta', row: { name, value } }]);
      this.#keys.set(domain, key);
    } finally {
      this.#making.delete(domain);
    }
  }
}

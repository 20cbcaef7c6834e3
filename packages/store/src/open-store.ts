import { type Log, SILENT } from '@vats/kernel';
import { DatabaseClient } from './database-client.ts';
import { GroupCommit } from './group-commit.ts';
import { makeKey, readKey } from './key-file.ts';
import { SqliteRecordingKeys } from './recording-keys.ts';
import { SecretBox } from './secret-box.ts';
import { SqliteBans } from './sqlite-bans.ts';
import { SqliteBindings } from './sqlite-bindings.ts';
import { SqliteContacts } from './sqlite-contacts.ts';
import { SqliteHistory } from './sqlite-history.ts';
import { SqliteModels } from './sqlite-models.ts';
import { SqliteNumbering } from './sqlite-numbering.ts';
import { SqlitePlaces } from './sqlite-places.ts';
import { SqliteRates } from './sqlite-rates.ts';
import { SqliteRecordings } from './sqlite-recordings.ts';
import { SqliteSpending } from './sqlite-spending.ts';
import { SqliteVoicemail } from './sqlite-voicemail.ts';
import type { Store, StoreHealth, StoreOptions } from './store.ts';
import { StoreError } from './store-error.ts';
import { storeFileOf } from './store-url.ts';
import type { Tables } from './worker/tables.ts';
import { workerLink } from './worker-link.ts';

/** The row by which a key is known to be the one that sealed the rest. */
const KEY_CHECK = 'key-check';
const KEY_CHECK_TEXT = 'VATS';
/** What exported secrets are sealed for. */
const EXPORT = 'export';

/**
 * Opens the store, making database and key where there are none yet. Rejects with a StoreError that names the file and
 * the remedy; nothing is left open then.
 *
 * @param connect where the database is worked on: a thread of its own
 */
export async function openStore(options: StoreOptions, connect = workerLink()): Promise<Store> {
  const { keyFile, clock, log = SILENT } = options;
  const file = storeFileOf(options.url);
  const client = await DatabaseClient.open(file, clock, connect);
  try {
    const writer = new GroupCommit((groups) => client.commit(groups), clock);
    const rows = await client.read({ read: 'everything' });
    const box = await boxFor(rows.meta, keyFile, writer, log);
    const models = new SqliteModels(writer, box, rows);
    const reader = DatabaseClient.toRead(file, clock, connect);
    reader.warm();
    return new SqliteStore(client, reader, writer, box, models, new SqliteRecordingKeys(writer, box, rows.meta));
  } catch (error) {
    await client.close();
    throw error;
  }
}

/** The box of this data directory's key; a new key only where nothing has been sealed with another. */
async function boxFor(
  meta: readonly Tables['meta'][],
  keyFile: string,
  writer: GroupCommit,
  log: Log,
): Promise<SecretBox> {
  const check = meta.find(({ name }) => name === KEY_CHECK);
  const key = readKey(keyFile, log);
  if (check === undefined) {
    const box = new SecretBox(key ?? makeKey(keyFile));
    const written = writer.write([
      { do: 'put-meta', row: { name: KEY_CHECK, value: box.seal(KEY_CHECK_TEXT, KEY_CHECK) } },
    ]);
    await writer.flush();
    await written;
    return box;
  }
  const remedy = 'restore it from a backup: without it the stored passwords are lost';
  if (key === undefined) throw new StoreError('key-missing', `the key file ${keyFile} is missing`, remedy);
  const box = new SecretBox(key);
  if (box.open(check.value, KEY_CHECK) === KEY_CHECK_TEXT) return box;
  throw new StoreError(
    'key-wrong',
    `the key file ${keyFile} is not the one that this database was sealed with`,
    remedy,
  );
}

class SqliteStore implements Store {
  readonly models: SqliteModels;
  readonly bindings: SqliteBindings;
  readonly history: SqliteHistory;
  readonly recordings: SqliteRecordings;
  readonly recordingKeys: SqliteRecordingKeys;
  readonly bans: SqliteBans;
  readonly places: SqlitePlaces;
  readonly spending: SqliteSpending;
  readonly rates: SqliteRates;
  readonly contacts: SqliteContacts;
  readonly numbering: SqliteNumbering;
  readonly voicemail: SqliteVoicemail;
  readonly #client: DatabaseClient;
  readonly #reader: DatabaseClient;
  readonly #writer: GroupCommit;
  readonly #box: SecretBox;

  constructor(
    client: DatabaseClient,
    reader: DatabaseClient,
    writer: GroupCommit,
    box: SecretBox,
    models: SqliteModels,
    recordingKeys: SqliteRecordingKeys,
  ) {
    this.recordingKeys = recordingKeys;
    this.#client = client;
    this.#reader = reader;
    this.#writer = writer;
    this.#box = box;
    this.models = models;
    this.bindings = new SqliteBindings(client, writer);
    this.history = new SqliteHistory(client, reader, writer);
    this.recordings = new SqliteRecordings(client, writer);
    this.bans = new SqliteBans(client, writer);
    this.places = new SqlitePlaces(client, writer);
    this.spending = new SqliteSpending(client, writer);
    this.rates = new SqliteRates(client, writer);
    this.contacts = new SqliteContacts(client, writer);
    this.numbering = new SqliteNumbering(client, writer);
    this.voicemail = new SqliteVoicemail(client, writer);
  }

  health(): StoreHealth {
    const { failure, pending, commits, writes } = this.#writer;
    return {
      ok: failure === undefined,
      ...(failure === undefined ? {} : { error: failure }),
      pending,
      commits,
      writes,
    };
  }

  seal(text: string): string {
    return this.#box.seal(text, EXPORT).toString('base64url');
  }

  unseal(sealed: string): string | undefined {
    return this.#box.open(Buffer.from(sealed, 'base64url'), EXPORT);
  }

  keyFor(purpose: string): Buffer {
    return this.#box.keyFor(purpose);
  }

  async close(): Promise<void> {
    await this.#writer.close();
    await this.#reader.close();
    await this.#client.close();
  }
}

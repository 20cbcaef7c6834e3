import type { Log } from '@vats/kernel';
import type { HistoryStore, Model, RecordingStore } from '@vats/pbx';
import type { BindingStore } from '@vats/registrar';

/** Why the store could not do what it was asked. */
export type StoreFault =
  /** Another process works on this database. */
  | 'in-use'
  /** The directory, or the file, may not be written. */
  | 'read-only'
  | 'disk-full'
  /** The file is no database, or a damaged one. */
  | 'corrupt'
  /** A newer VATS wrote it. */
  | 'newer'
  /** The key file is not there although the database holds secrets sealed with one. */
  | 'key-missing'
  /** The key file is not the one that sealed the database's secrets, or no key at all. */
  | 'key-wrong'
  /** The setting names a kind of store that there is none of. */
  | 'unsupported'
  /** The store was closed. */
  | 'closed'
  /** Anything else: the message says what. */
  | 'failed';

/** The store's refusal, with a message and a remedy for a person. */
export class StoreError extends Error {
  readonly fault: StoreFault;
  readonly remedy: string;

  constructor(fault: StoreFault, message: string, remedy: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StoreError';
    this.fault = fault;
    this.remedy = remedy;
  }
}

/** Whether what is promised can be kept. */
export interface StoreHealth {
  /** False from a write that failed until one that succeeds. */
  readonly ok: boolean;
  /** The last failure. */
  readonly error?: StoreError;
  /** Writes that wait for their commit. */
  readonly pending: number;
  /** Commits and the writes in them, since the start. */
  readonly commits: number;
  readonly writes: number;
}

/** A file that was applied, by the name it was given as (an absolute path). */
export interface AppliedFile {
  readonly name: string;
  /** `hashOf` its text. */
  readonly hash: string;
  /** Milliseconds since the epoch. */
  readonly appliedAt: number;
}

/** The PBX model on disk. */
export interface ModelStore {
  /** The model as it was saved last. */
  readonly model: Model;
  /** Files applied so far, by name. */
  readonly applied: ReadonlyMap<string, AppliedFile>;
  /**
   * Writes what `next` changes against `model`, and the file that brought the change, in one transaction; resolves when
   * durable. Rejects with nothing changed. One save at a time: a second waits for the first.
   */
  save(next: Model, applied?: AppliedFile): Promise<void>;
}

/** Everything that outlives the process. */
export interface Store {
  readonly models: ModelStore;
  readonly bindings: BindingStore;
  readonly history: HistoryStore;
  readonly recordings: RecordingStore;
  health(): StoreHealth;
  /** Seals a secret with the data directory's key, for `vats export`; `unseal` gives undefined for another key's. */
  seal(text: string): string;
  unseal(sealed: string): string | undefined;
  /** Writes what waits, then lets go of the database. Later calls reject with `closed`. */
  close(): Promise<void>;
}

export interface StoreOptions {
  /** `sqlite:PATH`; a relative path is meant from the working directory. */
  readonly url: string;
  /** The data directory's key file: 32 octets, made at the first start with mode 0600. */
  readonly keyFile: string;
  readonly log?: Log;
}
